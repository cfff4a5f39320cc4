"""Figures: which one counts, and which cannot be recorded."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.firms import services
from backend.firms.enums import FactSource
from backend.firms.models import Fact
from backend.firms.selectors import list_figures
from backend.journal.models import Event
from tests.factories.firms import FactFactory, FirmFactory
from tests.factories.organizations import make_actor

DAY = date(2026, 6, 30)
NOW = timezone.now()


def current(firm, field="employees", as_of=DAY):
    return list_figures([firm.pk], as_of).get(firm.pk, {}).get(field)


def record(actor, firm, values, source=FactSource.DECLARED, **dates):
    return services.record_facts(
        actor=actor,
        firm=firm,
        values={field: Decimal(str(value)) for field, value in values.items()},
        source=source,
        today=timezone.localdate(),
        now=NOW,
        **dates,
    )


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


# --- which one counts ---


def test_the_newest_date_counts_whatever_the_source_and_the_order_of_recording(db):
    firm = FirmFactory()
    FactFactory(firm=firm, value=50, as_of=DAY, source="declared")
    FactFactory(firm=firm, value=40, as_of=DAY - timedelta(days=1), source="department")
    assert current(firm) == 50


@pytest.mark.parametrize(
    ("sources", "winner"),
    [
        (["department", "document", "declared"], 0),
        (["declared", "document"], 1),
        (["declared", "department", "document"], 1),
        (["declared", "declared"], 1),
        (["department", "department"], 1),
    ],
)
def test_on_one_date_the_better_source_counts_then_the_later_record(db, sources, winner):
    firm = FirmFactory()
    for value, source in enumerate(sources):
        FactFactory(firm=firm, value=value, as_of=DAY, source=source)
    assert current(firm) == winner


def test_a_figure_counts_from_its_date_on(db):
    firm = FirmFactory()
    FactFactory(firm=firm, value=40, as_of=DAY - timedelta(days=30))
    FactFactory(firm=firm, value=50, as_of=DAY)
    assert current(firm, as_of=DAY - timedelta(days=1)) == 40
    assert current(firm, as_of=DAY) == 50
    assert current(firm, as_of=DAY - timedelta(days=31)) is None


def test_firms_and_fields_do_not_mix(db):
    one, other = FirmFactory(), FirmFactory()
    FactFactory(firm=one, value=1)
    FactFactory(firm=one, field="revenue_yuan", value=2)
    FactFactory(firm=other, value=3)
    assert list_figures([one.pk, other.pk], DAY) == {
        one.pk: {"employees": 1, "revenue_yuan": 2, "fiscal_year": 2025},
        other.pk: {"employees": 3},
    }


def test_one_query_suffices_for_any_number(db, django_assert_num_queries):
    firms = [FactFactory().firm.pk for _ in range(30)]
    with django_assert_num_queries(1):
        assert len(list_figures(firms, DAY)) == 30


# --- recording ---


def test_yearly_figures_are_dated_at_the_end_of_their_year(firm, firm_actor):
    values = {"revenue_yuan": 8_000_000, "debt_ratio": 0.45}
    facts = record(firm_actor, firm, values, fiscal_year=2025, audited=True)
    assert {(fact.as_of, fact.fiscal_year, fact.audited) for fact in facts} == {
        (date(2025, 12, 31), 2025, True)
    }
    assert current(firm, "debt_ratio", as_of=date(2026, 1, 1)) == 0.45


def test_recording_keeps_history_counts_a_revision_and_an_event(firm, firm_actor):
    record(firm_actor, firm, {"employees": 40}, as_of=DAY)
    record(firm_actor, firm, {"employees": 45}, as_of=DAY)
    firm.refresh_from_db()
    assert firm.revision == 3
    assert Fact.objects.filter(firm=firm).count() == 2
    event = Event.objects.filter(subject_id=firm.public_id).latest("pk")
    assert event.type == "firm.fact_recorded"
    assert event.payload == {"fields": ["employees"], "source": "declared", "as_of": "2026-06-30"}


def test_a_figure_is_never_overwritten(db):
    fact = FactFactory()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(value=1)


@pytest.mark.parametrize(
    ("values", "dates", "field"),
    [
        ({"revenue_yuan": 1}, {"as_of": DAY}, "fiscal_year"),
        ({"revenue_yuan": 1}, {}, "fiscal_year"),
        ({"revenue_yuan": 1}, {"fiscal_year": 2025, "as_of": DAY}, "fiscal_year"),
        ({"revenue_yuan": 1}, {"fiscal_year": 1789}, "fiscal_year"),
        ({"revenue_yuan": 1}, {"fiscal_year": 2999}, "fiscal_year"),
        ({"employees": 1}, {"fiscal_year": 2025}, "as_of"),
        ({"employees": 1}, {}, "as_of"),
        ({"employees": 1}, {"as_of": date(2999, 1, 1)}, "as_of"),
        ({"employees": 1, "revenue_yuan": 1}, {"as_of": DAY}, "values"),
        ({}, {"as_of": DAY}, "values"),
        ({"employees": -1}, {"as_of": DAY}, "values.employees"),
        ({"employees": 1.5}, {"as_of": DAY}, "values.employees"),
        ({"employees": "1e30"}, {"as_of": DAY}, "values.employees"),
        ({"employees": "NaN"}, {"as_of": DAY}, "values.employees"),
        ({"rd_staff_ratio": 30}, {"as_of": DAY}, "values.rd_staff_ratio"),
        ({"debt_ratio": 70}, {"fiscal_year": 2025}, "values.debt_ratio"),
        ({"revenue_growth": -1.5}, {"fiscal_year": 2025}, "values.revenue_growth"),
        ({"fiscal_year": 2025}, {"as_of": DAY}, "values.fiscal_year"),
        ({"profit": 1}, {"as_of": DAY}, "values.profit"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(firm, firm_actor, values, dates, field):
    with pytest.raises(InvalidInput) as refusal:
        record(firm_actor, firm, values, **dates)
    assert field in {problem.field for problem in refusal.value.problems}
    assert not Fact.objects.exists()


def test_losses_and_shrinking_revenue_are_real(firm, firm_actor):
    values = {"net_profit_yuan": -2_000_000, "revenue_growth": -0.35}
    assert len(record(firm_actor, firm, values, fiscal_year=2025)) == 2


def test_a_firm_only_declares(firm, firm_actor):
    for source in (FactSource.DOCUMENT, FactSource.DEPARTMENT):
        with pytest.raises(NotPermitted, match="自行申报"):
            record(firm_actor, firm, {"employees": 1}, source, as_of=DAY)


def test_a_department_records_documents_in_its_region(firm, department_actor):
    facts = record(department_actor, firm, {"employees": 1}, FactSource.DOCUMENT, as_of=DAY)
    assert facts[0].recorded_by == department_actor.user


def test_before_authority_is_proved_nothing_is_recorded(firm):
    newcomer = make_actor(organization=firm.organization)
    with pytest.raises(StateConflict) as refusal:
        record(newcomer, firm, {"employees": 1}, as_of=DAY)
    assert refusal.value.code == "authority_not_proved"


# --- what the database promises ---


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("fact_yearly_figures_have_a_fiscal_year", {"field": "revenue_yuan", "fiscal_year": None}),
        ("fact_yearly_figures_have_a_fiscal_year", {"field": "revenue_yuan", "audited": None}),
        ("fact_yearly_figures_have_a_fiscal_year", {"fiscal_year": 2026}),
        ("fact_yearly_figures_have_a_fiscal_year", {"field": "debt_ratio", "as_of": DAY}),
        ("fact_is_not_negative_unless_signed", {"value": -1}),
        ("fact_field_is_known", {"field": "profit"}),
        ("fact_source_is_known", {"source": "rumour"}),
    ],
)
def test_the_database_refuses(db, constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        FactFactory(**values)
