"""Sending and withdrawing exclude each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.consents.enums import GROUPS_OF, Direction
from backend.consents.models import Consent
from backend.consents.services import lock_live_consents
from tests.factories.consents import ConsentFactory

WAIT_SECONDS = 10


def pair_of(consent):
    return (consent.need_id, consent.institution_id)


def lock(*consents):
    return lock_live_consents([pair_of(consent) for consent in consents], timezone.localdate())


@pytest.mark.django_db
def test_only_pairs_with_a_live_consent_are_locked():
    live, gone = ConsentFactory(), ConsentFactory(withdrawn=True)

    found = lock(live, gone)

    assert found.keys() == {pair_of(live)}
    assert found[pair_of(live)].groups == set(GROUPS_OF[Direction.TO_INSTITUTION])
    assert set(found[pair_of(live)].consent_of.values()) == {live.pk}


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_would_hold():
    with pytest.raises(transaction.TransactionManagementError):
        lock(ConsentFactory())


def _in_thread(work):
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_the_sending_that_came_first():
    consent = ConsentFactory()
    begun = Event()

    def withdraw():
        begun.set()
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=timezone.now())
        return timezone.now()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert lock(consent)
            withdrawn = pool.submit(_in_thread, withdraw)
            assert begun.wait(WAIT_SECONDS)
            with pytest.raises(TimeoutError):
                withdrawn.result(timeout=0.3)
            sent_at = timezone.now()
        assert withdrawn.result(WAIT_SECONDS) > sent_at


@pytest.mark.django_db(transaction=True)
def test_a_sending_sees_the_withdrawal_that_it_waited_for():
    consent, other = ConsentFactory(), ConsentFactory()
    begun = Event()

    def send():
        with transaction.atomic():
            begun.set()
            return lock(consent, other)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Consent.objects.filter(pk=consent.pk).update(withdrawn_at=timezone.now())
            sent = pool.submit(_in_thread, send)
            assert begun.wait(WAIT_SECONDS)
            with pytest.raises(TimeoutError):
                sent.result(timeout=0.3)
        assert sent.result(WAIT_SECONDS).keys() == {pair_of(other)}


@pytest.mark.django_db(transaction=True)
def test_two_sendings_do_not_wait_for_each_other():
    consent = ConsentFactory()

    def send():
        with transaction.atomic():
            return lock(consent)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert lock(consent)
        assert pool.submit(_in_thread, send).result(WAIT_SECONDS)
