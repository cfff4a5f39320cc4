"""A whole catalogue file (`kerong-catalogue/1`): all of it, or nothing and every fault."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.catalogue.loading.institutions import load_department, load_institution
from backend.catalogue.loading.offers import load_policy, load_product
from backend.catalogue.loading.outcome import Outcome
from backend.common.errors import InvalidInput

FORMAT = "kerong-catalogue/1"

Summary = dict[str, Counter[Outcome]]


class LoadFaults(Exception):
    """The file cannot be used; ``faults`` names list, record, field and reason of each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"{len(faults)} fault(s) in the catalogue")
        self.faults = faults


@transaction.atomic
def load_catalogue(document: Any, *, now: datetime) -> Summary:
    """Bring the department, institutions, products and policies up to a catalogue file.

    Loading the same file twice changes nothing. Raises `LoadFaults`, and then nothing is
    written.
    """
    lists = _lists_of(document)
    faults: list[str] = []
    summary: Summary = {
        "departments": _load_each("departments", [{}], lambda _: load_department(), faults)
    }
    summary["institutions"] = _load_each(
        "institutions", _parents_first(lists["institutions"], "parent"), _institution, faults
    )
    summary["products"] = _load_each(
        "products",
        _parents_first(lists["products"], "variant_of"),
        lambda entry: _product(entry, now),
        faults,
    )
    summary["policies"] = _load_each(
        "policies", lists["policies"], lambda entry: load_policy(entry, now=now), faults
    )
    if faults:
        raise LoadFaults(faults)
    return summary


def _institution(entry: Mapping[str, Any]) -> Outcome:
    sources = {value["source"]: None for value in (entry.get("provenance") or {}).values()}
    return load_institution(entry["record"], source="；".join(sources))


def _product(entry: Mapping[str, Any], now: datetime) -> Outcome:
    return load_product(
        entry["record"],
        provenance=entry.get("provenance") or {},
        note=entry.get("note") or "",
        is_reference=not entry.get("offered_in_jilin", True),
        now=now,
    )


def _load_each(
    name: str,
    entries: Iterable[Mapping[str, Any]],
    load: Callable[[Mapping[str, Any]], Outcome],
    faults: list[str],
) -> Counter[Outcome]:
    outcomes: Counter[Outcome] = Counter()
    for entry in entries:
        try:
            outcomes[load(entry)] += 1
        except InvalidInput as error:
            code = entry.get("record", entry).get("code")
            faults += [
                f"{name} “{code}” {problem.field}：{problem.message}" for problem in error.problems
            ]
    return outcomes


def _lists_of(document: Any) -> dict[str, list[Mapping[str, Any]]]:
    """Return the lists of a document, or refuse its shape."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise LoadFaults([f"format：应为“{FORMAT}”。"])
    lists = {name: document.get(name) for name in ("institutions", "products", "policies")}
    faults = [
        f"{name}：应为列表，每项为一个对象。"
        for name, entries in lists.items()
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries)
    ]
    faults = faults or [
        f"{name} 第 {row} 项：缺少 record 对象。"
        for name in ("institutions", "products")
        for row, entry in enumerate(lists[name], start=1)
        if not isinstance(entry.get("record"), dict)
    ]
    if faults:
        raise LoadFaults(faults)
    return lists


def _parents_first(entries: list[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    """Return the entries so that what a record names under ``key`` comes before it."""
    by_code = {str(entry["record"].get("code")): entry for entry in entries}

    def depth(entry: Mapping[str, Any]) -> int:
        steps, upper = 0, entry
        while upper is not None and steps <= len(entries):  # a ring is left to the services
            upper = by_code.get(str(upper["record"].get(key)))
            steps += 1
        return steps

    return sorted(entries, key=depth)
