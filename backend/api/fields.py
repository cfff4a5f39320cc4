"""Serializer fields that take one JSON type each and say what would be right."""

from collections.abc import Mapping
from datetime import datetime
from decimal import InvalidOperation
from typing import Any

from rest_framework import serializers

_SHOWN = 40


class WholeNumberField(serializers.IntegerField):
    """A whole number written as a number; a text that holds one is refused."""

    def to_internal_value(self, data: Any) -> int:
        """Read an int, or a float without a fraction."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class NumberField(serializers.DecimalField):
    """A decimal number written as a number; a text that holds one is refused."""

    default_error_messages = {"too_large": "数值过大，无法保存；请核对单位。"}

    def __init__(self, *, decimal_places: int, **kwargs: Any) -> None:
        super().__init__(
            max_digits=None, decimal_places=decimal_places, coerce_to_string=False, **kwargs
        )

    def to_internal_value(self, data: Any) -> Any:
        """Read a finite number."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return super().to_internal_value(data)
        except InvalidOperation:  # more digits than a decimal of ours holds
            self.fail("too_large")


class TextField(serializers.CharField):
    """A text; numbers are not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """Read a text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """A moment; one at the ends of the calendar that no time zone can hold is refused."""

    def to_internal_value(self, data: Any) -> datetime:
        """Read a text in ISO 8601."""
        if not isinstance(data, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss][+HH:MM|Z]")
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("overflow")


class FlagField(serializers.BooleanField):
    """True or false; words and numbers that mean the same are refused."""

    def to_internal_value(self, data: Any) -> bool:
        """Read a truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:_SHOWN])
        return data


class CodeField(serializers.ChoiceField):
    """One code of a vocabulary; the refusal lists all of them."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        listed = "、".join(map(str, self.choices))
        self.error_messages["invalid_choice"] = f"未知代码“{{input}}”。可用：{listed}。"

    def to_internal_value(self, data: Any) -> str:
        """Read a text that is one of the codes."""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:_SHOWN])
        return data


class UnknownAsNullField(serializers.CharField):
    """A stored text that is shown as null when it is empty, which means unknown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: str) -> str | None:
        """Show an empty text as null."""
        return value or None


def code_of(table: Mapping[str, str], **kwargs: Any) -> CodeField:
    """Return a field for one code of a vocabulary."""
    return CodeField(list(table.items()), **kwargs)


def codes_of(table: Mapping[str, str], **kwargs: Any) -> serializers.ListField:
    """Return a field for a list of codes; null is "unknown", an empty list says "none"."""
    return serializers.ListField(child=code_of(table), max_length=len(table), **kwargs)
