"""What a changed product means for needs, as plain dictionaries: counts, places, sentences.

Institutions meet needs by referral only. What they read here are counts in steps of five, of
places with at least five firms; whatever is smaller is put together, and fewer than five are
never told from none, so that asking again and again singles nobody out.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from backend.catalogue.selectors import PublishedProduct
from backend.matches import adapters
from backend.matches.reason_texts import criterion_label
from backend.matches.wording import Names, spaced
from matching.vocabulary import STAGES

SMALLEST_GROUP = 5

# City, stage, needs and firms.
Place = tuple[str | None, str | None, int, int]

_UNKNOWN = "未知"
_REST = "其他"
_KINDS = {
    "gained": "新增匹配",
    "lost": "不再匹配",
    "confirmed": "由待核实变为符合",
    "opened": "由符合变为待核实",
}


def offer_payload(product: PublishedProduct) -> dict[str, Any]:
    """Name a product that may not be in force."""
    return {
        "product": product.code,
        "product_id": str(product.product_id),
        "product_name": product.name,
        "institution": product.institution,
        "institution_name": product.institution_name,
        "is_demonstration": product.is_demonstration,
    }


def what_if_payload(
    found: adapters.ProductWhatIf, names: Names, *, is_exact: bool
) -> dict[str, Any]:
    """Describe what a change brings; exactly for whoever may see each of the needs."""
    show = _Shown(names, is_exact=is_exact)
    return {
        "is_exact": is_exact,
        "eligible": show.before_and_after(found.eligible),
        "to_confirm": show.before_and_after(found.to_confirm),
        "together": show.shift(found.together),
        "conditions": [
            {
                "condition": effect.condition,
                "label": _condition_label(effect.condition),
                **show.shift(effect.shift),
            }
            for effect in found.conditions
        ],
    }


class _Shown:
    """Shows counts exactly, or so that no firm can be singled out."""

    def __init__(self, names: Names, *, is_exact: bool) -> None:
        self._names = names
        self._is_exact = is_exact

    def before_and_after(self, counts: tuple[int, int]) -> dict[str, int | None]:
        before, after = map(self._count, counts)
        return {"before": before, "after": after}

    def shift(self, shift: adapters.OfferShift) -> dict[str, Any]:
        groups = {kind: getattr(shift, kind) for kind in _KINDS}
        return {
            **{kind: self._group(group) for kind, group in groups.items()},
            "text": self._text(groups),
        }

    def _group(self, group: adapters.NeedGroup) -> dict[str, Any]:
        return {
            # A group of many needs of few firms is small.
            "needs": self._needs(len(group.needs), group.firms),
            "firms": self._count(group.firms),
            "places": [*self._places(group.by_place)],
        }

    def _places(self, places: Iterable[Place]) -> Iterator[dict[str, Any]]:
        """Describe places; those that are too small together, or not at all."""
        rest_needs = rest_firms = 0
        for city, stage, needs, firms in places:
            if not self._is_exact and firms < SMALLEST_GROUP:
                rest_needs, rest_firms = rest_needs + needs, rest_firms + firms
                continue
            yield {
                "city": city,
                "city_name": self._names.regions.get(city, city) if city else _UNKNOWN,
                "stage": stage,
                "stage_label": STAGES[stage] if stage else _UNKNOWN,
                "is_rest": False,
                "needs": self._needs(needs, firms),
                "firms": self._count(firms),
            }
        if rest_firms >= SMALLEST_GROUP:
            yield {
                "city": None,
                "city_name": _REST,
                "stage": None,
                "stage_label": _REST,
                "is_rest": True,
                "needs": self._needs(rest_needs, rest_firms),
                "firms": self._count(rest_firms),
            }

    def _needs(self, needs: int, firms: int) -> int | None:
        return None if self._count(firms) is None else self._count(needs)

    def _count(self, count: int) -> int | None:
        """Return a count, or None for fewer than five; an institution's in steps of five."""
        if self._is_exact:
            return count
        return count - count % SMALLEST_GROUP or None

    def _text(self, groups: dict[str, adapters.NeedGroup]) -> str:
        said = [
            f"{_KINDS[kind]}{self._said(group)}"
            for kind, group in groups.items()
            if (group.needs if self._is_exact else self._count(group.firms))
        ]
        return spaced("；".join(said) or self._nothing)

    def _said(self, group: adapters.NeedGroup) -> str:
        needs, firms = self._needs(len(group.needs), group.firms), self._count(group.firms)
        least = "" if self._is_exact else "至少"
        return f"{least}{needs}项需求（{firms}家企业）"

    @property
    def _nothing(self) -> str:
        return "没有变化" if self._is_exact else f"没有变化，或变化涉及的企业不足{SMALLEST_GROUP}家"


def _condition_label(condition: str) -> str:
    return "有效期" if condition == "validity" else criterion_label(condition)
