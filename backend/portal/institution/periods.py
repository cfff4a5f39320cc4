"""The period that an institution's figures are drawn of, read from the address."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from backend.common.errors import DomainError
from backend.organizations.actors import Actor
from backend.portal.forms import DayField, PlainForm
from backend.portal.pages import put_on_form
from backend.reports.scope import Scope, make_scope


class PeriodForm(PlainForm):
    """The days that are reported on, both included."""

    use_required_attribute = False

    start = DayField(label="自", required=False)
    last = DayField(label="至", required=False)

    def days(self) -> dict[str, date | None]:
        """Return the period as reports take it: the end excluded."""
        last = self.cleaned_data["last"]
        return {
            "start": self.cleaned_data["start"],
            "end": last + timedelta(days=1) if last else None,
        }


def read_period(actor: Actor, data: Any) -> tuple[PeriodForm, Scope]:
    """Return the form and what it asks about; this year where it asks for the impossible."""
    form = PeriodForm(data)
    if form.is_valid():
        try:
            scope = make_scope(actor=actor, **form.days())
        except DomainError as error:
            put_on_form(form, error)
        else:
            return PeriodForm(initial={"start": scope.start, "last": last_day(scope)}), scope
    return form, make_scope(actor=actor)


def last_day(scope: Scope) -> date:
    """Return the last day of the period, which people read as part of it."""
    return scope.end - timedelta(days=1)


def query_of(scope: Scope, **more: str) -> str:
    """Return the query that asks for the same period."""
    days = {"start": scope.start.isoformat(), "last": last_day(scope).isoformat()}
    return f"?{urlencode(days | more)}"
