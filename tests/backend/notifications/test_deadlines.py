"""What is about to end is recorded once, and its people are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.notifications.services.deadlines import note_deadlines
from tests.factories.consents import ConsentFactory
from tests.factories.needs import NeedFactory


def kinds() -> list[str]:
    endings = [
        EventType.CONSENT_EXPIRING,
        EventType.NEED_EXPIRING,
        EventType.AGREEMENT_EXPIRING,
    ]
    return sorted(Event.objects.filter(type__in=endings).values_list("type", flat=True))


@pytest.mark.django_db
def test_consents_needs_and_agreements_are_told_of_before_they_end(
    firm_actor, bank_actor, department_actor, agreement, relay_all, told
):
    from tests.factories.firms import FirmFactory

    today = timezone.localdate()
    firm = FirmFactory(organization=firm_actor.organization)
    need = NeedFactory(
        firm=firm,
        open=True,
        needed_by=today + timedelta(days=9),
        expires_on=today + timedelta(days=10),
    )
    for reverse in (False, True):
        ConsentFactory(
            need=need,
            institution=bank_actor.organization,
            reverse=reverse,
            expires_on=today + timedelta(days=5),
        )
    ConsentFactory(need=need, expires_on=today + timedelta(days=100))
    agreement.valid_until = today + timedelta(days=30)
    agreement.save()

    assert note_deadlines(today=today) == 4
    assert note_deadlines(today=today + timedelta(days=1)) == 0
    relay_all()

    assert kinds() == [
        "agreement.expiring",
        "consent.expiring",
        "consent.expiring",
        "need.expiring",
    ]
    # Both directions of one pair are one message.
    assert sorted(told(firm_actor)) == ["firm.consent_expiring", "firm.need_expiring"]
    assert told(bank_actor) == ["institution.agreement_expiring"]
    assert told(department_actor) == ["department.agreement_expiring"]


@pytest.mark.django_db
def test_an_end_that_was_moved_is_told_of_again(agreement):
    today = timezone.localdate()
    for days in (30, 40):
        agreement.valid_until = today + timedelta(days=days)
        agreement.save()
        assert note_deadlines(today=today) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_record_an_end_once():
    today = timezone.localdate()
    for _ in range(3):
        ConsentFactory(expires_on=today + timedelta(days=5))
    start = Barrier(2)

    def work():
        try:
            start.wait(timeout=10)
            return note_deadlines(today=today)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        recorded = [one.result(timeout=30) for one in [pool.submit(work) for _ in range(2)]]

    assert sorted(recorded) == [0, 3]
