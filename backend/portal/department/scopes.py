"""What a page of figures is about, read from its address."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from backend.common.errors import DomainError
from backend.organizations.actors import Actor
from backend.portal import names
from backend.portal.forms import CodeField, DayField, PlainForm
from backend.reports.scope import Scope, make_scope


class ScopeForm(PlainForm):
    """Period, region and the day as of which figures are drawn; all may be left out."""

    start = DayField(label="起日", required=False)
    last = DayField(label="止日（含）", required=False)
    as_of = DayField(label="截止记录日", required=False)
    region = forms.CharField(label="地区", required=False, max_length=6)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["region"] = CodeField(
            regions_of(actor), label="地区", empty="本部门辖区", required=False
        )
        self.scope: Scope | None = None

    def clean(self) -> dict[str, Any]:
        """Turn the entries into a scope; what cannot be drawn is said above the form."""
        values = self.cleaned_data
        if self.errors:
            return values
        try:
            self.scope = make_scope(
                actor=self.actor,
                region=values.get("region") or None,
                start=values.get("start"),
                end=_day_after(values.get("last")),
                as_of=values.get("as_of"),
            )
        except DomainError as error:
            said = "；".join(problem.message for problem in error.problems) or error.message
            raise forms.ValidationError(said) from error
        return values


def read_scope(actor: Actor, data: Any) -> tuple[ScopeForm, Scope]:
    """Return the form and what it asks about; the default where it asks for the impossible."""
    form = ScopeForm(data, actor=actor)
    form.is_valid()
    scope = form.scope or make_scope(actor=actor)
    if not form.errors:
        form = ScopeForm(
            actor=actor,
            initial={
                "start": scope.start,
                "last": date.fromordinal(scope.end.toordinal() - 1),
                "as_of": scope.as_of,
                "region": form.cleaned_data.get("region", ""),
            },
        )
    return form, scope


def query_of(scope: Scope, **more: str) -> str:
    """Return the query that asks for the same scope."""
    asked = {
        "start": scope.start.isoformat(),
        "last": date.fromordinal(scope.end.toordinal() - 1).isoformat(),
        "as_of": scope.as_of.isoformat(),
        **({"region": scope.region} if scope.region != scope.actor.region else {}),
        **more,
    }
    return f"?{urlencode(asked)}"


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else date.fromordinal(day.toordinal() + 1)


def regions_of(actor: Actor) -> dict[str, str]:
    """Return the department's region and the cities below it, counties below a city."""
    own = actor.region or ""
    width = 4 if own.endswith("0000") else 6
    prefix = own[:2] if own.endswith("0000") else own[:4] if own.endswith("00") else own
    return {
        code: name
        for code, name in sorted(names.regions().items())
        if code.startswith(prefix) and code == code[:width].ljust(6, "0")
    }
