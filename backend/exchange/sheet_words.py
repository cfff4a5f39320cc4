"""How a row of a sheet reads in a cell: words, 万元, per cent; what was not sent stays empty."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from backend.referrals.enums import ChangeKind
from matching.exchange.records.regions import region_name
from matching.exchange.workbook.cells_out import Writable
from matching.units import yuan_to_wan
from matching.vocabulary import (
    COLLATERAL,
    FINANCING_TYPES,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)

MASKED = "（未授权，暂不显示）"
Line = Mapping[str, Any]


def plain(key: str) -> Callable[[Line], Writable]:
    """Return a reader of a value that needs no words."""
    return lambda line: line.get(key)


def day(key: str) -> Callable[[Line], Writable]:
    """Return a reader of a day."""
    return lambda line: line.get(key) and date.fromisoformat(line[key])


def by_year(key: str) -> Callable[[Line], Writable]:
    """Return a reader of a figure of several years."""
    return lambda line: _join(
        f"{one['fiscal_year']}年：{yuan_to_wan(one[key]):f}"
        for one in line.get("yearly_figures") or ()
        if one.get(key) is not None
    )


def change(line: Line) -> str:
    """Say what the row is against the sheet before."""
    return ChangeKind(line["change"]).label


def firm(line: Line) -> str | None:
    """Return the firm's name, or say that it is not shown."""
    return line.get("firm_name") or (MASKED if line.get("is_masked") else None)


def region(line: Line) -> str | None:
    """Return the firm's region; of a masked row the city."""
    code = line.get("region") or line.get("city")
    return code and region_name(code)


def industry(line: Line) -> str | None:
    """Return the industry; of a masked row its section."""
    return line.get("industry") or line.get("industry_section")


def stage(line: Line) -> str | None:
    """Return the stage in words."""
    return _word(STAGES, line.get("stage"))


def stage_basis(line: Line) -> str | None:
    """Return what the stage rests on, with the rule where it was inferred."""
    return "：".join(filter(None, (line.get("stage_basis"), line.get("stage_rule")))) or None


def to_confirm(line: Line) -> str | None:
    """Return which conditions are undecided; sheets of the first format say only whether any is."""
    texts = _join(one["text"] for one in line.get("to_confirm") or ())
    return texts or line.get("verdict_label")


def tech_fields(line: Line) -> str | None:
    """Return the fields of technology."""
    return _words(TECH_FIELDS, line.get("tech_fields"))


def financing_types(line: Line) -> str | None:
    """Return the types of financing."""
    return _words(FINANCING_TYPES, line.get("financing_types"))


def purposes(line: Line) -> str | None:
    """Return what the money is for."""
    return _words(PURPOSES, line.get("purposes"))


def collateral(line: Line) -> str | None:
    """Return the security that the firm can give."""
    return _words(COLLATERAL, line.get("collateral"))


def qualifications(line: Line) -> str | None:
    """Return what the firm holds, each with its period; the last valid day is not included."""
    return _join(map(_qualification, line.get("qualifications") or ()))


def _qualification(held: Mapping[str, Any]) -> str:
    label = QUALIFICATIONS.get(held["code"], held["code"])
    start, end = held.get("valid_from"), held.get("valid_until")
    return f"{label}（{start or ''}~{end or ''}）" if start or end else label


def amount(line: Line) -> Writable:
    """Return the amount in 万元: a number, a span, or of a masked row the band."""
    band = line.get("amount_band")
    if band:
        return f"{_span(band['from_yuan'], band['to_yuan'])}（档次）"
    return _span(line.get("amount_min_yuan"), line.get("amount_max_yuan"))


def total_amount(lines: Iterable[Line]) -> str | None:
    """Return the sum of the amounts that are shown, at the upper end where there are two."""
    asked = [line.get("amount_max_yuan") or line.get("amount_min_yuan") for line in lines]
    shown = [yuan for yuan in asked if yuan is not None]
    return f"{yuan_to_wan(sum(shown)):f}" if shown else None


def _span(low: int | None, high: int | None) -> Writable:
    ends = [None if yuan is None else yuan_to_wan(yuan) for yuan in (low, high)]
    return _between(*ends)


def term(line: Line) -> Writable:
    """Return the term in months."""
    return _between(line.get("term_min_months"), line.get("term_max_months"))


def _between(low: Decimal | int | None, high: Decimal | int | None) -> Writable:
    if low is None and high is None:
        return None
    if low == high:
        return float(low)
    if low is None:
        return f"不超过{high:f}" if isinstance(high, Decimal) else f"不超过{high}"
    return f"{low}以上" if high is None else f"{low}—{high}"


def rate(line: Line) -> Writable:
    """Return the highest rate in per cent."""
    value = line.get("max_annual_rate")
    return None if value is None else float(Decimal(value) * 100)


def product(line: Line) -> str | None:
    """Return the product meant."""
    meant = line.get("product")
    return meant and f"{meant['name']}（{meant['code']}）"


def contact(line: Line) -> str | None:
    """Return whom the firm lets be called."""
    return " ".join(filter(None, (line.get("contact_name"), line.get("contact_phone")))) or None


def authorisations(line: Line) -> str | None:
    """Return under which consents a row is shown, and until when."""
    return _join(map(_authorised, line.get("authorisations") or ()))


def listed_for(line: Line) -> str | None:
    """Return for which qualifications a firm stands on a roster."""
    return _words(QUALIFICATIONS, line.get("listed_for"))


def roster_authorisation(line: Line) -> str | None:
    """Return by which consent a firm stands on a roster, and until when."""
    one = line.get("authorisation")
    return one and _authorised(one)


def party(side: Mapping[str, Any]) -> str:
    """Return a unit with whom to call there."""
    contact = side["contact"]
    details = (contact.get(key) for key in ("unit", "name", "post", "phone", "email"))
    return " ".join(filter(None, (side["name"], *details)))


def _authorised(one: Mapping[str, Any]) -> str:
    return f"{one['granted_on']} 授权（文本 {one['text_version']}），至 {one['expires_on']}"


def _word(labels: Mapping[str, str], code: str | None) -> str | None:
    return None if code is None else labels.get(code, code)


def _words(labels: Mapping[str, str], codes: Iterable[str] | None) -> str | None:
    return _join(labels.get(code, code) for code in codes or ())


def _join(parts: Iterable[str]) -> str | None:
    return "；".join(parts) or None
