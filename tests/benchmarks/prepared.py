"""A workload of any size, encoded for the engines; all of it outside every timing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.bulk import BulkMatcher, hold_needs
from matching.eligibility.columns import NeedColumns
from matching.exchange import parse_exchange
from matching.schema import Firm, Need, Product
from tests.benchmarks.workload import AS_OF, exchange


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records, needs as columns, and a catalogue that is ready to rank.

    Attributes
    ----------
    pairs : sequence of (Need, Firm)
        In ascending order of need code.
    """

    products: Sequence[Product]
    pairs: Sequence[tuple[Need, Firm]]
    columns: NeedColumns
    matcher: BulkMatcher


def prepare(*, needs: int, products: int) -> Prepared:
    """Make the workload and encode both sides."""
    parsed = parse_exchange(exchange(needs=needs, products=products))
    firms = {firm.uscc: firm for firm in parsed.firms}
    pairs = [(need, firms[need.firm]) for need in sorted(parsed.needs, key=lambda n: n.code)]
    return Prepared(
        products=parsed.products,
        pairs=pairs,
        columns=hold_needs(pairs, as_of=AS_OF),
        matcher=BulkMatcher(parsed.products, as_of=AS_OF),
    )


def only_products(count: int) -> Sequence[Product]:
    """Return the products of a workload of one need."""
    return parse_exchange(exchange(needs=1, products=count)).products
