"""Administrative divisions (GB/T 2260): which code contains which.

``XX0000`` is a province, ``XXYY00`` a city, any other code a county-level unit.
"""

from __future__ import annotations

from typing import Final

# How a product's region relates to the firm's; from PROVINCE on it contains the firm, the
# closer the larger. The values index the parameter ``region_closeness``.
APART: Final = -1
FINER: Final = 0
PROVINCE: Final = 1
CITY: Final = 2
COUNTY: Final = 3


def region_level(code: str) -> int:
    """Return PROVINCE, CITY or COUNTY for a six-digit code.

    Examples
    --------
    >>> [region_level(code) for code in ("220000", "220100", "220184")] == [PROVINCE, CITY, COUNTY]
    True
    """
    if code.endswith("0000"):
        return PROVINCE
    return CITY if code.endswith("00") else COUNTY


def contains_region(outer: str, inner: str) -> bool:
    """Say whether every place of ``inner`` lies in ``outer``; a code contains itself."""
    length = 2 * region_level(outer)
    return inner[:length] == outer[:length]


def relate_region(stated: str, actual: str) -> int:
    """Relate a product's region to the firm's.

    Returns
    -------
    int
        The level of ``stated`` when it contains ``actual``; FINER when ``actual`` is the
        coarser of the two and contains it, so that the answer is open; otherwise APART.

    Examples
    --------
    >>> relate_region("220100", "220184") == CITY, relate_region("220184", "220100") == FINER
    (True, True)
    """
    if contains_region(stated, actual):
        return region_level(stated)
    return FINER if contains_region(actual, stated) else APART
