"""Urgent mails at once, everything else in one digest a day; each at most once.

25 November 2026 is a Wednesday.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.common.workdays import HOURS
from backend.notifications.enums import MailChoice, MailKind, MailStatus
from backend.notifications.models import Mail, Notification
from backend.notifications.services import collecting, sending
from backend.notifications.services.preferences import set_preference
from backend.referrals.services import documents, money, outcomes, steps
from backend.referrals.services.escalation import sweep_clocks
from backend.referrals.services.money import DrawnMoney
from tests.mailbox_server import mail_server

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.zone)


EVENING, MORNING = at("2026-11-25T19:55"), at("2026-11-26T08:30")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at("2026-11-25T21:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def run(clock) -> Callable[[datetime], int]:
    """Do at a moment what the periodic job does."""

    def send(now: datetime) -> int:
        clock.move_to(now)
        collecting.collect(now=now)
        return sending.send_due(now=now)

    return send


@pytest.fixture
def acknowledged(bank_actor, firm_actor, referral, relay_all, with_address):
    """The firm's person has an address and one message that can wait."""
    with_address(firm_actor)
    steps.acknowledge_referral(
        actor=bank_actor, referral=referral, expected_revision=None, now=timezone.now()
    )
    relay_all()


@pytest.fixture
def asked(bank_actor, firm_actor, referral, relay_all, with_address):
    """The firm's person has an address and one message that cannot wait."""
    with_address(firm_actor)
    documents.ask_for_documents(
        actor=bank_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()


def test_what_cannot_wait_goes_at_once_also_at_night(firm_actor, asked, run):
    assert run(timezone.now()) == 1
    assert run(timezone.now() + timedelta(minutes=1)) == 0

    (sent,) = mail.outbox
    assert sent.to == [firm_actor.user.email]
    assert "您有 1 项对接待补充材料" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.extra_headers["Message-ID"] == Mail.objects.get().message_id
    assert "/notices/preferences/" in sent.extra_headers["List-Unsubscribe"]


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        ("2026-11-25T22:00", 0),
        ("2026-11-26T07:59", 0),
        ("2026-11-26T08:00", 1),
        ("2026-11-28T09:00", 0),  # a Saturday
        ("2026-11-30T09:00", 1),
    ],
)
def test_the_digest_comes_on_the_morning_of_a_working_day(acknowledged, run, moment, count):
    assert run(at(moment)) == count


