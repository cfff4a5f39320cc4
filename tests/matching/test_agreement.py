"""The library agrees with the plain, slow reference on awkward data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hypothesis import given, settings

from matching import Matcher, rank_exchange
from matching.schema import Exchange, Firm, NearMiss, Need, NeedResult, Product
from tests.matching.reference import near_misses as slow_near_misses
from tests.matching.reference import outcomes as slow
from tests.matching.strategies import AS_OF, FIRMS, catalogues, needs

Pair = dict[str, Any]


def reference_pairs(catalogue: tuple[Product, ...], firm: Firm, need: Need) -> dict[str, Pair]:
    """Return criteria and verdict of every candidate, by product code."""
    found: dict[str, Pair] = {}
    for product in map(asdict, catalogue):
        if slow.is_candidate(product, asdict(need), AS_OF):
            criteria = slow.criteria_of(product, asdict(firm), asdict(need), AS_OF)
            verdict = slow.verdict_of(criteria)
            found[product["code"]] = {"criteria": criteria, "verdict": verdict, "product": product}
    return found


def run(catalogue: tuple[Product, ...], firm: Firm, need: Need) -> NeedResult:
    return Matcher(catalogue).match(need, firm, as_of=AS_OF)


@settings(max_examples=200)
@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_matches_have_the_verdicts_and_outcomes_of_the_reference(catalogue, firm, need):
    pairs = reference_pairs(catalogue, firm, need)
    expected = {
        code: (
            pair["verdict"],
            sorted((criterion["code"], criterion["outcome"]) for criterion in pair["criteria"]),
        )
        for code, pair in pairs.items()
        if pair["verdict"] != "ineligible"
    }
    result = run(catalogue, firm, need)
    assert {
        match.product: (
            match.verdict,
            sorted((criterion.code, criterion.outcome) for criterion in match.criteria),
        )
        for match in result.matches
    } == expected
    assert (result.stage.stage, result.stage.basis, result.stage.rule) == slow.stage_of(
        asdict(firm), AS_OF
    )


@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_matches_stand_in_order_of_verdict_score_and_code(catalogue, firm, need):
    matches = run(catalogue, firm, need).matches
    places = [(match.verdict == "to_confirm", -match.score, match.product) for match in matches]
    assert places == sorted(places)
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))


@settings(max_examples=200)
@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_near_misses_have_the_changes_of_the_reference(catalogue, firm, need):
    expected = {}
    for code, pair in reference_pairs(catalogue, firm, need).items():
        changes = slow_near_misses.changes_of(pair["product"], asdict(firm), asdict(need), AS_OF)
        if pair["verdict"] == "ineligible" and changes is not None:
            expected[code] = changes
    result = run(catalogue, firm, need)
    found = {
        miss.product: [as_record(change) for change in miss.changes] for miss in result.near_misses
    }
    assert {code: by_criterion(changes) for code, changes in found.items()} == {
        code: by_criterion(changes) for code, changes in expected.items()
    }
    assert list(found) == sorted(found, key=lambda code: place(code, expected, result.near_misses))


def as_record(change: Any) -> Pair:
    return {
        "criterion": change.criterion,
        "kind": change.kind,
        "field": change.field,
        "from": change.from_value,
        "to": change.to_value,
    }


def by_criterion(changes: list[Pair]) -> list[Pair]:
    return sorted(changes, key=lambda change: (change["criterion"], repr(change)))


def place(code: str, changes: dict[str, list[Pair]], misses: tuple[NearMiss, ...]) -> Any:
    score = next(miss.score for miss in misses if miss.product == code)
    own = changes[code]
    return (len(own), slow_near_misses.hardest(own), -score, code)


@settings(max_examples=150)
@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_questions_are_those_of_the_reference(catalogue, firm, need):
    pairs = reference_pairs(catalogue, firm, need)
    expected = slow.questions_of([pair["criteria"] for pair in pairs.values()])
    questions = run(catalogue, firm, need).questions
    assert [(item.field, item.asks, item.products) for item in questions] == expected


@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_the_short_list_is_the_match_list_without_reasons(catalogue, firm, need):
    matcher = Matcher(catalogue)
    for top in (None, 2):
        full = matcher.match(need, firm, as_of=AS_OF, top=top)
        short = matcher.shortlist(need, firm, as_of=AS_OF, top=top)
        assert short.products == tuple(match.product for match in full.matches)
        assert short.verdicts == tuple(match.verdict for match in full.matches)
        assert short.scores == tuple(match.score for match in full.matches)


@given(catalogue=catalogues(), firm=FIRMS, need=needs())
def test_an_exchange_file_is_ranked_as_its_needs_are(catalogue, firm, need):
    exchange = Exchange(as_of=AS_OF, products=catalogue, firms=(firm,), needs=(need,))
    assert rank_exchange(exchange, as_of=AS_OF) == (run(catalogue, firm, need),)
