"""What one run of ``rank`` answers, before it takes a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from matching.schema import Exchange, Match, NeedResult

Grouping = Literal["need", "product", "institution"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer of one run.

    Attributes
    ----------
    exchange : Exchange
        What was ranked; names for people come from it.
    as_of : date
        The date that everything was computed for.
    versions : mapping of str to str
        Of the library, its parameters and its text vocabulary.
    by : {"need", "product", "institution"}
        How the matches are grouped.
    needs : tuple of NeedResult
        In ascending order of need code; empty for the other groupings.
    groups : mapping of str to tuple of Match
        Product or institution code to its matches; empty for the grouping by need.
    """

    exchange: Exchange
    as_of: date
    versions: Mapping[str, str]
    by: Grouping
    needs: tuple[NeedResult, ...]
    groups: Mapping[str, tuple[Match, ...]]
