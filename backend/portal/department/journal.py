"""The journal, for auditors: read, never changed."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.portal.department.pages import DepartmentPage
from backend.portal.forms import CodeField, DayField, PlainForm

_PAGE_SIZE = 50


class JournalForm(PlainForm):
    """By what happened and when."""

    type = CodeField(dict(EventType.choices), label="事件", empty="全部事件", required=False)
    since = DayField(label="起日", required=False)
    until = DayField(label="止日（含）", required=False)


class Journal(DepartmentPage):
    """Everything that happened, the latest first."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.AUDITOR})
    title = "审计日志"
    word = Permission.EVENT_VIEW
    template_name = "portal/department/journal.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of events."""
        form = JournalForm(request.GET)
        events = Event.objects.visible_to(self.actor).select_related("user")
        if form.is_valid():
            events = _chosen(events, form.cleaned_data)
        page = self.rows_page(events.order_by("-occurred_at", "-pk"), _PAGE_SIZE)
        wanted = {event.organization_id for event in page}
        names = dict(
            Organization.objects.filter(public_id__in=wanted).values_list("public_id", "name")
        )
        return self.show(
            status=422 if form.errors else 200,
            form=form,
            page=page,
            rows=[(event, names.get(event.organization_id, "")) for event in page],
        )


def _chosen(events: QuerySet[Event], asked: dict[str, Any]) -> QuerySet[Event]:
    if asked["type"]:
        events = events.filter(type=asked["type"])
    if asked["since"]:
        events = events.filter(occurred_at__gte=_midnight(asked["since"]))
    if asked["until"]:
        events = events.filter(occurred_at__lt=_midnight(asked["until"] + timedelta(days=1)))
    return events


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
