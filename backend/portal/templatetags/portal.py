"""Money, dates and figures as people in China read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from backend.announcements.enums import AUDIENCES
from backend.announcements.models import Announcement
from backend.consents.enums import FieldGroup
from backend.firms.fact_fields import to_number
from backend.matches.reason_texts import criterion_label
from backend.matches.wording import say_firm_value, spaced
from backend.portal import names
from backend.portal.periods import period_name
from backend.portal.tones import TONES
from backend.referrals.enums import ChangeKind
from matching import vocabulary

register = template.Library()

_COLOURS = 8
# Outcome, mark, colour, how many are named, and what the others are called.
_REASONS = (
    ("unmet", "✕", "bad", 6, "不符"),
    ("met", "✓", "ok", 6, "相符"),
    ("unknown", "?", "warn", 3, "待核实"),
)

_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)
_MISSING = "—"


@register.filter
def money(yuan: Any) -> str:
    """Write whole yuan in 元, 万元 or 亿元, with at most two decimals; a dash for nothing."""
    if yuan in (None, ""):
        return _MISSING
    amount = Decimal(yuan)
    if abs(amount) >= _YI:
        return f"{_rounded(amount / _YI)} 亿元"
    if abs(amount) >= _WAN:
        return f"{_rounded(amount / _WAN)} 万元"
    return f"{amount:,.0f} 元"


@register.simple_tag
def money_span(low: Any, high: Any) -> str:
    """Write a span of money, open on either side."""
    return _span(low, high, money)


@register.simple_tag
def months_span(low: Any, high: Any) -> str:
    """Write a span of months, open on either side."""
    return _span(low, high, lambda months: f"{months} 个月")


@register.simple_tag
def stated_span(low: Any, high: Any, kind: str) -> str:
    """Write a span of a product's condition; what is not stated is not published."""
    if low in (None, "") and high in (None, ""):
        return "未公布"
    return _span(low, high, {"money": money, "percent": percent}[kind])


def _span(low: Any, high: Any, write: Any) -> str:
    if low in (None, "") and high in (None, ""):
        return "不限"
    if low in (None, "") or low == high:
        return write(high) if low == high else f"不超过 {write(high)}"
    if high in (None, ""):
        return f"{write(low)}起"
    return f"{write(low)}–{write(high)}"


def _rounded(value: Decimal) -> str:
    text = f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return text.rstrip("0").rstrip(".")


@register.filter
def percent(fraction: Any, digits: int = 2) -> str:
    """Write a fraction as a percentage without needless zeros; a dash for nothing."""
    if fraction in (None, ""):
        return _MISSING
    text = f"{Decimal(str(fraction)) * 100:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


@register.filter
def day(value: Any) -> str:
    """Write a date or an instant as 2026年11月28日, in local time; a dash for nothing."""
    found = _local_date(value)
    return f"{found.year}年{found.month}月{found.day}日" if found else _MISSING


@register.filter
def short_day(value: Any) -> str:
    """Write a date as 11月28日; with its year where that is not the present one."""
    found = _local_date(value)
    if found is None or found.year != timezone.localdate().year:
        return day(found)
    return f"{found.month}月{found.day}日"


@register.filter
def moment(value: Any) -> str:
    """Write an instant as 2026年11月28日 09:05, in local time; a dash for nothing."""
    instant = parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime):
        return day(value)
    return f"{day(instant)} {timezone.localtime(instant):%H:%M}"


def _local_date(value: Any) -> date | None:
    if isinstance(value, str):
        value = (parse_datetime(value) if "T" in value else None) or parse_date(value[:10])
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    return value if isinstance(value, date) else None


@register.filter
def workdays(number: Any) -> str:
    """Write a number of working days without needless zeros; a dash for nothing."""
    return _MISSING if number in (None, "") else f"{number:g}"


@register.filter
def wan(yuan: Any) -> str:
    """Write whole yuan as a bare number of 万元, for the value of an input."""
    return "" if yuan in (None, "") else f"{(Decimal(yuan) / _WAN).normalize():f}"


@register.filter
def figure(fact: Any) -> str:
    """Write a recorded figure in people's unit; a dash for nothing."""
    if not fact:
        return _MISSING
    return spaced(say_firm_value(fact.field, to_number(fact.field, fact.value)))


@register.filter
def labels(codes: Any, table: str) -> str:
    """Write codes of one of the vocabulary's tables in Chinese, separated by 、."""
    names = getattr(vocabulary, table.upper())
    return "、".join(names.get(code, code) for code in codes or ())


