"""A firm's stage, declared or inferred."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import assess_stage, load_parameters
from matching.eligibility.stage import completed_months
from matching.schema import Firm
from matching.vocabulary import STAGES

AS_OF = date(2026, 11, 23)
PARAMETERS = load_parameters(AS_OF)


def assess(**facts):
    firm = Firm(uscc="F1", name="演示企业", **facts)
    return assess_stage(firm, as_of=AS_OF, parameters=PARAMETERS)


def test_a_declared_stage_is_used_as_given():
    found = assess(stage="seed", revenue_yuan=10**10)
    assert (found.stage, found.basis, found.rule, found.settled) == ("seed", "declared", None, True)


@pytest.mark.parametrize(
    ("facts", "stage", "rule"),
    [
        ({"revenue_yuan": 200_000_001}, "mature", "revenue_beyond_sme"),
        ({"employees": 501}, "mature", "employees_beyond_sme"),
        ({"revenue_yuan": 5_000_000, "revenue_growth": 0.3}, "growth", "fast_growth"),
        (
            {"founded_on": date(2015, 1, 1), "revenue_yuan": 60_000_000},
            "mature",
            "established",
        ),
        ({"revenue_yuan": 50_000_001}, "growth", "revenue_beyond_startup"),
        ({"employees": 301}, "growth", "employees_beyond_startup"),
        ({"founded_on": date(2025, 11, 23), "revenue_yuan": 1_000_000}, "seed", "newly_founded"),
        (
            {"founded_on": date(2023, 11, 23), "revenue_yuan": 0, "rd_ratio": 0.5},
            "seed",
            "still_in_research",
        ),
        ({"founded_on": date(2021, 11, 23)}, "startup", "within_startup_age"),
        ({"founded_on": date(2021, 10, 23)}, "growth", "beyond_startup_age"),
        ({"founded_on": date(2027, 1, 1)}, "startup", "within_startup_age"),
        ({"revenue_yuan": 1_000_000}, "seed", "revenue_of_seed"),
        ({"revenue_yuan": 1_000_001}, "startup", "revenue_of_startup"),
        ({"employees": 10}, "seed", "team_of_seed"),
        ({"employees": 11}, "startup", "team_of_startup"),
    ],
)
def test_the_first_rule_that_holds_gives_the_stage(facts, stage, rule):
    found = assess(**facts)
    assert (found.stage, found.basis, found.rule) == (stage, "inferred", rule)


def test_without_founding_date_revenue_and_employees_the_stage_is_unknown():
    found = assess(revenue_growth=2.0, rd_ratio=0.9)
    assert (found.stage, found.basis, found.rule) == (None, "unknown", None)


FACTS = {
    "founded_on": st.dates(date(2005, 1, 1), AS_OF),
    "revenue_yuan": st.sampled_from((0, 10**6, 6 * 10**6, 6 * 10**7, 3 * 10**8)),
    "employees": st.sampled_from((1, 50, 301, 501)),
    "revenue_growth": st.sampled_from((-0.5, 0.3)),
    "rd_ratio": st.sampled_from((0.0, 0.6)),
}


@given(
    facts=st.fixed_dictionaries({}, optional=FACTS),
    more=st.fixed_dictionaries(FACTS),
)
def test_a_settled_stage_survives_every_fact_that_was_missing(facts, more):
    before, after = assess(**facts), assess(**{**more, **facts})
    assert after.settled
    assert after.stage in STAGES
    if before.settled:
        assert before.stage == after.stage


@pytest.mark.parametrize(
    ("founded_on", "as_of", "months"),
    [
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2023, 11, 24), date(2026, 11, 23), 35),
        (date(2023, 11, 23), date(2026, 11, 23), 36),
        (date(2026, 12, 23), date(2026, 11, 23), -1),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_age_counts_completed_months(founded_on, as_of, months):
    assert completed_months(founded_on, as_of) == months
