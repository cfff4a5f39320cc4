"""Conversions between the units inside (whole yuan, fractions) and those people use."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

YUAN_PER_WAN = 10_000


def wan_to_yuan(amount_wan: Decimal) -> int:
    """Convert an amount in 万元 to whole yuan.

    Raises
    ------
    ValueError
        When the amount is not a whole number of yuan (more than four decimals).

    Examples
    --------
    >>> wan_to_yuan(Decimal("300.5"))
    3005000
    """
    amount_yuan = amount_wan * YUAN_PER_WAN
    if not amount_yuan.is_finite() or amount_yuan != amount_yuan.to_integral_value():
        raise ValueError(f"{amount_wan} 万元 is not a whole number of yuan")
    return int(amount_yuan)


def yuan_to_wan(amount_yuan: int) -> Decimal:
    """Convert whole yuan to 万元 without trailing zeros.

    Examples
    --------
    >>> yuan_to_wan(3_005_000)
    Decimal('300.5')
    """
    amount_wan = (Decimal(amount_yuan) / YUAN_PER_WAN).normalize()
    return amount_wan.quantize(Decimal(1)) if amount_wan == amount_wan.to_integral() else amount_wan


def format_wan(amount_yuan: int | None) -> str:
    """Format whole yuan for people, for example ``300 万元``; a missing amount is ``未填``."""
    return "未填" if amount_yuan is None else f"{yuan_to_wan(amount_yuan):,f} 万元"


def format_percent(fraction: float | None) -> str:
    """Format a fraction as a percentage with at most two decimals, for example ``3.85%``."""
    if fraction is None:
        return "未填"
    percent = (Decimal(str(fraction)) * 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN).normalize()
    return f"{percent:f}%"
