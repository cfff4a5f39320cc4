"""From records and pairs to arrays: the best product, what is barred, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.allocation.answer import allocate
from matching.allocation.pairs import CandidatePairs
from matching.allocation.problem import EXCLUDED, NOT_NAMED, USABLE, build_problem
from matching.errors import Fault, InputError
from matching.schema import Institution, Need, Objective, Product
from tests.matching.allocation.drawn import Draft, needs_of, problem_of

PLAIN = Draft(
    offers=[
        ("N1", "B1", "P1", False, 0.5),
        ("N1", "B2", "P2", False, 0.6),
        ("N2", "B1", "P1", True, 0.7),
    ],
    capacities={"B1": 1, "B2": None},
    needs=needs_of("N1", "N2"),
    per_need=2,
)


def faults_of(draft: Draft) -> list[Fault]:
    with pytest.raises(InputError) as refusal:
        problem_of(draft)
    return refusal.value.faults


@pytest.mark.parametrize(
    ("offers", "best"),
    [
        ([("P1", True, 0.9), ("P2", False, 0.1)], "P2"),
        ([("P1", False, 0.5), ("P2", False, 0.5000000001)], "P2"),
        ([("P2", False, 0.5), ("P1", False, 0.5), ("P3", False, 0.5)], "P1"),
        ([("p", False, 0.5), ("P", False, 0.5)], "P"),
        ([("P1", True, 0.5), ("P2", True, 0.4)], "P1"),
    ],
    ids=["verdict", "score at full precision", "product code", "code point", "to confirm"],
)
def test_the_best_product_of_an_institution_stands_for_it(
    offers: list[tuple[str, bool, float]], best: str
) -> None:
    draft = Draft(
        offers=[("N1", "B1", code, to_confirm, score) for code, to_confirm, score in offers],
        capacities={"B1": None},
        needs=needs_of("N1"),
        per_need=3,
    )
    for order in (draft.offers, draft.offers[::-1]):
        [referral] = allocate(problem_of(replace(draft, offers=order))).referrals
        assert referral.product == best


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_scores_are_rounded_as_python_rounds_them(scores: list[float]) -> None:
    halves = [(number + 0.5) / 10**6 for number in range(0, 10**6, 49_999)]
    numbers = [*scores, *halves, 0.0, 1.0]
    draft = Draft(
        offers=[(f"N{n:03}", "B1", "P1", False, score) for n, score in enumerate(numbers)],
        capacities={"B1": None},
        needs=needs_of(*(f"N{n:03}" for n in range(len(numbers)))),
    )
    micro = problem_of(draft).score_micro.tolist()
    assert [one / 10**6 for one in micro] == [round(score, 6) for score in numbers]


def test_a_closed_need_may_go_only_where_it_asked_to() -> None:
    closed = Need(code="N1", firm="F", preferred_institutions=("B9", "B2"), open_to_others=False)
    problem = problem_of(replace(PLAIN, needs=[closed, *needs_of("N2")]))
    assert problem.barred.tolist() == [NOT_NAMED, USABLE, USABLE]


@pytest.mark.parametrize("preferred", [None, ()])
def test_a_closed_need_that_names_nobody_goes_nowhere(preferred: tuple[str, ...] | None) -> None:
    closed = Need(code="N1", firm="F", preferred_institutions=preferred, open_to_others=False)
    problem = problem_of(replace(PLAIN, needs=[closed, *needs_of("N2")]))
    assert problem.barred.tolist() == [NOT_NAMED, NOT_NAMED, USABLE]


def test_an_exclusion_bars_all_products_of_the_institution_for_the_need() -> None:
    offers = [*PLAIN.offers, ("N1", "B1", "P3", False, 0.9)]
    draft = replace(PLAIN, offers=offers, excluded=frozenset({("N1", "B1")}))
    problem = problem_of(draft)
    assert problem.barred.tolist() == [EXCLUDED, USABLE, USABLE]
    assert [one.product for one in allocate(problem).referrals] == ["P2", "P1"]


def test_an_exclusion_that_names_no_candidate_excludes_nothing() -> None:
    strange = frozenset({("N1", "B9"), ("N9", "B1"), ("N2", "B2")})
    assert allocate(problem_of(replace(PLAIN, excluded=strange))) == allocate(problem_of(PLAIN))


@pytest.mark.parametrize("first", ["B2", "B9"])
def test_only_the_first_preferred_institution_is_a_first_choice(first: str) -> None:
    wish = Need(code="N2", firm="F", preferred_institutions=(first, "B1"))
    allocation = allocate(problem_of(replace(PLAIN, needs=[*needs_of("N1"), wish])))
    assert allocation.objective.first_choices == 0
    assert [one.institution for one in allocation.referrals if one.need == "N2"] == ["B1"]


@pytest.mark.parametrize("score", [float("nan"), -0.001, 1.0001, float("inf")])
def test_a_score_that_is_none_is_refused(score: float) -> None:
    offers = [*PLAIN.offers, ("N2", "B2", "P2", False, score)]
    [fault] = faults_of(replace(PLAIN, offers=offers))
    assert (fault.where, fault.row, fault.field, fault.value, fault.code) == (
        "pairs",
        4,
        "score",
        str(score),
        "out_of_range",
    )


def test_every_fault_is_told_at_once() -> None:
    draft = replace(
        PLAIN,
        per_need=0,
        capacities={"B1": -1, "B2": 2.5},
        needs=[*PLAIN.needs, *needs_of("N1")],
    )
    assert [(one.where, one.row, one.field, one.code) for one in faults_of(draft)] == [
        ("allocation", None, "per_need", "out_of_range"),
        ("needs", 3, "code", "duplicate_code"),
        ("institutions", 1, "capacity", "out_of_range"),
        ("institutions", 2, "capacity", "out_of_range"),
    ]


def test_a_product_of_an_unknown_institution_is_refused() -> None:
    [fault] = faults_of(replace(PLAIN, capacities={"B1": 1}))
    assert (fault.where, fault.row, fault.value) == ("products", 2, "B2")


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("need", [0, 2], "unknown_reference"),
        ("need", [-1, 0], "unknown_reference"),
        ("product", [0, 7], "unknown_reference"),
        ("score", [0.5], "unequal_lengths"),
        ("score", [[0.5, 0.5]], "unequal_lengths"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, values: list[float], code: str) -> None:
    pairs = CandidatePairs(
        needs=needs_of("N1", "N2"),
        products=[Product(code="P", institution="B", name="P", financing_type="equity")],
        need=np.array([0, 1]),
        product=np.array([0, 0]),
        to_confirm=np.array([False, True]),
        score=np.array([0.5, 0.5]),
    )
    bank = Institution(code="B", name="B", kind="bank")
    assert len(build_problem(pairs, [bank], per_need=1).need) == 2
    with pytest.raises(InputError) as refusal:
        build_problem(replace(pairs, **{name: np.array(values)}), [bank], per_need=1)
    assert [fault.code for fault in refusal.value.faults] == [code]


@pytest.mark.parametrize(
    "draft",
    [
        Draft([], {}, []),
        Draft([], {"B1": 3}, []),
        Draft([], {}, needs_of("N1")),
        Draft([], {"B1": 3}, needs_of("N1", "N2")),
        Draft([("N1", "B1", "P1", False, 0.5)], {"B1": 0}, needs_of("N1")),
    ],
    ids=["nothing", "no needs", "no institutions", "no pairs", "no capacity"],
)
def test_a_problem_without_any_possible_referral_has_an_empty_answer(draft: Draft) -> None:
    allocation = allocate(problem_of(draft))
    assert allocation.referrals == ()
    assert allocation.objective == Objective(0, 0, 0.0)
    assert [one.need for one in allocation.unplaced] == [need.code for need in draft.needs]
