"""What matching is given of firms."""

from dataclasses import fields
from datetime import date, timedelta

from backend.firms.selectors import FirmSnapshot, list_firm_snapshots
from matching.schema import Firm as FirmOfMatching
from tests.factories.firms import (
    FactFactory,
    FirmFactory,
    FirmQualificationFactory,
    TenancyFactory,
)

DAY = date(2026, 11, 23)


def snapshot_of(firm, as_of=DAY):
    return list_firm_snapshots([firm.pk], as_of)[firm.pk]


def test_a_snapshot_has_exactly_the_fields_of_the_exchange_format():
    names = {field.name for field in fields(FirmSnapshot)}
    assert names == {field.name for field in fields(FirmOfMatching)}


def test_of_an_empty_record_everything_but_code_name_and_region_is_unknown(db):
    firm = FirmFactory()
    snapshot = snapshot_of(firm)
    known = {field.name for field in fields(snapshot) if getattr(snapshot, field.name) is not None}
    assert known == {"uscc", "name", "region"}
    assert snapshot.uscc == firm.organization.code


def test_figures_have_the_type_of_the_exchange_format(db):
    firm = FirmFactory(profiled=True)
    FactFactory(firm=firm, field="revenue_yuan", value=8_000_000)
    FactFactory(firm=firm, field="debt_ratio", value="0.45")
    FactFactory(firm=firm, field="employees", value=40)
    snapshot = snapshot_of(firm)
    assert (snapshot.revenue_yuan, type(snapshot.revenue_yuan)) == (8_000_000, int)
    assert (snapshot.debt_ratio, type(snapshot.debt_ratio)) == (0.45, float)
    assert (snapshot.industry, snapshot.stage) == ("C3921", "growth")
    assert snapshot.tech_fields == ("electronics",)


def test_the_fiscal_year_is_that_of_the_oldest_current_yearly_figure(db):
    firm = FirmFactory()
    FactFactory(firm=firm, field="revenue_yuan", value=1, year=2024)
    FactFactory(firm=firm, field="revenue_yuan", value=2, year=2025)
    assert snapshot_of(firm).fiscal_year == 2025
    FactFactory(firm=firm, field="debt_ratio", value=0, year=2023)
    assert snapshot_of(firm).fiscal_year == 2023


def test_an_officers_stage_wins(db, department_actor):
    firm = FirmFactory(
        declared_stage="startup",
        stage_override="mature",
        stage_override_reason="理由",
        stage_overridden_by=department_actor.user,
        stage_overridden_at="2026-01-01T00:00Z",
    )
    assert snapshot_of(firm).stage == "mature"


def test_an_unknown_list_of_qualifications_is_not_an_empty_one(db):
    assert snapshot_of(FirmFactory()).qualifications is None
    assert snapshot_of(FirmFactory(qualifications_known=True)).qualifications == ()


def test_qualifications_carry_their_periods(db):
    held = FirmQualificationFactory()
    (period,) = snapshot_of(held.firm).qualifications
    assert (period.code, period.valid_from, period.valid_until) == (
        "high_tech",
        date(2024, 11, 1),
        date(2027, 11, 1),
    )


def test_the_incubator_is_that_of_the_day(db):
    stay = TenancyFactory(valid_from=date(2025, 1, 1), valid_until=DAY)
    assert snapshot_of(stay.firm).incubator is None
    assert snapshot_of(stay.firm, DAY - timedelta(days=1)).incubator == stay.incubator.code
    later = TenancyFactory(firm=stay.firm, valid_from=date(2026, 1, 1))
    assert snapshot_of(stay.firm, DAY - timedelta(days=1)).incubator == later.incubator.code


def test_one_query_suffices_for_any_number(db, django_assert_num_queries):
    def make(count):
        made = []
        for _ in range(count):
            firm = FirmFactory(profiled=True)
            FactFactory(firm=firm)
            FirmQualificationFactory(firm=firm)
            TenancyFactory(firm=firm)
            made.append(firm.pk)
        return made

    few, many = make(3), make(30)
    with django_assert_num_queries(1):
        assert len(list_firm_snapshots(few, DAY)) == 3
    with django_assert_num_queries(1):
        assert len(list_firm_snapshots(many, DAY)) == 30
