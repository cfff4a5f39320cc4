"""Character n-grams, the words of a language that writes without spaces."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

SIZES: Final = (2, 3)
_BETWEEN = re.compile(r"[\W_]+")


def ngrams(text: str) -> list[str]:
    """Return the 2- and 3-character grams of a text, in reading order and with repeats.

    Full-width and compatibility forms are folded, case is ignored, and no gram reaches
    across punctuation or space.

    Examples
    --------
    >>> ngrams("芯片,AI")
    ['芯片', 'ai']
    """
    found: list[str] = []
    for run in _BETWEEN.split(unicodedata.normalize("NFKC", text).lower()):
        for size in SIZES:
            found += [run[start : start + size] for start in range(len(run) - size + 1)]
    return found
