"""What a product says, as people read it: one line per condition, and what a version changed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from backend.catalogue.content import (
    CODE_LIST_FIELDS,
    CONTENT_FIELDS,
    DATE_FIELDS,
    DECLARATION_FIELDS,
    INDUSTRY_FIELDS,
    RATE_FIELDS,
    REGION_FIELDS,
    content_of,
)
from backend.catalogue.models import ProductVersion
from backend.portal import names
from backend.portal.templatetags.portal import day, money, percent
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    FINANCING_TYPES,
    NUMERIC_FIRM_FIELDS,
    TAXPAYER_RATINGS,
    TERM_OPERATORS,
)

_MONEY = ("amount_min_yuan", "amount_max_yuan")
_MONTHS = ("term_min_months", "term_max_months", "firm_age_min_months", "firm_age_max_months")
_UNITS = {"person": " 人", "piece": " 项", "point": " 分", "year": " 年"}
_WRITERS: tuple[tuple[Collection[str], Callable[[Any], str]], ...] = (
    (("financing_type",), lambda code: FINANCING_TYPES.get(code, code)),
    (_MONEY, money),
    (_MONTHS, lambda months: f"{months} 个月"),
    (RATE_FIELDS, lambda rate: percent(rate, 4)),
    (DATE_FIELDS, day),
    (("approval_days",), lambda days: f"{days} 个工作日"),
)
# Said elsewhere on a page: the head, or not an institution's to say.
_NOT_LISTED = frozenset({"name", "is_reference"})


class Line(NamedTuple):
    """A condition and what is said of it."""

    label: str
    text: str


class Change(NamedTuple):
    """A field that differs between two wordings; an empty side says that nothing left or came."""

    label: str
    before: str
    after: str


def label_of(field: str) -> str:
    """Return what a field of the content is called, without its unit."""
    label = str(ProductVersion._meta.get_field(field).verbose_name)
    return label.removesuffix("（元）").removesuffix("（月）")


def lines_of(version: ProductVersion) -> list[Line]:
    """Return what a version states, in the order of the format; what is not stated is left out."""
    content = content_of(version)
    return [
        Line(label_of(field), say(field, content[field]))
        for field in CONTENT_FIELDS
        if field not in _NOT_LISTED and content[field] not in (None, "", [])
    ]


def changes_of(differences: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Return differences in words; of a list only what was taken off and what was added."""
    return [_change(one["field"], one["from"], one["to"]) for one in differences]


def _change(field: str, before: Any, after: Any) -> Change:
    if isinstance(before, list) and isinstance(after, list) and before and after:
        gone = [one for one in before if one not in after]
        added = [one for one in after if one not in before]
        return Change(
            label_of(field), say(field, gone) if gone else "", say(field, added) if added else ""
        )
    return Change(label_of(field), say(field, before), say(field, after))


def say(field: str, value: Any) -> str:
    """Say one value of the content; a dash for what is not stated."""
    if value in (None, "", []):
        return "—"
    if field in CODE_LIST_FIELDS or field in DECLARATION_FIELDS:
        table = CODE_LIST_FIELDS.get(field) or DECLARATION_FIELDS[field]
        return "、".join(table.get(code, code) for code in value)
    if field in REGION_FIELDS:
        return "、".join(names.regions().get(code, code) for code in value)
    if field in INDUSTRY_FIELDS:
        return "、".join(f"{names.industries().get(code, '')} {code}".strip() for code in value)
    if field == "terms":
        return "；".join(say_term(entry) for entry in value)
    return _say_plain(field, value)


def _say_plain(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    for fields, write in _WRITERS:
        if field in fields:
            return write(value)
    return str(value)


def say_term(entry: Mapping[str, Any]) -> str:
    """Say one further condition: field, comparison, value with its unit."""
    field, value = entry["field"], entry["value"]
    values = value if isinstance(value, list | tuple) else [value]
    label, unit = NUMERIC_FIRM_FIELDS.get(field, (CODED_FIRM_FIELDS.get(field, field), "code"))
    said = "、".join(_say_figure(one, unit) for one in values)
    return f"{label}{TERM_OPERATORS.get(entry['op'], entry['op'])} {said}"


def _say_figure(value: Any, unit: str) -> str:
    if unit == "yuan":
        return money(value)
    if unit == "fraction":
        return percent(value, 4)
    return f"{TAXPAYER_RATINGS.get(value, value)}{_UNITS.get(unit, '')}"
