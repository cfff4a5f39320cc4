"""Many rows at once, with everything that the table promises."""

import time

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from backend.common import bulk
from backend.common.bulk import copy_rows, copy_values
from backend.journal.enums import EventType
from backend.journal.models import Dispatch, Event

pytestmark = pytest.mark.django_db


def make_event(**values):
    given = {
        "type": EventType.NEED_VERIFIED,
        "occurred_at": timezone.now(),
        "subject_type": "need",
        "subject_id": "00000000-0000-0000-0000-000000000001",
    }
    return Event(**{**given, **values})


def test_rows_come_back_as_they_were_given_with_keys_of_the_table():
    before = make_event()
    before.save()
    payload = {"文": ["制表符\t", "换行\n", "反斜杠\\N"], "n": 1, "none": None}
    first, second = copy_rows(
        Event, [make_event(payload=payload), make_event(type=EventType.NEED_VERIFIED)]
    )
    after = make_event()
    after.save()
    assert before.pk < first.pk < second.pk < after.pk
    read = Event.objects.get(pk=first.pk)
    assert (read.payload, read.public_id, read.user) == (payload, first.public_id, None)
    assert Event.objects.get(pk=second.pk).type == "need.verified"


def test_rows_may_be_referred_to_at_once():
    events = copy_rows(Event, [make_event()])
    (dispatch,) = copy_rows(Dispatch, [Dispatch(event=events[0], due_at=timezone.now())])
    assert Dispatch.objects.get().pk == dispatch.pk


def test_constraints_hold_and_a_refusal_leaves_nothing():
    twin = make_event()
    with pytest.raises(IntegrityError):
        copy_rows(Event, [twin, make_event(public_id=twin.public_id)])
    assert not Event.objects.exists()


def test_no_rows_ask_the_database_nothing(count_queries):
    assert count_queries(lambda: copy_rows(Event, [])) == 0


def test_however_slowly_rows_are_made_no_statement_waits_for_them(monkeypatch):
    """A COPY is one statement: on a busy machine ten thousand rows ran into the time limit."""
    make = bulk._value
    monkeypatch.setattr(bulk, "_value", lambda field, value: time.sleep(0.03) or make(field, value))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300ms'")

    copy_rows(Event, [make_event() for _ in range(20)])

    assert Event.objects.count() == 20


def test_more_rows_than_one_statement_takes_all_arrive(monkeypatch):
    monkeypatch.setattr(bulk, "_COPIED_AT_ONCE", 3)

    copied = copy_rows(Event, [make_event() for _ in range(8)])

    assert [row.pk for row in copied] == list(
        Event.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_values_alone_make_the_same_rows_as_objects_do():
    shared = {"type": EventType.NEED_VERIFIED, "occurred_at": timezone.now()}
    own = [
        {"subject_type": "need", "subject_id": make_event().subject_id, "payload": {"n": number}}
        for number in range(3)
    ]

    keys = copy_values(Event, own, **shared)

    read = Event.objects.order_by("pk")
    assert [event.pk for event in read] == keys
    assert [event.payload for event in read] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert {(event.type, event.occurred_at, event.user) for event in read} == {
        ("need.verified", shared["occurred_at"], None)
    }
    assert len({event.public_id for event in read}) == 3


def test_values_that_nobody_gave_are_the_defaults_of_their_fields():
    (event,) = copy_rows(Event, [make_event()])

    copy_values(Dispatch, [{"event_id": event.pk}], due_at=timezone.now())

    dispatch = Dispatch.objects.get()
    assert (dispatch.event, dispatch.attempts, dispatch.last_error) == (event, 0, "")


def test_a_row_without_a_value_that_others_give_is_refused_as_a_whole():
    full = {"subject_type": "need", "subject_id": make_event().subject_id}
    with pytest.raises(KeyError, match="subject_id"):
        copy_values(
            Event,
            [full, {"subject_type": "need"}],
            type=EventType.NEED_VERIFIED,
            occurred_at=timezone.now(),
        )
    assert not Event.objects.exists()