def test_one_digest_a_day_however_much_arrives(bank_actor, referral, acknowledged, run, relay_all):
    assert run(MORNING) == 1
    steps.take_step(
        actor=bank_actor,
        referral=referral,
        step="contacted",
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert run(MORNING + timedelta(hours=2)) == 0
    assert run(MORNING + timedelta(days=1)) == 1
    assert Mail.objects.filter(kind=MailKind.DIGEST).count() == 2


def test_nothing_new_is_no_digest(acknowledged, run):
    assert run(MORNING) == 1

    assert run(MORNING + timedelta(days=1)) == 0


def test_what_was_read_in_the_inbox_is_not_mailed(acknowledged, run):
    Notification.objects.update(read_at=timezone.now())

    assert run(MORNING) == 0


def test_whoever_has_answered_meanwhile_gets_no_reminder(
    bank_actor, referral, run, relay_all, with_address, clock
):
    with_address(bank_actor)
    clock.move_to(at("2026-11-27T00:30"))
    sweep_clocks(now=timezone.now())
    relay_all()
    assert Notification.objects.get(kind="institution.reminder").recipient.user == bank_actor.user

    steps.acknowledge_referral(
        actor=bank_actor, referral=referral, expected_revision=None, now=timezone.now()
    )

    assert run(at("2026-11-27T08:30")) == 0
    assert Mail.objects.get().status == MailStatus.DROPPED


def test_whoever_has_not_answered_gets_the_reminder(
    bank_actor, referral, run, relay_all, with_address, clock
):
    with_address(bank_actor)
    clock.move_to(at("2026-11-27T00:30"))
    sweep_clocks(now=timezone.now())
    relay_all()

    assert run(at("2026-11-27T08:30")) == 1
    assert "您有 1 条推送即将到期" in mail.outbox[0].body


def test_a_document_that_was_given_asks_for_nothing_more(
    firm_actor, referral, asked, run, relay_all
):
    documents.give_documents(
        actor=firm_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )

    assert run(timezone.now()) == 0


def test_people_choose_but_not_about_what_is_required(
    bank_actor, firm_actor, referral, asked, acknowledged, run
):
    set_preference(user=firm_actor.user, mail=MailChoice.OFF)

    assert run(timezone.now()) == 1  # documents are missing: required
    assert run(MORNING) == 0  # a step forward is not


def test_with_digests_only_the_urgent_waits_for_the_morning(
    bank_actor, firm_actor, referral, run, relay_all, with_address
):
    with_address(firm_actor)
    set_preference(user=firm_actor.user, mail=MailChoice.DIGEST)
    money.approve_referral(
        actor=bank_actor,
        referral=referral,
        terms=money.LineTerms(amount_yuan=3_000_000),
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    assert run(timezone.now()) == 0
    assert run(MORNING) == 1


def test_no_mail_names_a_firm_or_tells_a_figure(
    bank_actor, department_actor, firm_actor, referral, run, relay_all, with_address
):
    for actor in (bank_actor, department_actor, firm_actor):
        with_address(actor)
    documents.ask_for_documents(
        actor=bank_actor,
        referral=referral,
        names=["某某公司审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )
    money.disburse_referral(
        actor=bank_actor,
        referral=referral,
        money=DrawnMoney(amount_yuan=1_230_000, drawn_on=timezone.localdate()),
        expected_revision=None,
        now=timezone.now(),
    )
    outcomes.contest_outcome(
        actor=firm_actor,
        referral=referral,
        drawdown=referral.drawdowns.get(),
        note="未到账",
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()
    run(timezone.now())
    run(MORNING)

    assert {one.to[0] for one in mail.outbox} == {
        actor.user.email for actor in (bank_actor, department_actor, firm_actor)
    }
    organization = firm_actor.organization
    for sent in mail.outbox:
        text = sent.message().as_bytes().decode() + sent.subject + sent.body
        for canary in (organization.name, organization.code, referral.need.code, "某某公司"):
            assert canary not in text.replace(sent.extra_headers["Message-ID"], "")


def test_an_address_that_writes_a_header_is_refused(firm_actor, asked, run):
    with pytest.raises(InvalidInput):
        set_preference(user=firm_actor.user, email="a@example.com\nBcc: b@example.com")

    firm_actor.user.email = "a@example.com\nBcc: b@example.com"
    firm_actor.user.save()
    assert run(timezone.now()) == 0
    assert Mail.objects.get().status == MailStatus.FAILED
    assert mail.outbox == []


def test_while_mail_is_off_nothing_is_written(asked, run, settings):
    settings.MAIL_ENABLED = False

    assert run(timezone.now()) == 0
    assert not Mail.objects.exists()


# --- a real mail server ---


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        yield box


def test_while_the_server_is_down_it_is_tried_again_and_arrives_once(asked, run, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    with mail_server() as gone:
        settings.EMAIL_PORT = gone.port
    now = timezone.now()
    assert run(now) == 0
    assert run(now + timedelta(seconds=30)) == 0
    assert Mail.objects.get().attempts == 1

    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        assert run(now + timedelta(minutes=1)) == 1
        assert run(now + timedelta(minutes=10)) == 0

    (message,) = box.messages
    assert message["Message-ID"] == Mail.objects.get().message_id
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_passing_refusal_is_tried_again_and_a_final_one_is_not(asked, run, server):
    now = timezone.now()
    server.refuse = 450
    assert run(now) == 0
    assert Mail.objects.get().status == MailStatus.PENDING

    server.refuse = 550
    assert run(now + timedelta(minutes=2)) == 0
    assert Mail.objects.get().status == MailStatus.FAILED
    assert server.messages == []


def test_what_may_have_arrived_is_not_sent_again_but_stands_in_the_next_digest(asked, run, server):
    server.hangs_up_after_data = True
    assert run(timezone.now()) == 0
    assert Mail.objects.get().status == MailStatus.UNKNOWN

    server.hangs_up_after_data = False
    assert run(timezone.now() + timedelta(hours=1)) == 0
    assert len(server.messages) == 1
    assert run(MORNING) == 1


def test_what_a_dead_worker_was_sending_is_not_sent_again(asked, run, clock):
    now = timezone.now()
    collecting.collect(now=now)
    assert sending._claim(now) is not None  # and here the worker dies

    assert run(now + timedelta(minutes=5)) == 0
    assert run(now + timedelta(minutes=11)) == 0
    assert Mail.objects.get().status == MailStatus.UNKNOWN
    assert run(MORNING) == 1


def test_a_digest_that_did_not_leave_yesterday_is_todays(acknowledged, run, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with mail_server() as gone:
        settings.EMAIL_PORT = gone.port
    assert run(MORNING) == 0

    with mail_server() as box:
        settings.EMAIL_PORT = box.port
        next_morning = MORNING + timedelta(days=1)
        # The first run finds yesterday's and gives it up, the second one writes today's.
        assert run(next_morning) + run(next_morning + timedelta(minutes=1)) == 1

    assert len(box.messages) == 1
