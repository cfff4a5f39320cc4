"""The unified social credit code (统一社会信用代码), GB 32100-2015."""

from __future__ import annotations

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_SHAPE = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")


def has_uscc_shape(text: str) -> bool:
    """Say whether the text has 18 characters of the alphabet, digits 3-8 being a region.

    Examples
    --------
    >>> has_uscc_shape("91110000600037341L"), has_uscc_shape("9111000060003734IL")
    (True, False)
    """
    return _SHAPE.fullmatch(text) is not None


def uscc_check_character(body: str) -> str:
    """Return the 18th character that belongs to the first 17.

    Parameters
    ----------
    body : str
        At least 17 characters of the alphabet; the rest is ignored.

    Examples
    --------
    >>> uscc_check_character("91110000600037341")
    'L'
    """
    pairs = zip(body[:17], _WEIGHTS, strict=True)
    total = sum(_ALPHABET.index(character) * weight for character, weight in pairs)
    return _ALPHABET[-total % 31]


def is_uscc(text: str) -> bool:
    """Say whether the text is a code of the right shape with the right check character."""
    return has_uscc_shape(text) and text[17] == uscc_check_character(text)


def division_of_uscc(code: str) -> str:
    """Return the six digits of the division whose authority registered the holder."""
    return code[2:8]
