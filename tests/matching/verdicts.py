"""Verdicts by the slow reference, and what changes between two days or two needs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from matching.results import Shift
from matching.schema import Firm, Need, Product
from tests.matching.reference import outcomes as slow

MATCHING = {"eligible", "to_confirm"}


def verdicts(
    catalogue: tuple[Product, ...], firm: Firm, need: Need, day: date
) -> dict[str, str | None]:
    """Return the verdict of every product by code; None for those that are no candidates."""
    wish, who = asdict(need), asdict(firm)
    found: dict[str, str | None] = {}
    for product in map(asdict, catalogue):
        found[product["code"]] = (
            slow.verdict_of(slow.criteria_of(product, who, wish, day))
            if slow.is_candidate(product, wish, day)
            else None
        )
    return found


def differences(
    before: dict[str, str | None], after: dict[str, str | None]
) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """Return the products gained, lost and moved, in order of code."""
    found: dict[str, list[tuple[str, str | None, str | None]]] = {
        "gained": [],
        "lost": [],
        "moved": [],
    }
    for code in sorted(before):
        was, becomes = before[code], after[code]
        if was == becomes or not {was, becomes} & MATCHING:
            continue
        kind = "gained" if was not in MATCHING else "lost" if becomes not in MATCHING else "moved"
        found[kind].append((code, was, becomes))
    return found


def as_lists(shift: Shift) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """Return a shift in the form of ``differences``."""
    return {
        kind: [(change.product, change.before, change.after) for change in getattr(shift, kind)]
        for kind in ("gained", "lost", "moved")
    }
