"""Records that the learned ranking reads and answers with.

Money is whole yuan; ``None`` is *unknown*. Codes are those of the exchange file: GB/T 2260
regions, GB/T 4754 industries, the four stages. A *candidate* is a product of an institution;
what is learned belongs to the institution and, where it has enough outcomes, to the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Result = Literal["funded", "declined", "no_answer"]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """What was known of a need when it was ranked.

    Attributes
    ----------
    code, firm : str
        The need, and an opaque key of its firm (only compared for equality).
    on : date
        Day on which the need was ranked: its features come from what ended before it.
    stage, industry, region : str or None
        Codes; None where unknown, or where a missing fact could still change the stage.
    amount_yuan : int or None
        The amount asked (upper end), never the amount closed.
    """

    code: str
    firm: str
    on: date
    stage: str | None = None
    industry: str | None = None
    region: str | None = None
    amount_yuan: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product with what its institution declares; the declaration stands in for history.

    Empty lists declare nothing (any). ``family`` is ``debt``, ``lease``, ``equity``,
    ``insurance``, ``grant`` or None where the type is undisclosed.
    """

    product: str
    institution: str
    family: str | None = None
    stages: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amount_min_yuan: int | None = None
    amount_max_yuan: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one need at one product.

    Attributes
    ----------
    result : {"funded", "declined", "no_answer"}
        ``no_answer`` says that the time for an answer has passed, not that it still runs.
    on : date
        Day on which the result was known; not before the day of the need.
    position : int or None
        Place (from 1) at which the product was shown, None where that was not logged, or where
        it was shown beside the ranking.
    propensity : float or None
        The chance in (0, 1] with which it was drawn to be shown beside the ranking; None where
        it stood in it.
    """

    need: NeedFacts
    product: str
    result: Result
    on: date
    position: int | None = None
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class Contributions:
    """The learned value of each candidate for one need, and what it is made of.

    Attributes
    ----------
    parts : tuple of str
        Codes of the parts, in the order in which they are added.
    values : float array, shape (candidates, parts)
        In log-odds. Added from first to last they are ``margins``, exactly.
    margins : float array, shape (candidates,)
    scores : float array, shape (candidates,)
        In [0, 1], an increasing function of the margin alone: the value of the component
        ``learned``. It is an order, not a probability.
    """

    parts: tuple[str, ...]
    values: Values
    margins: Values
    scores: Values


@dataclass(frozen=True, slots=True)
class Band:
    """How earlier needs under like conditions fared with one kind of product.

    Attributes
    ----------
    conditions : tuple of str
        What they have in common with this need (``stage``, ``industry``, ``region``).
    firms, funded : int
        Distinct firms with an answer, and how many of them were funded.
    low, high : float
        Wilson interval of the share at 95 %.
    """

    conditions: tuple[str, ...]
    firms: int
    funded: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known of a fitted model; it is saved with it.

    Attributes
    ----------
    library : str
        Version of the library that fitted it; another version refuses to load it.
    method : str
    until : date
        Everything that the model knows was known before this day.
    data_fingerprint : str
        SHA-256 over the outcomes and candidates, in a canonical order.
    outcomes, funded, institutions : int
        What it was fitted on, after duplicates were merged.
    parameters, metrics : mapping
        Of the fit; figures of the last closed period that was held back.
    notes : tuple of str
        In Chinese: what was merged, left out or decided by a default.
    """

    library: str
    method: str
    until: date
    data_fingerprint: str
    outcomes: int
    funded: int
    institutions: int
    parameters: Mapping[str, float | int | str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
