"""Needs of tenants, and the incubator's word for them."""

from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.portal.forms import DayField, PlainForm
from backend.portal.incubator.pages import IncubatorPage
from backend.recommendations.models import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, Endorsement
from backend.recommendations.selectors import list_endorsable_needs
from backend.recommendations.services import endorsing

_PAGE_SIZE = 30


def _to_needs(_: object = None) -> str:
    return reverse("portal:incubator_needs")


class Needs(IncubatorPage):
    """Submitted needs of the tenants that let the incubator see them."""

    title = "在孵企业需求"
    word = Permission.ENDORSEMENT_VIEW
    template_name = "portal/incubator/needs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them with the incubator's word, and whether it speaks for the firm."""
        page = Paginator(self._needs().order_by("-submitted_at", "-pk"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        spoken_for = set(
            Need.objects.visible_to(self.actor)
            .filter(pk__in=[need.pk for need in page])
            .values_list("pk", flat=True)
        )
        return self.show(page=page, rows=[(need, need.pk in spoken_for) for need in page])

    def _needs(self) -> QuerySet[Need]:
        own = Endorsement.objects.visible_to(self.actor).standing()
        return list_endorsable_needs(self.actor).prefetch_related(
            Prefetch("endorsements", queryset=own, to_attr="own_endorsements")
        )


class EndorsementForm(PlainForm):
    """The incubator's word."""

    endorsed_on = DayField(label="推荐日期")
    person = forms.CharField(label="推荐人", max_length=NAME_MAX_LENGTH, help_text="姓名及职务。")
    text = forms.CharField(
        label="推荐意见",
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="企业经营、技术和团队的实际情况；不得填写征信报告及其内容。",
    )


class Endorse(IncubatorPage):
    """The incubator's word for one need, once."""

    title = "推荐需求"
    word = Permission.ENDORSEMENT_GIVE
    template_name = "portal/incubator/endorse.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show the form."""
        need = self.find(list_endorsable_needs(self.actor), need_id)
        form = EndorsementForm(initial={"endorsed_on": self.actor.today})
        return self.show(need=need, form=form)

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Give it."""
        need = self.find(list_endorsable_needs(self.actor), need_id)
        form = EndorsementForm(request.POST)
        return self.submit(
            form,
            lambda: endorsing.endorse_need(actor=self.actor, need=need, values=form.cleaned_data),
            to=_to_needs,
            done="推荐已登记，推送清单的“推荐单位”将列出本载体。",
            need=need,
        )


class WithdrawEndorsement(IncubatorPage):
    """The word taken back by one press; it stays on record."""

    word = Permission.ENDORSEMENT_GIVE

    def post(self, request: HttpRequest, endorsement_id: UUID) -> HttpResponse:
        """Take it back."""
        found = self.find(Endorsement.objects.visible_to(self.actor).for_display(), endorsement_id)
        return self.act(
            lambda: endorsing.withdraw_endorsement(
                actor=self.actor,
                endorsement=found,
                expected_revision=self.expected_revision(found),
                now=self.now,
            ),
            to=_to_needs(),
            done="推荐已撤回。",
        )
