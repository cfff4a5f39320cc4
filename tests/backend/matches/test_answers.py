"""Answers put together from pieces are those that the plain description gives, byte for byte."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.matches import adapters, fragments, payloads
from backend.matches.answer_memory import KEPT_ANSWERS
from backend.matches.answers import Part, answer_for_need, describe_need
from backend.matches.catalogue_memory import catalogues
from backend.matches.fragments import Fragments, encode
from backend.matches.policies import can_see_scores
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FactFactory, FirmFactory, FirmQualificationFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.reference import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers():
    """Products that fit, fit after a change, or wait for a fact or an institution's word."""
    RegionFactory(code="220000")
    ProductFactory(
        stages=["growth"],
        regions=["220000"],
        qualifications_any=["high_tech", "tech_sme"],
        terms=[
            {"field": "revenue_yuan", "op": ">=", "value": 1_000_000},
            {"field": "debt_ratio", "op": "<=", "value": 1.0},
        ],
        approval_days=5,
    )
    ProductFactory(
        amount_max_yuan=50_000,
        firm_age_min_months=12,
        terms=[{"field": "taxpayer_rating", "op": "in", "value": ["A", "B"]}],
    )
    ProductFactory(financing_type="equity", collateral=["patent"], amount_min_yuan=1)
    ProductFactory(name='“引号”"与\\反斜杠\u2028')


@pytest.fixture
def needs(firm_actor):
    """Needs of one firm of which much is known and of one of which nothing is."""
    known = FirmFactory(organization=firm_actor.organization, profiled=True)
    FactFactory(firm=known, field="revenue_yuan", value=8_000_000)
    FactFactory(firm=known, field="debt_ratio", value="0.45")
    FirmQualificationFactory(firm=known)
    wished = NeedFactory(open=True, firm=known)
    NamedInstitutionFactory(need=wished, attitude="excluded")
    unclear = NeedFactory(open=True, firm=FirmFactory(), collateral=None, purposes=None)
    return [wished, unclear, NeedFactory(open=True, firm=known, amount_max_yuan=9_000_000)]


def described(actor, need, part, top=20):
    body = describe_need(
        catalogues.current(),
        need.pk,
        parts=[part],
        as_of=actor.today,
        top=top,
        with_scores=can_see_scores(actor),
    )
    return encode(body), body[part.value]


@pytest.mark.parametrize("part", Part)
def test_an_answer_is_the_encoded_description(offers, needs, department_actor, part):
    """For the first need, for others that share its pieces, and remembered."""
    entries = []
    for need in [*needs, *needs]:
        expected, found = described(department_actor, need, part)
        answer = answer_for_need(actor=department_actor, need_id=need.public_id, part=part, top=20)
        assert answer == expected
        entries += found
    assert entries, "nothing was compared"


@pytest.mark.parametrize("part", Part)
def test_pieces_that_no_longer_fit_into_memory_change_nothing(
    offers, needs, department_actor, part, monkeypatch
):
    """Small memories forget while an answer is made."""
    monkeypatch.setattr(catalogues.current().pieces, "_size", 2)
    for need in needs:
        expected, _ = described(department_actor, need, part)
        question = {"actor": department_actor, "need_id": need.public_id, "part": part}
        assert answer_for_need(**question, top=20) == expected


def test_without_scores_nothing_of_them_is_written(offers, needs, incubator_actor):
    """An incubator that speaks for the firm sees the criteria alone."""
    catalogue = catalogues.current()
    match = adapters.Match(
        1,
        "N",
        next(iter(catalogue.products)),
        "B",
        "eligible",
        0.5,
        (adapters.Component("cost", 0.5, 1.0, 0.5),),
        (adapters.Criterion("stage", "met", ("growth",), "growth"),),
    )
    for with_scores in (True, False):
        (piece,) = Fragments(catalogue).matches([match], with_scores=with_scores)
        plain = payloads.match_payload(match, catalogue, with_scores=with_scores)
        assert piece == encode(plain)
        assert (b"score" in piece) == with_scores
    assert not can_see_scores(incubator_actor)


