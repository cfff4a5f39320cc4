"""Errors that the library raises on purpose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input, said so that a person can mend it.

    Attributes
    ----------
    where : str
        List of the exchange object, or sheet of the workbook (``needs``, ``需求``).
    row : int or None
        One-based position in the list, or row of the sheet as the spreadsheet program
        numbers it; None when the fault concerns the file as a whole.
    field : str or None
        Field name of the contract (JSON) or header (workbook).
    value : str or None
        What was found, clipped to 80 characters.
    expected : str
        What would be right, in Chinese, ending with what to do where that is not obvious.
    code : str
        Stable identifier of the kind of fault (``unknown_code``, ``min_above_max``, ...).
    """

    where: str
    row: int | None
    field: str | None
    value: str | None
    expected: str
    code: str


class MatchingError(Exception):
    """Base class of this library's errors."""


class InputError(MatchingError):
    """The input cannot be used; ``faults`` says every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} fault(s) in the input")
        self.faults = faults


class ParameterError(MatchingError):
    """A parameter file lacks a value for the date asked, or contradicts itself."""
