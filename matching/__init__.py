"""Ranks financing products for the needs of technology firms, and explains every place.

The names below load their modules when first asked for, so that whoever needs only the
vocabulary does not load NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from matching.version import __version__

if TYPE_CHECKING:
    from matching.eligibility.stage import assess_stage
    from matching.inquiries import calendar, calendars, coverage, merge_calendars, what_if
    from matching.parameters import Parameters, load_parameters
    from matching.pipeline import Matcher, by_institution, by_product, rank_exchange
    from matching.referral_lists import allocate_exchange

__all__ = [
    "Matcher",
    "Parameters",
    "__version__",
    "allocate_exchange",
    "assess_stage",
    "by_institution",
    "by_product",
    "calendar",
    "calendars",
    "coverage",
    "load_parameters",
    "merge_calendars",
    "rank_exchange",
    "what_if",
]

_HOMES = {
    "Matcher": "matching.pipeline",
    "Parameters": "matching.parameters",
    "allocate_exchange": "matching.referral_lists",
    "assess_stage": "matching.eligibility.stage",
    "by_institution": "matching.pipeline",
    "by_product": "matching.pipeline",
    "calendar": "matching.inquiries",
    "calendars": "matching.inquiries",
    "coverage": "matching.inquiries",
    "load_parameters": "matching.parameters",
    "merge_calendars": "matching.inquiries",
    "rank_exchange": "matching.pipeline",
    "what_if": "matching.inquiries",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
