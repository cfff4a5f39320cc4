"""Which industry codes exist: the sections and divisions of GB/T 4754-2017.

The standard numbers its 97 divisions through, each section holding a run of them, so that
a section is its first and last division. Groups and classes (third and fourth digit) are
checked by shape only: the contract compares codes by prefix and needs no names here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SECTIONS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "A": (1, 5),
        "B": (6, 12),
        "C": (13, 43),
        "D": (44, 46),
        "E": (47, 50),
        "F": (51, 52),
        "G": (53, 60),
        "H": (61, 62),
        "I": (63, 65),
        "J": (66, 69),
        "K": (70, 70),
        "L": (71, 72),
        "M": (73, 75),
        "N": (76, 79),
        "O": (80, 82),
        "P": (83, 83),
        "Q": (84, 85),
        "R": (86, 90),
        "S": (91, 96),
        "T": (97, 97),
    }
)

DIVISIONS: Final = frozenset(
    f"{section}{number:02d}"
    for section, (first, last) in SECTIONS.items()
    for number in range(first, last + 1)
)

_SHAPE = re.compile(r"[A-T](?:[0-9]{2,4})?")


def is_industry(code: str) -> bool:
    """Say whether the code is a section, or lies in a division of the standard.

    Examples
    --------
    >>> is_industry("C"), is_industry("C3976"), is_industry("A39"), is_industry("C3")
    (True, True, False, False)
    """
    if _SHAPE.fullmatch(code) is None:
        return False
    return len(code) == 1 or code[:3] in DIVISIONS
