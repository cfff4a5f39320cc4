"""The firm's own record: profile, figures by year, qualifications, stays in incubators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.firms import services, tenancies
from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from backend.firms.models import Firm, Tenancy
from backend.organizations.permissions import Permission
from backend.portal.evaluations import evaluations_shown
from backend.portal.firm.pages import FirmPage
from backend.portal.firm.profile_forms import (
    CountsForm,
    PlaceForm,
    ProfileForm,
    QualificationForm,
    YearForm,
    entries_of,
)
from backend.portal.forms import PlainForm
from backend.referrals.described import list_described_firms

_SHOWN_YEARS = 4
_PROVINCE_DIGITS = 2


class ProfilePage(FirmPage):
    """A page about the firm's record."""

    word = Permission.FIRM_VIEW
    post_word = Permission.FIRM_EDIT

    def firm(self) -> Firm:
        """Return the record of the acting firm, opened when there is none yet."""
        return services.choose_firm(self.actor, uscc=None)

    def province(self) -> str:
        """Return what the codes of regions begin with in the province that registered the firm."""
        return (services.registering_region(self.actor.organization.code) or "")[:_PROVINCE_DIGITS]

    def to_profile(self, _: Any = None) -> str:
        """Lead back to the profile."""
        return reverse("portal:firm_profile")


class Profile(ProfilePage):
    """Everything that is recorded of the firm."""

    title = "企业资料"
    template_name = "portal/firm/profile.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the record with dates and sources."""
        firm, today = self.firm(), self.actor.today
        counts = {fact.field: fact for fact in firm.facts.current(today)}
        return self.show(
            firm=firm,
            described=list_described_firms([firm.pk], day=today)[firm.pk],
            counts=[
                (label, counts.get(field))
                for field, label in FACT_FIELDS.items()
                if field not in YEARLY_FIELDS
            ],
            qualifications=[
                (held, held.standing_on(today)) for held in firm.qualifications.order_by("code")
            ],
            evaluations=evaluations_shown(self.actor, firm),
            stays=firm.tenancies.select_related("incubator"),
            **self._years(firm),
        )

    def _years(self, firm: Firm) -> dict[str, Any]:
        """Lay yearly figures out: a row per figure, a column per year, the latest first."""
        facts = {
            (fact.field, fact.fiscal_year): fact
            for fact in firm.facts.current_of_years(self.actor.today)
        }
        years = sorted({year for _, year in facts}, reverse=True)[:_SHOWN_YEARS]
        return {
            "years": years,
            "figures": [
                (label, [(year, facts.get((field, year))) for year in years])
                for field, label in FACT_FIELDS.items()
                if field in YEARLY_FIELDS
            ],
        }


class EditProfile(ProfilePage):
    """The profile, changed."""

    title = "修改企业资料"
    template_name = "portal/firm/profile_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form as the profile stands."""
        firm = self.firm()
        return self.show(firm=firm, form=self._form(firm))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the changes; ``narrow`` only offers the finer choices (without scripts)."""
        firm = self.firm()
        form = self._form(firm, data=request.POST)
        if "narrow" in request.POST:
            return self.show(firm=firm, form=form)

        def update() -> Firm:
            return services.update_firm(
                actor=self.actor,
                firm=firm,
                changes=form.values(),
                expected_revision=self.expected_revision(firm),
            )

        return self.submit(form, update, to=self.to_profile, done="企业资料已保存。", firm=firm)

    def _form(self, firm: Firm, **kwargs: Any) -> ProfileForm:
        return ProfileForm(initial=entries_of(firm), province=self.province(), **kwargs)


class Cascade(ProfilePage):
    """The finer choices below what was chosen: counties of a city, divisions of a section."""

    template_name = "portal/firm/parts/place.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the part of the form anew."""
        return self.show(firm=self.firm(), form=PlaceForm(request.GET, province=self.province()))


class FiguresPage(ProfilePage):
    """Figures of one year or one day."""

    template_name = "portal/firm/figures_form.html"
    lead = ""

    def make_form(self, **kwargs: Any) -> PlainForm:
        """Return the form of this page."""
        raise NotImplementedError

    def record(self, form: PlainForm, firm: Firm) -> Any:
        """Make the domain call."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=self.make_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Record what was filled in; older figures stay as history."""
        form, firm = self.make_form(data=request.POST), self.firm()
        return self.submit(
            form, lambda: self.record(form, firm), to=self.to_profile, done="已登记。"
        )

    def record_figures(self, firm: Firm, values: dict[str, Any], **when: Any) -> Any:
        """Record figures that the firm declares."""
        return services.record_facts(
            actor=self.actor,
            firm=firm,
            values=values,
            source=FactSource.DECLARED,
            today=self.actor.today,
            now=self.now,
            **when,
        )


class YearlyFigures(FiguresPage):
    """Figures of a closed year's accounts."""

    title = "填报年度数据"
    lead = "按已出具的年度报表填写，只填有的项目；以后可以补充，原有数据保留为历史。"

    def make_form(self, **kwargs: Any) -> YearForm:
        """Offer the last closed years."""
        return YearForm(today=self.actor.today, **kwargs)

    def record(self, form: YearForm, firm: Firm) -> Any:
        """Record the year's figures."""
        return self.record_figures(
            firm,
            form.figures("fiscal_year", "audited"),
            fiscal_year=form.cleaned_data["fiscal_year"],
            audited=form.cleaned_data["audited"],
        )


class Counts(FiguresPage):
    """Figures that are true on a day."""

    title = "填报人员、专利等数据"
    lead = "填写这一天的实际情况，只填有的项目。"

    def make_form(self, **kwargs: Any) -> CountsForm:
        """Propose today."""
        return CountsForm(initial={"as_of": self.actor.today}, **kwargs)

    def record(self, form: CountsForm, firm: Firm) -> Any:
        """Record the day's figures."""
        return self.record_figures(firm, form.figures("as_of"), as_of=form.cleaned_data["as_of"])


class NewQualification(FiguresPage):
    """A qualification that the firm holds."""

    title = "登记资质"
    lead = "按认定文件或证书填写；科技管理部门导入的名单会自动登记，无需重复填写。"

    def make_form(self, **kwargs: Any) -> QualificationForm:
        """Return the form."""
        return QualificationForm(**kwargs)

    def record(self, form: QualificationForm, firm: Firm) -> Any:
        """Record the qualification."""
        return services.record_qualification(
            actor=self.actor,
            firm=firm,
            source=FactSource.DECLARED,
            now=self.now,
            **form.cleaned_data,
        )


class TenancyAct(ProfilePage):
    """One press about a stay in an incubator."""

    word = Permission.FIRM_EDIT
    decide: Callable[..., Tenancy]

    def post(self, request: HttpRequest, tenant_id: UUID) -> HttpResponse:
        """Give the leave, or take it back: the button says which."""
        stays = Tenancy.objects.filter(firm__in=Firm.objects.visible_to(self.actor))
        stay = self.find(stays.select_related("firm", "incubator"), tenant_id)
        is_given = request.POST.get("give") == "yes"
        return self.act(
            lambda: type(self).decide(
                actor=self.actor, tenancy=stay, is_given=is_given, now=self.now
            ),
            to=self.to_profile(),
            done="已同意。" if is_given else "已撤销，立即生效。",
        )


class SetSpeaking(TenancyAct):
    """Whether an incubator speaks for the firm."""

    decide = staticmethod(tenancies.set_tenancy_consent)


class SetSharing(TenancyAct):
    """Whether an incubator sees where the firm's needs stand."""

    decide = staticmethod(tenancies.set_progress_sharing)
