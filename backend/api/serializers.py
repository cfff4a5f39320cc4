"""What all input and output serializers share."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

_SHOWN = 40


class StrictSerializer(serializers.Serializer):
    """Read the fields that are named and refuse every other key.

    The refusal stands beside those of the known fields, so that people mend it in one go.
    """

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Check the keys, then the values."""
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        writable = {name for name, field in self.fields.items() if not field.read_only}
        known = "、".join(sorted(writable)) or "无"
        errors: dict[str, Any] = {
            _shown(key): serializers.ErrorDetail(
                f"没有“{_shown(key)}”这一项；可用：{known}。",
                code="unknown_field",
            )
            for key in data
            if key not in writable
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values


class EmptyInput(StrictSerializer):
    """An action that takes nothing beyond its address."""


def _shown(key: object) -> str:
    return str(key)[:_SHOWN]
