"""Choices that the institution's forms share."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.reference.models import Industry, Region

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


def region_choices(stated: Iterable[str] | None) -> list[tuple[str, str]]:
    """Return the province and its cities, and whatever finer is stated already."""
    levels = [Region.Level.PROVINCE, Region.Level.CITY]
    rows = Region.objects.filter(level__in=levels)
    rows |= Region.objects.filter(code__in=list(stated or ()))
    return [
        (code, f"{name}（全省）" if level == Region.Level.PROVINCE else name)
        for code, name, level in rows.order_by("code").values_list("code", "name", "level")
    ]


def industry_sections() -> list[tuple[str, str]]:
    """Return the sections of the industries."""
    rows = Industry.objects.filter(level=Industry.Level.SECTION).order_by("code")
    return [(code, f"{code} {name}") for code, name in rows.values_list("code", "name")]
