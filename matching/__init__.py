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
    "load_parameters",
    "rank_exchange",
]

_HOMES = {
    "Matcher": "matching.pipeline",
    "Parameters": "matching.parameters",
    "allocate_exchange": "matching.referral_lists",
    "assess_stage": "matching.eligibility.stage",
    "by_institution": "matching.pipeline",
    "by_product": "matching.pipeline",
    "load_parameters": "matching.parameters",
    "rank_exchange": "matching.pipeline",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
