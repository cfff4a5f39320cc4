"""Sending and withdrawing exclude each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.consents.disclosure import record_shown
from backend.consents.enums import GROUPS_OF, Channel, Direction, FieldGroup
from backend.consents.models import Consent, Disclosure
from backend.consents.services import (
    Terms,
    grant_consents,
    lock_live_consents,
    withdraw_consent,
)
from backend.journal.enums import EventType
from backend.journal.models import Event as JournalEvent
from backend.needs.services import lock_need
from tests.factories.consents import ConsentFactory, ConsentTextFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

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


def at_once(*works):
    """Run works in the same moment, each with its own connection; return their answers."""
    start = Barrier(len(works))

    def begin(work):
        start.wait(WAIT_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        running = [pool.submit(_in_thread, lambda work=work: begin(work)) for work in works]
        return [outcome.result(WAIT_SECONDS) for outcome in running]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_a_withdrawal_nothing_more_goes_out_however_the_two_meet():
    firm = make_actor(proved=True)
    need = NeedFactory(open=True, firm__organization=firm.organization)
    for _ in range(60):
        consent = ConsentFactory(need=need)

        def send(consent=consent):
            with transaction.atomic():
                grounds = lock(consent).get(pair_of(consent))
                if grounds is not None:
                    record_shown(
                        institution=consent.institution,
                        user=None,
                        channel=Channel.WEBHOOK,
                        shown=[(consent.need.firm_id, consent.need_id, consent.pk, ["uscc"])],
                        now=timezone.now(),
                    )

        def withdraw(consent=consent):
            withdraw_consent(actor=firm, consent=consent, now=timezone.now())
            return Disclosure.objects.filter(consent=consent).count()

        _, sent_by_then = at_once(send, withdraw)
        assert Disclosure.objects.filter(consent=consent).count() == sent_by_then

    events = JournalEvent.objects.filter(type=EventType.CONSENT_WITHDRAWN)
    assert events.count() == 60


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_consent_and_a_withdrawal_finds_what_stands():
    ConsentTextFactory()
    firm = make_actor(proved=True)
    need = NeedFactory(open=True, firm__organization=firm.organization)
    bank = OrganizationFactory(bank=True)

    def grant(*groups):
        terms = Terms(direction=Direction.TO_INSTITUTION, groups=groups, text_version="2026-01")
        return grant_consents(
            actor=firm, need=need, institutions=[bank], terms=terms, now=timezone.now()
        )[0]

    first, second = at_once(*[lambda: grant(FieldGroup.IDENTITY)] * 2)
    assert first == second
    assert JournalEvent.objects.filter(type=EventType.CONSENT_GRANTED).count() == 1

    at_once(
        lambda: grant(FieldGroup.IDENTITY, FieldGroup.WISH),
        lambda: withdraw_consent(actor=firm, consent=first, now=timezone.now()),
    )
    standing = Consent.objects.standing()
    assert standing.count() <= 1
    assert Consent.objects.filter(withdrawn_at__isnull=False).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_granting_anew_and_sending_never_wait_for_each_other_in_a_circle():
    ConsentTextFactory()
    firm = make_actor(proved=True)
    need = NeedFactory(open=True, firm__organization=firm.organization)
    banks = OrganizationFactory.create_batch(3, bank=True)
    scopes = ([FieldGroup.IDENTITY], [FieldGroup.IDENTITY, FieldGroup.WISH])
    pairs = [(need.pk, bank.pk) for bank in banks]

    def grant(groups):
        terms = Terms(direction=Direction.TO_INSTITUTION, groups=groups, text_version="2026-01")
        return grant_consents(
            actor=firm, need=need, institutions=banks, terms=terms, now=timezone.now()
        )

    def send():
        with transaction.atomic():
            grounds = lock_live_consents(pairs, timezone.localdate())
            lock_need(need)
            record_shown(
                institution=banks[0],
                user=None,
                channel=Channel.API,
                shown=[(need.firm_id, need.pk, None, ["code"])],
                now=timezone.now(),
            )
            return len(grounds)

    grant(scopes[1])
    for number in range(30):
        granted, sent = at_once(lambda number=number: grant(scopes[number % 2]), send)
        assert len(granted) == 3
        assert sent in {0, 3}
