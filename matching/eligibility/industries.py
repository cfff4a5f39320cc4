"""Industries (GB/T 4754-2017): a code is a prefix of those that it contains.

A letter is a section; two, three and four digits behind it a division, group and class.
"""

from __future__ import annotations

from typing import Final

# How a product's industry relates to the firm's; from SECTION on it contains the firm, the
# more focused the larger. The values index the parameter ``industry_focus``.
APART: Final = -1
FINER: Final = 0
SECTION: Final = 1


def relate_industry(stated: str, actual: str) -> int:
    """Relate a product's industry to the firm's.

    Returns
    -------
    int
        SECTION (1) to class (4) when ``stated`` is a prefix of ``actual``; FINER when
        ``actual`` is a proper prefix of ``stated``; otherwise APART.

    Examples
    --------
    >>> relate_industry("C39", "C3976"), relate_industry("C3976", "C39"), relate_industry("C", "I")
    (2, 0, -1)
    """
    if actual.startswith(stated):
        return max(len(stated) - 1, SECTION)
    return FINER if stated.startswith(actual) else APART
