"""Several people send one list in the same moment, or a firm takes its consent back meanwhile."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.common.errors import DomainError
from backend.consents.models import Consent
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.referrals.models import Referral, ReferralList, Sheet
from tests.factories.consents import ConsentFactory
from tests.factories.lists import consent_to, make_office, open_needs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SENDING_ROUNDS = 200
WITHDRAWAL_ROUNDS = 200
# Seconds by which a withdrawal comes later: most meet a sending under way, the last comes after it.
DELAYS = [*(step / 200 for step in range(19)), 1.0]


def run_together(*calls):
    """Start calls in threads of their own at one moment; return what each answered."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait(timeout=10)
            return call()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [answer.result(timeout=60) for answer in [pool.submit(run, c) for c in calls]]


def test_one_list_is_sent_once_however_many_send_it():
    """Half of the senders name the revision that they read (412), half do not (409)."""
    office = make_office(banks=2)
    refusals = Counter()
    for number in range(SENDING_ROUNDS):
        consent_to(open_needs(1), office.banks)
        approved = office.approve(office.draft())
        before = Sheet.objects.count(), Referral.objects.count()

        def send(n, approved=approved):
            office.send(
                ReferralList.objects.get(pk=approved.pk),
                actor=(office.officer, office.head, office.leader)[n % 3],
                expected_revision=approved.revision if n % 2 else None,
            )
            return "sent"

        answers = Counter(run_together(*(partial(send, n) for n in range(2 + number % 7))))
        assert answers.pop("sent") == 1, f"round {number}: {answers}"
        assert answers.keys() <= {"stale_revision", "transition_not_allowed"}
        refusals += answers
        assert Sheet.objects.count() - before[0] == 2
        assert Referral.objects.count() - before[1] == 2
        events = Event.objects.filter(subject_id=approved.public_id, type="referral_list.sent")
        assert events.count() == 1
    assert refusals["stale_revision"]
    assert refusals["transition_not_allowed"]


def test_a_consent_that_was_withdrawn_first_is_in_no_sheet_and_one_sent_first_is_seen():
    """Whoever withdraws finds, in its own transaction, every row that went out before."""
    office = make_office(banks=1)
    outcomes = Counter()
    for number in range(WITHDRAWAL_ROUNDS):
        stays, leaves = open_needs(2)
        ConsentFactory(need=stays, institution=office.banks[0])
        consent = ConsentFactory(need=leaves, institution=office.banks[0])
        approved = office.approve(office.draft())

        def withdraw(consent=consent, leaves=leaves, number=number):
            time.sleep(DELAYS[number % len(DELAYS)])
            with transaction.atomic():
                mine = Consent.objects.select_for_update().get(pk=consent.pk)
                mine.withdrawn_at = timezone.now()
                mine.save()
                return Referral.objects.filter(need=leaves).exists()

        def send(approved=approved):
            office.send(ReferralList.objects.get(pk=approved.pk))
            return "sent"

        seen, sent = run_together(withdraw, send)
        assert sent == "sent"
        went_out = Referral.objects.filter(need=leaves).exists()
        assert seen == went_out, f"round {number}: withdrawn before, sent nevertheless"
        text = bytes(Sheet.objects.get(referral_list=approved).content).decode()
        assert (leaves.firm.organization.name in text) == went_out
        outcomes[went_out] += 1
        Need.objects.update(status=NeedStatus.EXPIRED)  # so that rounds stay equally small
    assert outcomes[True], "no withdrawal came after a sending"
    assert outcomes[False], "no withdrawal came before a sending"


def test_a_need_that_was_withdrawn_first_is_in_no_sheet():
    office = make_office(banks=1)
    outcomes = Counter()
    for number in range(40):
        stays, leaves = needs = open_needs(2)
        consent_to(needs, office.banks)
        approved = office.approve(office.draft())

        def withdraw(leaves=leaves, number=number):
            time.sleep(DELAYS[number % len(DELAYS)])
            with transaction.atomic():
                mine = Need.objects.select_for_update().get(pk=leaves.pk)
                found = mine.status
                mine.status, mine.withdrawn_at = NeedStatus.WITHDRAWN, timezone.now()
                mine.save()
                return found

        def send(approved=approved):
            office.send(ReferralList.objects.get(pk=approved.pk))
            return "sent"

        found, sent = run_together(withdraw, send)
        assert sent == "sent"
        went_out = Referral.objects.filter(need=leaves).exists()
        assert (found == NeedStatus.IN_REFERRAL) == went_out
        outcomes[went_out] += 1
        assert Referral.objects.filter(need=stays).exists()
    assert len(outcomes) == 2
