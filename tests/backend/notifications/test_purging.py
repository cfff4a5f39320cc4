"""Inboxes are cleared; what was not read stays longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.notifications.models import Mail, Notification
from backend.notifications.services import collecting
from backend.notifications.services.purging import purge
from backend.referrals.services import documents

pytestmark = pytest.mark.django_db


@pytest.fixture
def notification(bank_actor, firm_actor, referral, relay_all, with_address):
    with_address(firm_actor)
    documents.ask_for_documents(
        actor=bank_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()
    collecting.collect_urgent(now=timezone.now())
    return Notification.objects.get(recipient=firm_actor.membership)


@pytest.mark.parametrize(
    ("age_days", "is_read", "is_kept"),
    [(89, True, True), (91, True, False), (91, False, True), (366, False, False)],
)
def test_what_was_read_goes_first(notification, age_days, is_read, is_kept):
    then = timezone.now() - timedelta(days=age_days)
    Notification.objects.update(created_at=then, read_at=then if is_read else None)

    purge(now=timezone.now())

    assert Notification.objects.exists() is is_kept


def test_the_record_of_a_mail_outlives_what_it_was_about(notification):
    purge(now=timezone.now() + timedelta(days=400))
    assert not Notification.objects.exists()
    assert Mail.objects.count() == 1

    purge(now=timezone.now() + timedelta(days=1_200))
    assert not Mail.objects.exists()
