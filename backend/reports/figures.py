"""One figure of a report: its value, where it comes from, what it counts, and its rows."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from backend.reports.scope import Scope
from backend.reports.wording import say


class Source(StrEnum):
    """Who says so. Figures of different sources stand side by side and are never added."""

    PLATFORM = "platform"
    AGGREGATE = "aggregate"
    INDICATOR = "indicator"

    @property
    def label(self) -> str:
        """Return what people read."""
        return _LABELS[self]


_LABELS = {
    Source.PLATFORM: "平台记录",
    Source.AGGREGATE: "机构签报",
    Source.INDICATOR: "部门填报指标",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure; ``rows`` is the address below ``/api/v1/`` that lists what it counts.

    In a text, ``{figure}`` writes it, ``{figure:before}`` the year before, and
    ``{figure:compared}`` the one with the other in brackets, ``{figure:none}`` the year before in
    brackets behind words that say "nothing".
    """

    code: str
    label: str
    value: float
    unit: str
    basis: str
    day: date
    rows: str
    source: Source = Source.PLATFORM
    year_before: float | None = None

    @property
    def text(self) -> str:
        """Return the value as people write it."""
        return say(self.value, self.unit)

    @property
    def text_before(self) -> str | None:
        """Return the value of the year before as people write it."""
        return None if self.year_before is None else say(self.year_before, self.unit)

    @property
    def _bracket(self) -> str:
        return f"（上年同期{self.text_before if self.year_before else '无'}）"

    def __format__(self, spec: str) -> str:
        if spec == "before":
            return self.text_before or "无"
        if spec == "compared" and self.year_before is not None:
            return f"{self.text}{self._bracket}"
        if spec == "none":
            return self._bracket
        return self.text


def rows_of(scope: Scope, path: str, **parameters: str) -> str:
    """Return the address of rows in a scope."""
    asked = {
        "from": scope.start.isoformat(),
        "until": scope.end.isoformat(),
        "as_of": scope.as_of.isoformat(),
        **({"region": scope.region} if scope.region else {}),
        **parameters,
    }
    return f"reports/{path}?{urlencode(asked)}"
