"""Open needs held in memory: never stale, read anew only as far as they changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from backend.firms.enums import FactSource
from backend.firms.services import record_facts
from backend.matches import adapters
from backend.matches import held_needs as module
from backend.matches.catalogue_memory import catalogues
from backend.matches.held_needs import HeldNeedMemory
from backend.needs.models import Need
from backend.needs.selectors import list_need_records
from tests.factories.catalogue import ProductFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(monkeypatch):
    """Note which needs are read."""
    asked = []

    def noted(need_ids, as_of):
        asked.append(list(need_ids))
        return list_need_records(need_ids, as_of)

    monkeypatch.setattr(module, "list_need_records", noted)
    return asked


def content(held):
    """Return everything that questions read of held needs."""
    columns = held.columns
    return (
        columns.codes,
        columns.firms,
        [[column.distinct[n] for n in column.of_need] for column in columns.classes.values()],
        [column.low.tolist() for column in columns.intervals.values()],
        [column.values.tolist() for column in columns.fields.values() if hasattr(column, "known")],
    )


def test_only_what_changed_is_read_anew(read):
    """A need, a firm's figure; nothing when nothing has changed."""
    memory = HeldNeedMemory()
    first, second, third = (NeedFactory(open=True) for _ in range(3))
    NeedFactory(submitted=True)
    memory.on(localdate())
    assert memory.on(localdate()) is memory.on(localdate())
    assert read == [[first.pk, second.pk, third.pk]]
    first.amount_max_yuan = 1_234_000
    first.save_revision()
    record_facts(
        firm=second.firm,
        values={"employees": Decimal(321)},
        source=FactSource.DECLARED,
        as_of=localdate() - timedelta(days=30),
        today=localdate(),
        actor=None,
        now=timezone.now(),
    )
    held = memory.on(localdate())
    assert read[1:] == [[first.pk, second.pk]]
    assert content(held) == content(HeldNeedMemory().on(localdate()))


def test_needs_that_are_no_longer_open_are_gone(read):
    """Closed, deleted or open again."""
    memory = HeldNeedMemory()
    kept, closed = NeedFactory(open=True), NeedFactory(open=True)
    memory.on(localdate())
    Need.objects.filter(pk=closed.pk).update(status="draft")
    assert memory.on(localdate()).columns.codes == (kept.code,)
    Need.objects.filter(pk=closed.pk).update(status="open")
    assert set(memory.on(localdate()).columns.codes) == {kept.code, closed.code}
    Need.objects.all().delete()
    assert memory.on(localdate()).columns.codes == ()


def test_each_day_is_held_by_itself_and_few_are_kept(read):
    """Ages and qualifications depend on the day."""
    memory = HeldNeedMemory()
    need = NeedFactory(open=True)
    for days in (0, 1, 0, 1, 2, 0):
        as_of = localdate() + timedelta(days=days)
        assert memory.on(as_of).columns.as_of == as_of
    assert read == [[need.pk]] * 4
    memory.forget()
    memory.on(localdate())
    assert len(read) == 5


def test_a_large_number_is_read_in_parts(read, monkeypatch):
    """With the same result."""
    monkeypatch.setattr(module, "_BATCH", 2)
    needs = [NeedFactory(open=True).pk for _ in range(5)]
    held = HeldNeedMemory().on(localdate())
    assert read == [needs[:2], needs[2:4], needs[4:]]
    monkeypatch.setattr(module, "_BATCH", 100)
    assert content(held) == content(HeldNeedMemory().on(localdate()))


def test_some_of_the_needs_answer_as_if_they_were_all():
    """Keys that are not held are nobody's."""
    product = ProductFactory()
    first, second = NeedFactory(open=True), NeedFactory(open=True)
    held = HeldNeedMemory().on(localdate())
    offered = catalogues.current().products[product.code]
    places = adapters.list_needs(offered, held.facts)
    assert {place.code for place in places} == {first.code, second.code}
    own = adapters.list_needs(offered, held.facts_of([second.pk, -1]))
    assert own == tuple(place for place in places if place.code == second.code)
    assert held.facts_of([first.pk, second.pk]) is held.facts
