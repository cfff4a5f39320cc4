"""What one run of ``allocate`` answers, before it takes a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matching.exchange.results.wording import listed
from matching.schema import Allocation, Exchange, Objective, Unplaced
from matching.vocabulary import UNPLACED_REASONS


@dataclass(frozen=True, slots=True)
class AllocationAnswer:
    """The answer of one run.

    Attributes
    ----------
    exchange : Exchange
        What was allocated; names for people come from it.
    as_of : date
        The date that everything was computed for.
    versions : mapping of str to str
        Of the library, its parameters and its text vocabulary.
    allocation : Allocation
        The referrals, what they reach, and who is left out.
    """

    exchange: Exchange
    as_of: date
    versions: Mapping[str, str]
    allocation: Allocation


class Names:
    """What people call the needs, products and institutions of an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        firms = {firm.uscc: firm.name for firm in exchange.firms}
        self.firm_of_need = {need.code: firms[need.firm] for need in exchange.needs}
        self.product = {product.code: product.name for product in exchange.products}
        self.institution = {one.code: one.name for one in exchange.institutions}

    def reason(self, unplaced: Unplaced) -> str:
        """Return why a need is left out: ``可推送机构的名额均已用完：甲银行、乙银行``."""
        label = UNPLACED_REASONS[unplaced.reason]
        names = self.institutions(unplaced.institutions)
        # The institutions of ``only_named`` are others than those the label speaks of.
        found = "；有匹配产品的其他机构：" if unplaced.reason == "only_named" else "："
        return f"{label}{found}{names}" if unplaced.institutions else label

    def institutions(self, codes: Iterable[str]) -> str:
        """Return the names of institutions for reading."""
        return listed([self.institution[code] for code in codes])


def objective_text(objective: Objective, *, needs: int) -> str:
    """Return what was reached, in the order in which it counts."""
    return (
        f"共 {needs} 条需求：{objective.covered} 条有推送机构，"
        f"{objective.first_choices} 条推送到首选机构，得分合计 {objective.score:.6f}"
    )
