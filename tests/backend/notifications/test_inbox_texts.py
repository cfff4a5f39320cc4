"""Texts are put together when they are read, from what the reader may see then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.consents.models import Disclosure
from backend.consents.services import withdraw_consent
from backend.needs.models import Need
from backend.notifications.models import Notification
from backend.notifications.reading import GONE_TEXT, read_all
from backend.notifications.registry import MESSAGES
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.referrals.services import documents, endings
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db


def texts(actor: Actor) -> list[str]:
    rows = list(
        Notification.objects.visible_to(actor).select_related("event").order_by("created_at")
    )
    read = read_all(rows, actor=actor, now=timezone.now())
    return [read[row.pk].text for row in rows]


@pytest.fixture
def given(bank_actor, firm_actor, referral, relay_all):
    """The bank asked for a document and the firm gave it."""
    values = {"referral": referral, "expected_revision": None, "now": timezone.now()}
    documents.ask_for_documents(actor=bank_actor, names=["审计报告", "纳税证明"], **values)
    documents.give_documents(actor=firm_actor, names=["审计报告"], **values)
    relay_all()


def test_the_firm_reads_its_missing_documents_by_name(firm_actor, given):
    (text,) = texts(firm_actor)

    assert "尚缺：纳税证明" in text
    assert "审计报告" not in text


def test_a_bank_reads_the_firms_name_as_long_as_the_firm_consents(
    bank_actor, firm_actor, referral, given, relay_all
):
    name = firm_actor.organization.name
    (before,) = texts(bank_actor)
    assert name in before
    assert Disclosure.objects.filter(fields=["firm_name"]).count() == 1

    withdraw_consent(
        actor=firm_actor,
        consent=referral.need.consents.get(direction="to_institution"),
        now=timezone.now(),
    )
    # At once, before anything is relayed, and in the message that the withdrawal itself writes.
    assert name not in "".join(texts(bank_actor))
    relay_all()
    relay_all()
    after = texts(bank_actor)
    assert len(after) == 2
    assert name not in "".join(after)
    assert referral.need.code in "".join(after)


def test_a_masked_need_is_told_by_its_code_alone(bank_actor, firm_actor, referral, given):
    referral.need.consents.filter(direction="to_institution").update(
        withdrawn_at=timezone.now() - timedelta(minutes=1)
    )

    (text,) = texts(bank_actor)

    assert referral.need.code in text
    assert firm_actor.organization.name not in text
    assert not Disclosure.objects.filter(fields__contains=["firm_name"]).exists()


def test_what_the_reader_may_not_see_any_more_leaves_a_sentence(bank_actor, referral, given):
    Notification.objects.filter(recipient=bank_actor.membership).update(
        subject_id=ReferralFactory().public_id
    )

    assert texts(bank_actor) == [GONE_TEXT]


def test_a_decline_says_why_and_what_is_possible_next(bank_actor, firm_actor, referral, relay_all):
    endings.decline_referral(
        actor=bank_actor,
        referral=referral,
        reasons=["collateral"],
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    declined, reopened = texts(firm_actor)

    assert "担保条件未达成" in declined
    assert "恢复匹配" in declined
    assert "差一步" in reopened


def test_the_department_reads_the_firms_name(
    bank_actor, department_actor, firm_actor, referral, relay_all
):
    endings.return_referral(
        actor=bank_actor,
        referral=referral,
        note="不在服务区域",
        expected_revision=None,
        now=timezone.now(),
    )
    relay_all()

    (text,) = texts(department_actor)
    assert firm_actor.organization.name in text


def test_every_message_has_a_title_and_a_line_for_mails_that_counts_and_names_nobody():
    for message in MESSAGES.values():
        assert message.title
        assert message.mail_line.format(n=3).count("3") == 1, message.code
        assert message.code.split(".")[0] in {"firm", "institution", "department"}


def test_nobody_reads_the_inbox_of_a_colleague(bank_actor, referral, given):
    colleague = make_actor(organization=bank_actor.organization, role=Role.INSTITUTION)

    assert texts(colleague) == []
    assert Need.objects.visible_to(colleague).count() == 0
