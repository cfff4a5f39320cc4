"""What an institution reports per period: prepared by one person, signed by another."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.filings import services
from backend.filings.enums import PeriodKind
from backend.filings.models import Aggregate
from backend.organizations.permissions import Permission
from backend.portal.institution.filing_forms import FilingForm, NewFilingForm
from backend.portal.institution.pages import InstitutionPage

_PAGE_SIZE = 30


class FilingPage(InstitutionPage):
    """A page about the aggregates of the unit and of those below it."""

    word = Permission.AGGREGATE_VIEW

    def aggregates(self) -> QuerySet[Aggregate]:
        """Return the visible aggregates with the people who filed them."""
        return Aggregate.objects.visible_to(self.actor).select_related(
            "institution", "prepared_by", "signed_by", "replaces"
        )

    def list_address(self, _result: Any = None) -> str:
        """Return where the filings are listed."""
        return reverse("portal:institution_filings")


class FilingList(FilingPage):
    """All versions, the latest period first."""

    title = "统计报送"
    template_name = "portal/institution/filings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of filings."""
        rows = self.aggregates().order_by("-period_from", "period_kind", "-pk")
        return self.show(
            page=Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")),
            may_edit=self.actor.has(Permission.AGGREGATE_EDIT),
            may_sign=self.actor.has(Permission.AGGREGATE_SIGN),
        )


class NewFiling(FilingPage):
    """A draft of one period."""

    title = "填报"
    word = Permission.AGGREGATE_EDIT
    template_name = "portal/institution/filing_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=NewFilingForm(today=self.actor.today))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft."""
        form = NewFilingForm(request.POST, today=self.actor.today)

        def prepare() -> Aggregate:
            values = form.values()
            return services.prepare_aggregate(
                actor=self.actor,
                period_kind=PeriodKind(values.pop("period_kind")),
                period_from=values.pop("period_from"),
                reason=values.pop("reason"),
                values=values,
                now=self.now,
            )

        return self.submit(
            form, prepare, to=self.list_address, done="已保存，待本机构另一位负责人签报。"
        )


class EditFiling(FilingPage):
    """A draft, changed."""

    title = "修改填报"
    word = Permission.AGGREGATE_EDIT
    template_name = "portal/institution/filing_form.html"

    def get(self, request: HttpRequest, aggregate_id: UUID) -> HttpResponse:
        """Show the form as the draft stands."""
        aggregate = self.find(self.aggregates(), aggregate_id)
        initial = {name: getattr(aggregate, name) for name in FilingForm.base_fields}
        return self.show(form=FilingForm(initial=initial), aggregate=aggregate)

    def post(self, request: HttpRequest, aggregate_id: UUID) -> HttpResponse:
        """Keep the changes."""
        aggregate = self.find(self.aggregates(), aggregate_id)
        form = FilingForm(request.POST)

        def edit() -> Aggregate:
            return services.edit_aggregate(
                actor=self.actor,
                aggregate=aggregate,
                changes=form.values(),
                expected_revision=self.expected_revision(aggregate),
                now=self.now,
            )

        return self.submit(form, edit, to=self.list_address, done="已保存。", aggregate=aggregate)


class SignFiling(FilingPage):
    """Signing what somebody else prepared."""

    word = Permission.AGGREGATE_SIGN

    def post(self, request: HttpRequest, aggregate_id: UUID) -> HttpResponse:
        """Sign; the department sees it from now on."""
        aggregate = self.find(self.aggregates(), aggregate_id)
        return self.act(
            lambda: services.sign_aggregate(
                actor=self.actor,
                aggregate=aggregate,
                expected_revision=self.expected_revision(aggregate),
                now=self.now,
            ),
            to=self.list_address(),
            done="已签报，科技管理部门可以看到。",
        )


class DiscardFiling(FilingPage):
    """Removing a draft that was never signed."""

    word = Permission.AGGREGATE_EDIT

    def post(self, request: HttpRequest, aggregate_id: UUID) -> HttpResponse:
        """Remove the draft."""
        aggregate = self.find(self.aggregates(), aggregate_id)
        return self.act(
            lambda: services.discard_aggregate(
                actor=self.actor,
                aggregate=aggregate,
                expected_revision=self.expected_revision(aggregate),
            ),
            to=self.list_address(),
            done="草稿已作废。",
        )
