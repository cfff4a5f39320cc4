"""Rows of a run are stored in bulk, under the same constraints as one by one."""

import pytest
from django.db import IntegrityError, connection, transaction

from backend.matches.models import MatchRow
from backend.matches.rows import PackedRow, hash_rows, store_rows
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(department_actor):
    """A run that is finished and found nothing to rank."""
    return MatchRunFactory(actor=department_actor, finished=True)


def row_of(need, **values):
    plain = {
        "need_id": need.pk,
        "need_revision": 3,
        "eligible_count": 1,
        "to_confirm_count": 2,
        "product_version_ids": [2**40, 7],
        "scores": [0.1 + 0.2, 1e-300],
    }
    return PackedRow(**plain | values)


def store_at_once(run, rows):
    """Store, and do not leave the check of references to the end of the transaction."""
    store_rows(run.pk, rows)
    connection.check_constraints()


def test_rows_are_read_as_they_were_stored(run):
    """To the last bit of every score; a need that matches nothing has a row too."""
    rows = [
        row_of(NeedFactory(open=True)),
        row_of(NeedFactory(open=True), product_version_ids=[], scores=[], eligible_count=0),
    ]
    store_rows(run.pk, rows)
    stored = MatchRow.objects.filter(run=run).order_by("need_id").values_list(*PackedRow._fields)
    read = [PackedRow(*row) for row in stored]
    assert read == rows
    assert hash_rows(read) == hash_rows(rows)


def test_no_rows_are_stored_as_none(run):
    """The chunk of a region whose needs were all withdrawn."""
    store_rows(run.pk, [])
    assert not MatchRow.objects.filter(run=run).exists()


def test_the_constraints_hold_for_every_row(run):
    """One row per need, as many scores as products, a need that exists, no negative count."""
    need = NeedFactory(open=True)
    for rows in (
        [row_of(need), row_of(need)],
        [row_of(need, scores=[0.5])],
        [row_of(need, need_id=2**40)],
        [row_of(need, eligible_count=-1)],
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            store_at_once(run, rows)
    assert not MatchRow.objects.filter(run=run).exists()


def test_a_run_is_stored_in_one_statement_however_many_needs(run, count_queries):
    """Whoever counts queries sees it."""
    rows = [row_of(NeedFactory(open=True)) for _ in range(5)]
    assert count_queries(lambda: store_rows(run.pk, rows)) == 1
