"""The compiled engine gives what the plain one gives, to the last bit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Matcher
from matching.bulk import BulkMatcher, hold_needs
from matching.ranking.batch import shortlists
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs


def many(firms, wishes):
    """Give each wish a firm and a code of its own."""
    return [
        (replace(wish, code=f"N{number:03d}", firm=f"F{number}"), replace(firm, uscc=f"F{number}"))
        for number, (firm, wish) in enumerate(zip(firms, wishes, strict=False))
    ]


@settings(max_examples=300)
@given(
    catalogue=catalogues(most=8),
    firms=st.lists(FIRMS, max_size=6),
    wishes=st.lists(needs(), max_size=6),
    top=st.sampled_from((0, 1, 3, 100)),
)
def test_lists_are_those_of_the_plain_engine(catalogue, firms, wishes, top):
    pairs = many(firms, wishes)
    matcher = Matcher(catalogue)
    bulk = BulkMatcher(catalogue, as_of=AS_OF)
    ranked = bulk.rank(bulk.encode(hold_needs(pairs, as_of=AS_OF)), top=top)
    expected = [matcher.shortlist(need, firm, as_of=AS_OF, top=top) for need, firm in pairs]
    found = list(shortlists(ranked.needs, ranked.products, ranked.result.by_need))
    assert found == expected
