"""Queries written once: marks, constants, and what runs them."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError

from backend.common import statements
from backend.common.statements import ANY_DAY, ANY_KEYS, one_of, write
from backend.needs.models import Need
from backend.reference.models import Region
from tests.factories.needs import NeedFactory
from tests.factories.reference import RegionFactory

pytestmark = pytest.mark.django_db


def test_marks_take_the_values_of_each_call():
    """One text serves every day and any number of keys."""
    early, late = NeedFactory(needed_by=date(2026, 3, 1)), NeedFactory(needed_by=date(2026, 9, 1))
    needs = Need.objects.filter(one_of("pk", ANY_KEYS), needed_by__lte=ANY_DAY).order_by("pk")
    statement = write(needs.values_list("pk"), keys=ANY_KEYS, day=ANY_DAY)
    both = [early.pk, late.pk]
    assert statement.rows(keys=both, day=date(2026, 6, 1)) == [(early.pk,)]
    assert statement.rows(keys=both, day=date(2026, 12, 1)) == [(early.pk,), (late.pk,)]
    assert statement.row(keys=[late.pk], day=date(2026, 6, 1)) is None
    assert statement.rows(keys=[], day=date(2026, 12, 1)) == []


def test_what_is_no_mark_stands_in_the_text():
    """Quotes and percent signs mean themselves there."""
    odd = "100% 'O''Neill' %s"
    RegionFactory(code="220999", name=odd)
    regions = Region.objects.filter(name=odd, code__startswith="2209")
    statement = write(regions.values_list("code", Value("%")), day=ANY_DAY)
    assert statement.names == ()
    assert statement.rows(day=ANY_DAY) == [("220999", "%")]


def test_a_set_that_is_empty_by_itself_asks_nothing(count_queries):
    """Whoever may see nothing costs no query."""
    statement = write(Need.objects.none().values_list("pk"))
    assert statement.rows() == []
    assert count_queries(statement.rows) == 0


def test_a_statement_is_prepared_once_per_connection():
    """PostgreSQL keeps its plan; Django's own queries stay as they are."""
    statement = write(
        Need.objects.filter(pk=statements.ANY_KEY).values_list("pk"), pk=statements.ANY_KEY
    )

    def prepared():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            return cursor.fetchone()[0]

    before = prepared()
    for key in (1, 2, 3):
        statement.rows(pk=key)
    assert prepared() == before + 1


def test_whoever_counts_queries_sees_it(count_queries):
    """It then goes through Django's cursor and finds the same."""
    need = NeedFactory()
    statement = write(Need.objects.filter(one_of("pk", ANY_KEYS)).values_list("pk"), keys=ANY_KEYS)
    found = []
    assert count_queries(lambda: found.extend(statement.rows(keys=[need.pk]))) == 1
    assert found == statement.rows(keys=[need.pk]) == [(need.pk,)]


def test_errors_are_those_that_django_raises():
    """A transaction that failed refuses further statements."""
    broken = statements.Statement("SELECT 1 / %s", ("by",))
    with pytest.raises(DatabaseError), transaction.atomic():
        broken.rows(by=0)
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            broken.rows(by=1)
