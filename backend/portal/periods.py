"""What reporting periods are called."""

from datetime import date

from backend.filings.enums import MONTHS_OF, PeriodKind


def period_name(kind: str, begins: date) -> str:
    """Call a period by its name: 2026年10月, 2026年第3季度, 2025年."""
    if kind == PeriodKind.YEAR:
        return f"{begins.year}年"
    if kind == PeriodKind.QUARTER:
        return f"{begins.year}年第{(begins.month - 1) // MONTHS_OF[PeriodKind.QUARTER] + 1}季度"
    return f"{begins.year}年{begins.month}月"
