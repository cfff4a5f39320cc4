"""How figures are written in official Chinese: whole units, 亿元 and 万元 sensibly rounded."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_WAN, _YI = 10_000, 100_000_000
_CENT = Decimal("0.01")


def say_yuan(amount: int) -> str:
    """Write an amount; at most two decimals, no zeros behind them.

    >>> say_yuan(63_400_000_000), say_yuan(68_271_400), say_yuan(9_500), say_yuan(99_999_999)
    ('634亿元', '6827.14万元', '9500元', '1亿元')
    """
    if amount < _WAN:
        return f"{amount}元"
    wan = _rounded(amount, _WAN)
    if wan < _WAN:
        return f"{wan:f}万元"
    return f"{_rounded(amount, _YI):f}亿元"


def _rounded(amount: int, unit: int) -> Decimal:
    found = (Decimal(amount) / unit).quantize(_CENT, ROUND_HALF_UP)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def say(value: float, unit: str) -> str:
    """Write a number with its unit."""
    return say_yuan(int(value)) if unit == "元" else f"{value:.10g}{unit}"


def say_day(day: date) -> str:
    """Write a day.

    >>> say_day(date(2026, 5, 4))
    '2026年5月4日'
    """
    return f"{day.year}年{day.month}月{day.day}日"
