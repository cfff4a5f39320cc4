"""Database choices made of the vocabulary, so that a code has one label everywhere."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible


def choices_of(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return ``(code, label)`` pairs in the vocabulary's order."""
    return list(table.items())


@deconstructible
class KnownCodes:
    """Accept a list only when each of its codes stands in the vocabulary, once."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes

    def __call__(self, value: list[str]) -> None:
        unknown = [code for code in value if code not in self.codes]
        if unknown:
            raise ValidationError(
                f"未知代码：{'、'.join(unknown)}。可用：{'、'.join(self.codes)}。",
                code="unknown_code",
            )
        if len(set(value)) != len(value):
            raise ValidationError("同一代码出现多次，请只保留一个。", code="duplicate_code")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnownCodes) and other.codes == self.codes

    def __hash__(self) -> int:
        return hash(tuple(self.codes))
