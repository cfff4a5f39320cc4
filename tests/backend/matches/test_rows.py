"""Rows of a run are stored in bulk, under the same constraints as one by one."""

import hashlib
import struct

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from backend.matches.models import MatchRow
from backend.matches.rows import PackedRows, hash_rows, store_rows
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

COLUMNS = (
    "need_id",
    "need_revision",
    "eligible_count",
    "to_confirm_count",
    "product_version_ids",
    "scores",
)


@pytest.fixture
def run(department_actor):
    """A run that is finished and found nothing to rank."""
    return MatchRunFactory(actor=department_actor, finished=True)


def row_of(need_id, *, eligible=1, products=(2**40, 7), scores=(0.1 + 0.2, 1e-300)):
    return (need_id, 3, eligible, 2, list(products), list(scores))


def packed(rows, width=4):
    """Lay rows out as columns, with what must not be read behind each list's end."""
    lists = [[*products, *[-1] * (width - len(products))] for *_, products, _ in rows]
    scores = [[*scores, *[np.nan] * (width - len(scores))] for *_, scores in rows]
    heads = np.array([row[:4] for row in rows], dtype=np.int64).reshape(len(rows), 4)
    return PackedRows(
        *heads.T,
        lengths=np.array([len(row[4]) for row in rows], dtype=np.int64),
        product_version_ids=np.array(lists, dtype=np.int64).reshape(len(rows), width),
        scores=np.array(scores, dtype=np.float64).reshape(len(rows), width),
    )


def store_at_once(run, rows):
    """Store, and do not leave the check of references to the end of the transaction."""
    store_rows(run.pk, packed(rows))
    connection.check_constraints()


def test_rows_are_read_as_they_were_stored(run):
    """To the last bit of every score, lists of every length; a need without matches has a row."""
    needs = [NeedFactory(open=True).pk for _ in range(4)]
    rows = [
        row_of(needs[0]),
        row_of(needs[1], products=[], scores=[], eligible=0),
        row_of(needs[2], products=[5], scores=[1.0]),
        row_of(needs[3], products=[4, 3], scores=[0.75, 0.5]),
    ]
    store_rows(run.pk, packed(rows))
    stored = MatchRow.objects.filter(run=run).order_by("need_id").values_list(*COLUMNS)
    assert list(stored) == rows


def test_the_hash_is_over_every_value_of_every_row_in_order():
    """As runs before this version were hashed, so that they can be compared."""
    rows = [row_of(1), row_of(2, products=[], scores=[], eligible=0), row_of(3)]
    digest = hashlib.sha256()
    for *head, products, scores in rows:
        length = len(products)
        digest.update(struct.pack(f"<5q{length}q{length}d", *head, length, *products, *scores))
    assert hash_rows(packed(rows)) == digest.hexdigest()
    assert hash_rows(packed(rows, width=2)) == digest.hexdigest()
    assert hash_rows(packed(rows[::-1])) != digest.hexdigest()


def test_no_rows_are_stored_as_none(run):
    """The chunk of a region whose needs were all withdrawn."""
    store_rows(run.pk, packed([]))
    assert not MatchRow.objects.filter(run=run).exists()
    assert hash_rows(packed([])) == hashlib.sha256().hexdigest()


def test_the_constraints_hold_for_every_row(run):
    """One row per need, a need that exists, no negative count."""
    need = NeedFactory(open=True).pk
    for rows in (
        [row_of(need), row_of(need)],
        [row_of(2**40)],
        [row_of(need, eligible=-1)],
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            store_at_once(run, rows)
    assert not MatchRow.objects.filter(run=run).exists()


def test_as_many_scores_as_products(run):
    """Whoever writes a row by other ways is held to it."""
    need = NeedFactory(open=True)
    values = dict(zip(COLUMNS, row_of(need.pk, scores=[0.5]), strict=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchRow.objects.create(run=run, **values)


def test_a_run_is_stored_in_one_statement_however_many_needs(run, count_queries):
    """Whoever counts queries sees it."""
    rows = [row_of(NeedFactory(open=True).pk) for _ in range(5)]
    assert count_queries(lambda: store_rows(run.pk, packed(rows))) == 1
