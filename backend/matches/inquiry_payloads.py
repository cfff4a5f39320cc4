"""What-if and calendar as plain dictionaries: products named once, changes in sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from backend.matches import adapters
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.models import LONGEST_LIST
from backend.matches.payloads import listed_need_payload, product_payload
from backend.matches.reason_texts import criterion_label
from backend.matches.wording import FIELD_LABELS, say_field_value, spaced
from backend.needs.selectors import NeedRecord
from matching.vocabulary import VERDICTS

_OF_PRODUCT = {"opens": "产品开始办理", "closes": "产品停止办理"}
_NO_CANDIDATE = "不在办理期"


def what_if_payload(found: adapters.WhatIf, catalogue: LoadedCatalogue) -> dict[str, Any]:
    """Describe what other values of a field would bring."""
    return {
        "field": found.field,
        "field_label": FIELD_LABELS[found.field],
        "current": found.current,
        "eligible": found.eligible,
        "to_confirm": found.to_confirm,
        "alternatives": [
            {
                "value": entry.value,
                "sets": dict(entry.sets),
                "eligible": entry.eligible,
                "to_confirm": entry.to_confirm,
                **_shift_payload(entry.shift),
                "text": _alternative_text(found.field, entry.sets, entry.shift),
            }
            for entry in found.alternatives
        ],
        "steps": [
            {"start": step.start, "eligible": step.eligible, "to_confirm": step.to_confirm}
            for step in found.steps
        ],
        "products": _products((entry.shift for entry in found.alternatives), catalogue),
    }


def calendar_payload(found: adapters.Calendar, catalogue: LoadedCatalogue) -> dict[str, Any]:
    """Describe the days on which a need's matches change."""
    return {
        "until": found.until,
        "days": [
            {"day": entry.day, **_shift_payload(entry.shift), "text": _counted(entry.shift)}
            for entry in found.days
        ],
        "products": _products((entry.shift for entry in found.days), catalogue),
    }


def product_calendar_payload(
    days: Iterable[adapters.SharedDay], records: Mapping[str, NeedRecord], *, until: date
) -> dict[str, Any]:
    """Describe the days on which a product's needs change; of a day at most so many by name."""
    return {"until": until, "days": [_day_of_product(entry, records) for entry in days]}


def shared_calendar_payload(
    days: Iterable[adapters.SharedDay],
    records: Mapping[str, NeedRecord],
    catalogue: LoadedCatalogue,
    *,
    until: date,
) -> dict[str, Any]:
    """Describe the days on which needs change, whatever the product; products named once."""
    days = list(days)
    shown = (one.shift for entry in days for one in entry.needs[:LONGEST_LIST])
    return {
        "until": until,
        "days": [_day(entry, records, describe=_change_payload) for entry in days],
        "products": _products(shown, catalogue),
    }


def _day_of_product(entry: adapters.SharedDay, records: Mapping[str, NeedRecord]) -> dict[str, Any]:
    return _day(entry, records, describe=_without_product)


def _day(
    entry: adapters.SharedDay,
    records: Mapping[str, NeedRecord],
    *,
    describe: Callable[[adapters.VerdictChange], dict[str, Any]],
) -> dict[str, Any]:
    counts = {
        kind: sum(bool(getattr(one.shift, kind)) for one in entry.needs)
        for kind in ("gained", "lost", "moved")
    }
    listed = [
        {**listed_need_payload(records[one.need]), "kind": kind, **describe(change)}
        for one in entry.needs[:LONGEST_LIST]
        for kind in counts
        for change in getattr(one.shift, kind)
    ]
    said = [
        f"{word}{counts[kind]}项需求"
        for kind, word in (("gained", "新增"), ("lost", "减少"), ("moved", "判断改变"))
        if counts[kind]
    ]
    return {"day": entry.day, **counts, "needs": listed, "text": spaced("，".join(said))}


def _without_product(change: adapters.VerdictChange) -> dict[str, Any]:
    return {name: value for name, value in _change_payload(change).items() if name != "product"}


def _shift_payload(shift: adapters.Shift) -> dict[str, Any]:
    return {
        "gained": [_change_payload(change) for change in shift.gained],
        "lost": [_change_payload(change) for change in shift.lost],
        "moved": [_change_payload(change) for change in shift.moved],
    }


def _change_payload(change: adapters.VerdictChange) -> dict[str, Any]:
    causes = "、".join(_OF_PRODUCT.get(code) or criterion_label(code) for code in change.because)
    before = VERDICTS[change.before] if change.before else _NO_CANDIDATE
    after = VERDICTS[change.after] if change.after else _NO_CANDIDATE
    return {
        "product": change.product,
        "before": change.before,
        "after": change.after,
        "because": change.because,
        "text": f"{causes}：由“{before}”变为“{after}”",
    }


def _alternative_text(
    field: str, sets: tuple[tuple[str, object], ...], shift: adapters.Shift
) -> str:
    said = [
        f"{FIELD_LABELS[name]}{'为' if field == 'qualifications' else '改为'}"
        f"{say_field_value(name, value)}"
        for name, value in sets
    ]
    return spaced(f"{'、'.join(said)}：{_counted(shift)}")


def _counted(shift: adapters.Shift) -> str:
    """Say how many products come, go and change their verdict."""
    counts = (
        ("新增", len(shift.gained), "个产品"),
        ("减少", len(shift.lost), "个产品"),
        ("另有", len(shift.moved), "个产品的判断改变"),
    )
    said = [spaced(f"{word}{count}{what}") for word, count, what in counts if count]
    return "，".join(said) or "没有变化"


def _products(shifts: Iterable[adapters.Shift], catalogue: LoadedCatalogue) -> list[dict[str, Any]]:
    """Name every product that occurs, once, in order of code."""
    codes = {
        change.product for shift in shifts for change in (*shift.gained, *shift.lost, *shift.moved)
    }
    return [product_payload(code, catalogue) for code in sorted(codes)]
