"""Refusals of the learned ranking; their texts are for people."""

from __future__ import annotations

from matching.errors import MatchingError


class TooFewOutcomesError(MatchingError):
    """The history cannot carry a model: rank by rules, and say so.

    Attributes
    ----------
    code : str
        ``too_few_outcomes``, ``too_few_funded``, ``single_institution``, ``no_period`` or
        ``nothing_learned``.
    found, needed : int
    """

    def __init__(self, code: str, text: str, *, found: int, needed: int) -> None:
        super().__init__(text)
        self.code = code
        self.found = found
        self.needed = needed


class ModelFileError(MatchingError):
    """A model file cannot be used.

    Attributes
    ----------
    code : str
        ``not_a_model``, ``tampered``, ``unexpected_file``, ``other_version`` or ``damaged``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
