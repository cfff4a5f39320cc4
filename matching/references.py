"""Whom the rows of an exchange file name."""

from __future__ import annotations

from collections.abc import Mapping

from matching.errors import Fault, InputError
from matching.schema import Exchange, Firm


def firms_of_needs(exchange: Exchange) -> Mapping[str, Firm]:
    """Return the firms of an exchange by uscc, every need's among them.

    Raises
    ------
    InputError
        When a need names a firm that the file does not hold.
    """
    firms = {firm.uscc: firm for firm in exchange.firms}
    faults = [
        Fault(
            "needs",
            number,
            "firm",
            need.firm,
            "firms 中已有的统一社会信用代码",
            "unknown_reference",
        )
        for number, need in enumerate(exchange.needs, start=1)
        if need.firm not in firms
    ]
    if faults:
        raise InputError(faults)
    return firms
