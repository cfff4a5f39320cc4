"""Collects everything that is wrong with an input, so that people mend it in one go."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from backend.common.errors import FieldProblem, InvalidInput

_SHOWN_CHARACTERS = 80


def shown(value: object) -> str:
    """Return a value as a message shows it: not longer than a person reads."""
    return str(value)[:_SHOWN_CHARACTERS]


class ProblemList:
    """The problems found so far; `refuse` raises them together."""

    def __init__(self) -> None:
        self._problems: list[FieldProblem] = []

    def __bool__(self) -> bool:
        return bool(self._problems)

    def __iter__(self):
        return iter(self._problems)

    def add(self, field: str, code: str, message: str) -> None:
        """Note one problem; the message says the value found and what is expected."""
        self._problems.append(FieldProblem(field, code, message))

    def check_fields(self, given: Collection[str], known: Collection[str]) -> None:
        """Note fields that nobody knows."""
        for field in given:
            if field not in known:
                self.add(shown(field), "unknown_field", f"未知字段“{shown(field)}”。")

    def check_codes(
        self, field: str, codes: Iterable[str] | None, allowed: Mapping[str, str]
    ) -> None:
        """Note codes that are not in the vocabulary, or stand there twice."""
        codes = list(codes or ())
        unknown = [code for code in codes if code not in allowed]
        if unknown:
            self.add(
                field,
                "unknown_code",
                f"未知代码“{'、'.join(unknown)}”。可用：{'、'.join(allowed)}。",
            )
        elif len(set(codes)) != len(codes):
            self.add(field, "duplicate_code", "同一代码出现多次，请只保留一个。")

    def check_length(self, field: str, text: str, limit: int) -> None:
        """Note a text that is longer than its limit."""
        if len(text) > limit:
            self.add(field, "too_long", f"共 {len(text)} 字，最多 {limit} 字。")

    def check_period(self, valid_from: date | None, valid_until: date | None) -> None:
        """Note a half-open period that holds no day."""
        if valid_from is not None and valid_until is not None and valid_from >= valid_until:
            self.add(
                "valid_until",
                "period_empty",
                f"有效期止 {valid_until}（不含当日）应晚于有效期起 {valid_from}。",
            )

    def refuse(self) -> None:
        """Raise `InvalidInput` with every problem, if there is any."""
        if self._problems:
            raise InvalidInput(
                "invalid_input",
                "；".join(problem.message for problem in self._problems[:5]),
                problems=tuple(self._problems),
            )
