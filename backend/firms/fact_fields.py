"""Which figures of a firm are kept as dated facts, and which values can be right."""

from dataclasses import dataclass
from decimal import Decimal

from matching.vocabulary import NUMERIC_FIRM_FIELDS, SIGNED_FIRM_FIELDS

# The year belongs to each yearly figure; it is no figure of its own.
FACT_FIELDS = {
    code: label for code, (label, _) in NUMERIC_FIRM_FIELDS.items() if code != "fiscal_year"
}
_UNITS = {code: unit for code, (_, unit) in NUMERIC_FIRM_FIELDS.items()}

# Figures of a closed year's accounts: they carry the fiscal year and whether it was audited.
YEARLY_FIELDS = frozenset(
    {
        "revenue_yuan",
        "revenue_growth",
        "net_profit_yuan",
        "total_assets_yuan",
        "debt_ratio",
        "rd_ratio",
        "rd_expense_yuan",
    }
)
FIRST_FISCAL_YEAR = 1990

FRACTION_DIGITS = 6
_LARGEST_OF_UNIT = {
    "yuan": Decimal(10) ** 13,
    "person": Decimal(10) ** 7,
    "piece": Decimal(10) ** 7,
    "point": Decimal(1_000),
    "fraction": Decimal(1_000),
}
_LARGEST_OF_FIELD = {
    "rd_staff_ratio": Decimal(1),
    "debt_ratio": Decimal(10),  # beyond it somebody wrote per cent
    "revenue_growth": Decimal(10_000),
}
_WHOLE_UNITS = frozenset({"yuan", "person", "piece"})


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The values that a figure may have, ends included."""

    low: Decimal
    high: Decimal
    is_whole: bool

    def admits(self, value: Decimal) -> bool:
        """Tell whether a value lies in the range and is whole where it must be."""
        if not value.is_finite() or not self.low <= value <= self.high:
            return False
        return value == round(value, 0 if self.is_whole else FRACTION_DIGITS)

    def __str__(self) -> str:
        kind = "整数" if self.is_whole else f"数值（比例用小数，最多 {FRACTION_DIGITS} 位小数）"
        return f"{self.low:f} 至 {self.high:f} 之间的{kind}"


def _range_of(field: str) -> ValueRange:
    unit = _UNITS[field]
    high = _LARGEST_OF_FIELD.get(field, _LARGEST_OF_UNIT[unit])
    low = Decimal(0)
    if field in SIGNED_FIRM_FIELDS:
        low = -high if unit == "yuan" else Decimal(-1)
    return ValueRange(low=low, high=high, is_whole=unit in _WHOLE_UNITS)


VALUE_RANGES = {field: _range_of(field) for field in FACT_FIELDS}
# Figures that the exchange format has as whole numbers.
WHOLE_FIELDS = frozenset(field for field, values in VALUE_RANGES.items() if values.is_whole)


def to_number(field: str, value: Decimal | float) -> int | float:
    """Return a stored figure as the exchange format has it: whole units as int."""
    return int(value) if field in WHOLE_FIELDS else float(value)
