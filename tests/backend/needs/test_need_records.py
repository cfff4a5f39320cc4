"""What matching is given of needs."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

from backend.firms.selectors import list_firm_snapshots
from backend.needs.selectors import NeedSnapshot, list_need_records, list_open_need_ids
from matching.schema import Need as NeedOfMatching
from tests.factories.needs import NamedInstitutionFactory, NeedFactory

DAY = date(2026, 11, 23)


def record_of(need):
    (record,) = list_need_records([need.pk], DAY)
    return record


def test_a_snapshot_has_exactly_the_fields_of_the_exchange_format():
    names = {field.name for field in fields(NeedSnapshot)}
    assert names == {field.name for field in fields(NeedOfMatching)}


def test_a_record_says_which_revision_it_was_taken_of(db):
    need = NeedFactory(open=True, revision=7, max_annual_rate=Decimal("0.0435"))
    record = record_of(need)
    assert (record.pk, record.public_id, record.revision) == (need.pk, need.public_id, 7)
    assert record.firm == list_firm_snapshots([need.firm_id], DAY)[need.firm_id]
    assert record.need.firm == need.firm.organization.code
    assert record.need.max_annual_rate == 0.0435
    assert record.need.financing_types == ("credit_loan",)


def test_unknown_and_none_are_kept_apart(db):
    need = NeedFactory(collateral=[], purposes=None, description="", dossier="")
    snapshot = record_of(need).need
    assert snapshot.collateral == ()
    assert snapshot.purposes is None
    assert snapshot.description is None
    assert snapshot.dossier is None


def test_institutions_come_in_their_order(db):
    need = NeedFactory()
    second = NamedInstitutionFactory(need=need, position=2)
    first = NamedInstitutionFactory(need=need, position=1)
    excluded = NamedInstitutionFactory(need=need, position=1, attitude="excluded")
    snapshot = record_of(need).need
    assert snapshot.preferred_institutions == (first.institution.code, second.institution.code)
    assert snapshot.excluded_institutions == (excluded.institution.code,)


def test_one_query_suffices_for_any_number(db, django_assert_num_queries):
    pks = [NamedInstitutionFactory().need_id for _ in range(3)]
    with django_assert_num_queries(1):
        assert len(list_need_records(pks, DAY)) == 3
    pks += [NamedInstitutionFactory().need_id for _ in range(27)]
    with django_assert_num_queries(1):
        assert len(list_need_records(pks, DAY)) == 30


def test_open_needs_are_listed_by_region(db):
    here = NeedFactory(open=True)
    NeedFactory(submitted=True)
    there = NeedFactory(open=True, firm__organization__region__code="220202")
    assert list_open_need_ids() == [here.pk, there.pk]
    assert list_open_need_ids(region="220000") == [here.pk, there.pk]
    assert list_open_need_ids(region="220100") == [here.pk]
