"""From an exchange to referral lists, without the command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import matching
from matching import referral_lists
from matching.errors import InputError
from matching.exchange import parse_exchange
from matching.pipeline import rank_exchange
from matching.referral_lists import candidate_pairs


@pytest.mark.parametrize(("large", "room"), [(10**9, 1), (0, 10**9), (0, 500), (0, 1)])
def test_the_pairs_are_those_that_rank_lists(
    raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch, large: int, room: int
) -> None:
    monkeypatch.setattr(referral_lists, "_LARGE", large)
    monkeypatch.setattr(referral_lists, "_ROOM", room)
    exchange = parse_exchange(raw)
    pairs = candidate_pairs(exchange, exchange.as_of)
    listed = {
        (pairs.needs[need].code, pairs.products[product].code, bool(to_confirm), float(score))
        for need, product, to_confirm, score in zip(
            pairs.need, pairs.product, pairs.to_confirm, pairs.score, strict=True
        )
    }
    assert listed == {
        (one.need, one.product, one.verdict == "to_confirm", one.score)
        for need in rank_exchange(exchange, as_of=exchange.as_of)
        for one in need.matches
    }
    assert len(listed) == len(pairs.score)


def test_the_library_leaves_out_the_pairs_that_the_caller_excludes(raw: dict[str, Any]) -> None:
    exchange = parse_exchange(raw)
    before = matching.allocate_exchange(exchange, as_of=exchange.as_of, per_need=2)
    pairs = {(one.need, one.institution) for one in before.referrals[:20]}
    after = matching.allocate_exchange(exchange, as_of=exchange.as_of, per_need=2, excluded=pairs)
    assert not pairs & {(one.need, one.institution) for one in after.referrals}
    assert after.objective.covered > 0


def test_a_need_of_an_unknown_firm_is_refused(raw: dict[str, Any]) -> None:
    exchange = parse_exchange(raw)
    firmless = replace(exchange, firms=())
    with pytest.raises(InputError) as refusal:
        matching.allocate_exchange(firmless, as_of=exchange.as_of, per_need=2)
    assert len(refusal.value.faults) == len(raw["needs"])
