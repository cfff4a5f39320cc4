"""Choices that the institution's forms share."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.reference.models import Industry, Region

_PROVINCE = 2
_UNSAID = [("", "未说明"), ("true", "是"), ("false", "否")]


class YesNoField(forms.NullBooleanField):
    """Yes, no, or nothing said."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label=label, required=False, widget=forms.Select(choices=_UNSAID), **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a kept value as its choice."""
        return {True: "true", False: "false"}.get(value, value)


def offer_regions(field: forms.MultipleChoiceField, stated: Iterable[str] | None) -> int:
    """Offer provinces and cities, and whatever finer is stated; return how many stand first.

    First stand the regions of the platform's departments and what is stated already.
    """
    stated = list(stated or ())
    levels = [Region.Level.PROVINCE, Region.Level.CITY]
    rows = Region.objects.filter(level__in=levels) | Region.objects.filter(code__in=stated)
    served = {code[:_PROVINCE] for code in _department_regions()}
    named = [
        (code, f"{name}（全省）" if level == Region.Level.PROVINCE else name)
        for code, name, level in rows.order_by("code").values_list("code", "name", "level")
    ]
    near = [one for one in named if one[0][:_PROVINCE] in served or one[0] in stated]
    field.choices = [*near, *(one for one in named if one not in near)]
    return len(near)


def _department_regions() -> Iterable[str]:
    departments = Organization.objects.filter(
        kind=OrganizationKind.DEPARTMENT, region__isnull=False
    )
    return departments.values_list("region_id", flat=True).distinct()


def industry_sections() -> list[tuple[str, str]]:
    """Return the sections of the industries."""
    rows = Industry.objects.filter(level=Industry.Level.SECTION).order_by("code")
    return [(code, f"{code} {name}") for code, name in rows.values_list("code", "name")]
