"""What a firm reads of its need: always where it stands and what comes next."""

from dataclasses import replace
from datetime import date, datetime

import pytest
import time_machine

from backend.common.workdays import HOURS
from backend.needs.enums import NeedStatus
from backend.referrals.progress import describe_progress
from backend.referrals.services.documents import ask_for_documents
from backend.referrals.services.endings import decline_referral
from backend.referrals.services.money import (
    DrawnMoney,
    LineTerms,
    approve_referral,
    disburse_referral,
)
from backend.referrals.services.steps import acknowledge_referral
from tests.factories.needs import NeedFactory
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.zone)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(at("2026-11-24T10:00"), tick=False):
        yield


@pytest.fixture
def bank(bank_actor):
    bank_actor.organization.name = "吉林银行"
    bank_actor.organization.save()
    return replace(bank_actor, today=date(2026, 11, 25))


@pytest.fixture
def referral(send, bank):
    return send(sent_at=at("2026-11-24T10:00"))


def texts(referral, firm_actor, now="2026-11-25T15:00"):
    told = describe_progress(need=referral.need, actor=firm_actor, now=at(now))
    return told["summary"], [one["text"] for one in told["referrals"]]


def act(service, actor, referral, **values):
    return service(
        actor=actor,
        referral=referral,
        expected_revision=None,
        now=at("2026-11-25T11:00"),
        **values,
    )


def test_sent_and_not_answered(firm_actor, referral):
    summary, (text,) = texts(referral, firm_actor, "2026-11-24T15:00")

    assert summary == "已推送 1 家机构，其中 1 家正在办理。"
    assert text == "吉林银行 11 月 24 日推送，尚未答复，应于 11 月 25 日前受理。"


def test_acknowledged_and_waiting_for_the_contact(bank, firm_actor, referral):
    act(acknowledge_referral, bank, referral)

    _, (text,) = texts(referral, firm_actor)

    assert text == "吉林银行 11 月 25 日受理，应于 11 月 27 日前首次联系。"


def test_overdue_is_said(firm_actor, referral):
    _, (text,) = texts(referral, firm_actor, "2026-11-26T15:00")

    assert "应于 11 月 25 日前受理，现已逾期，平台正在催办" in text


def test_missing_documents_are_named(bank, firm_actor, referral):
    act(ask_for_documents, bank, referral, names=["近三年审计报告", "订单合同"])

    _, (text,) = texts(referral, firm_actor)

    assert "请补充：近三年审计报告、订单合同。补齐前审批时限暂停。" in text


def test_line_and_drawdown_stand_apart(bank, firm_actor, referral):
    act(approve_referral, bank, referral, terms=LineTerms(amount_yuan=5_000_000))
    act(
        disburse_referral,
        bank,
        referral,
        money=DrawnMoney(drawn_on=date(2026, 11, 25), amount_yuan=2_000_000),
    )

    _, (text,) = texts(referral, firm_actor)

    assert text == (
        "吉林银行 11 月 25 日放款，批准额度 500 万元，已放款 1 笔共 200 万元；"
        "请核对机构上报的 1 笔放款是否属实。"
    )


def test_a_decline_says_why_and_the_need_goes_on(bank, firm_actor, referral):
    act(decline_referral, bank, referral, reasons=["collateral"])
    referral.need.refresh_from_db()

    summary, (text,) = texts(referral, firm_actor)

    assert text == "吉林银行 11 月 25 日答复不予支持（担保条件未达成）。"
    assert "恢复匹配" in summary


def test_without_consent_to_report_the_firm_is_told_whom_to_ask(firm_actor, referral):
    consent = referral.need.consents.get(direction="to_department")
    consent.withdrawn_at = at("2026-11-25T09:00")
    consent.save()

    _, (text,) = texts(referral, firm_actor)

    assert "请直接与机构联系" in text


@pytest.mark.parametrize("status", list(NeedStatus))
def test_no_status_of_a_need_is_silent(status, firm_actor):
    need = NeedFactory(**({} if status == "draft" else {status: True}))

    told = describe_progress(need=need, actor=firm_actor, now=at("2026-11-25T09:00"))

    assert told["summary"].endswith("。")
    assert told["text"]


def test_no_status_of_a_referral_is_silent(firm_actor, send):
    for status in (
        *("acknowledged", "in_contact", "approved", "funded", "confirmed"),
        *("declined", "returned", "withdrawn", "expired"),
    ):
        referral = send(**{status: True}, sent_at=at("2026-11-24T10:00"))
        _, (text,) = texts(referral, firm_actor)
        assert text.endswith("。"), status


def test_a_page_of_progress_costs_a_fixed_number_of_queries(firm_actor, referral, count_queries):
    def read():
        describe_progress(need=referral.need, actor=firm_actor, now=at("2026-11-25T09:00"))

    one = count_queries(read)
    for _ in range(4):
        ReferralFactory(need=referral.need)

    assert count_queries(read) == one