@register.filter
def label(code: Any, table: str) -> str:
    """Write one code of one of the vocabulary's tables in Chinese."""
    return getattr(vocabulary, table.upper()).get(code, code)


@register.filter
def group_labels(codes: Any) -> str:
    """Write the groups of fields of a consent."""
    return "；".join(FieldGroup(code).label for code in codes)


@register.filter
def field_labels(codes: Any) -> str:
    """Write the fields that were shown."""
    return "、".join(names.FIELDS.get(code, code) for code in codes)


@register.filter
def field_label(code: str) -> str:
    """Write one field of a need or a firm."""
    return names.FIELDS.get(code, code)


@register.filter
def change_label(code: str) -> str:
    """Write what a row is against the last sheet; a dash for nothing."""
    return ChangeKind(code).label if code else _MISSING


@register.filter
def audience(roles: list[str]) -> str:
    """Write whom an announcement is for."""
    return "、".join(AUDIENCES.get(code, code) for code in roles) or "所有用户"


@register.filter
def announcement_field(name: str) -> str:
    """Write one field of an announcement."""
    return str(Announcement._meta.get_field(name).verbose_name)


@register.filter
def announcement_value(value: Any, name: str) -> str:
    """Write what a field of an announcement said before it was changed."""
    if name == "roles":
        return audience(value)
    if name == "region":
        return region_name(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return day(value) if name.startswith("valid_") else value


@register.filter
def region_name(code: Any) -> str:
    """Write a division by its full name."""
    return names.regions().get(code, code or _MISSING)


@register.filter
def industry_name(code: Any) -> str:
    """Write an industry by its name."""
    return names.industries().get(code, code or _MISSING)


@register.filter
def absolute(number: int | None) -> int | None:
    """Drop the sign."""
    return None if number is None else abs(number)


@register.filter
def tone(status: str) -> str:
    """Return the colour of a state: done, waiting for somebody, over without effect."""
    return TONES.get(status, "")


@register.filter
def points(score: float) -> str:
    """Write a score as points of a hundred: a sign of per cent would read as a probability."""
    return f"{score * 100:.0f}"


@register.filter
def stacked(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lay the parts of a score end to end on a bar of 100, largest codes keep their colour."""
    parts, start = [], 0.0
    for position, component in enumerate(components):
        width = max(component["contribution"], 0.0) * 100
        parts.append(
            {
                "label": component["label"],
                "position": position % _COLOURS,
                "start": f"{start:.2f}",
                "width": f"{width:.2f}",
                "share": f"{width:.1f} 分",
                "reasons": _reasons(component.get("parts", ())),
            }
        )
        start += width
    return parts


@register.filter
def reasons(criteria: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return a match's criteria as short chips: what speaks for it, then what is open.

    Each says its outcome by a mark beside its colour; what exceeds a line is a number.
    """
    chips: list[dict[str, str]] = []
    for outcome, mark, chip_tone, most, rest in _REASONS:
        names_of = [criterion_label(one["code"]) for one in criteria if one["outcome"] == outcome]
        chips += [{"tone": chip_tone, "text": f"{mark} {name}"} for name in names_of[:most]]
        if len(names_of) > most:
            chips.append({"tone": chip_tone, "text": f"另 {len(names_of) - most} 项{rest}"})
    return chips


@register.filter
def bands(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the band of each kind of product that an answer shows, in the order of places."""
    shown = [*found["matches"], *found.get("explore", ())]
    return list({one["band"]["kind"]: one["band"] for one in shown if one.get("band")}.values())


def _reasons(parts: Sequence[dict[str, Any]]) -> str:
    """Say what a learned part is made of, in log-odds with their sign."""
    return "，".join(f"{part['label']} {part['log_odds']:+.2f}" for part in parts)


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], **changes: Any) -> str:
    """Return this page's query with some parameters changed; an empty value drops one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def at_least(number: int | None) -> str:
    """Write a count in steps of five; fewer than five are never told from none."""
    return "不足 5" if number is None else f"至少 {number}"


@register.filter
def plus(number: float, more: float) -> float:
    """Add, for places in a drawing."""
    return number + more


@register.filter
def times(number: float, factor: float) -> float:
    """Multiply, for places in a drawing."""
    return round(number * factor, 1)


@register.filter
def period(aggregate: Any) -> str:
    """Call the period of an institution's filing by its name."""
    return period_name(aggregate.period_kind, aggregate.period_from)