def test_values_that_are_equal_and_written_differently_are_kept_apart(offers):
    """1 and 1.0, alone and in a list."""
    catalogue = catalogues.current()
    code = "term:debt_ratio:<="
    for required in (1, 1.0, (1, 2), (1.0, 2), (1, 2.0)):
        criterion = adapters.Criterion(code, "met", required, 0)
        match = adapters.Match(
            1, "N", next(iter(catalogue.products)), "B", "eligible", 1.0, (), (criterion,)
        )
        (piece,) = Fragments(catalogue).matches([match], with_scores=False)
        assert piece == encode(payloads.match_payload(match, catalogue, with_scores=False))


def test_parts_that_are_made_only_when_asked_for_are_told_apart(offers, monkeypatch):
    """One that is gone before the next is made may leave it its place in memory."""
    catalogue = catalogues.current()
    monkeypatch.setattr(catalogue.pieces, "_size", 1)
    product = next(iter(catalogue.products))

    def misses():
        for amount in range(100):
            change = adapters.Change("amount", "adjust", "amount_max_yuan", 1, amount)
            yield adapters.NearMiss(product, "B", (change,), 0.5)

    pieces = Fragments(catalogue).near_misses(misses())
    assert pieces == [encode(payloads.near_miss_payload(miss, catalogue)) for miss in misses()]


def test_a_number_that_json_does_not_know_is_an_error(offers):
    """Not a silent NaN, in a score or in a part of it."""
    catalogue = catalogues.current()
    product, nan = next(iter(catalogue.products)), float("nan")
    for score, component in ((nan, 0.5), (0.5, nan)):
        part = adapters.Component("cost", component, 1.0, component)
        match = adapters.Match(1, "N", product, "B", "eligible", score, (part,), ())
        with pytest.raises(ValueError, match="JSON"):
            Fragments(catalogue).matches([match], with_scores=True)


def test_a_first_answer_costs_one_query_and_a_remembered_one_too(
    offers, needs, department_actor, count_queries
):
    """The first reads the need along with its state, the other only the state."""
    catalogues.current()

    def ask():
        return answer_for_need(
            actor=department_actor, need_id=needs[0].public_id, part=Part.MATCHES, top=20
        )

    assert [count_queries(ask), count_queries(ask)] == [1, 1]


def test_whoever_asks_in_another_way_is_answered_anew(offers, needs, firm_actor):
    """Part, day and length belong to the question."""
    need = needs[0]
    tomorrow = type(firm_actor)(
        user=firm_actor.user,
        membership=firm_actor.membership,
        today=timezone.localdate() + timedelta(days=1),
    )
    for actor, part, top in (
        (firm_actor, Part.MATCHES, 20),
        (firm_actor, Part.MATCHES, 1),
        (firm_actor, Part.NEAR_MISSES, 1),
        (tomorrow, Part.MATCHES, 20),
    ):
        answer = answer_for_need(actor=actor, need_id=need.public_id, part=part, top=top)
        assert answer == described(actor, need, part, top)[0]


def test_an_answer_in_memory_is_shown_only_to_those_who_may_see_the_need(
    offers, needs, department_actor, stranger_actor, bank_actor, firm_actor
):
    """The need is looked up for each reader, whatever is remembered."""
    question = {"need_id": needs[0].public_id, "part": Part.MATCHES, "top": 20}
    assert answer_for_need(actor=department_actor, **question) is not None
    assert answer_for_need(actor=firm_actor, **question) is not None
    assert answer_for_need(actor=stranger_actor, **question) is None
    assert answer_for_need(actor=bank_actor, **question) is None


def test_a_need_that_changed_is_answered_from_what_it_says_now(offers, needs, department_actor):
    """The remembered answer belongs to another revision."""
    need = needs[0]
    question = {"need_id": need.public_id, "part": Part.QUESTIONS, "top": 20}
    before = answer_for_need(actor=department_actor, **question)
    need.amount_min_yuan = need.amount_max_yuan = None
    need.save_revision()
    after = answer_for_need(actor=department_actor, **question)
    assert after != before
    assert after == described(department_actor, need, Part.QUESTIONS)[0]


def test_memory_is_bounded_and_forgotten_with_the_catalogues():
    """Another database may give the same numbers to other rows."""
    assert KEPT_ANSWERS < 1_000
    catalogues.answers.keep("question", fragments.encode("answer"))
    catalogues.forget()
    assert catalogues.answers.find("question") is None
