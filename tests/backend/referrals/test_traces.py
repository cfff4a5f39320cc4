"""The way of a need and its referrals, stop by stop."""

import pytest
from django.utils import timezone

from backend.consents.enums import FieldGroup
from backend.referrals.enums import Step
from backend.referrals.models import Referral
from backend.referrals.traces import StopState, trace_need, trace_referral
from tests.factories.accounts import UserFactory
from tests.factories.needs import NeedFactory
from tests.factories.referrals import ReferralFactory, ReferralStepFactory

pytestmark = pytest.mark.django_db
REPORTED = frozenset({FieldGroup.PROGRESS})


def trace(referral, reported=REPORTED):
    return trace_referral(Referral.objects.with_story().get(pk=referral.pk), reported)


@pytest.mark.parametrize(
    ("state", "label", "stop"),
    [
        (None, "提交核验", StopState.NOW),
        ("submitted", "科技管理部门核验", StopState.NOW),
        ("returned", "退回补充", StopState.STOPPED),
        ("open", "推送给机构", StopState.NOW),
        ("in_referral", "核验通过", StopState.DONE),
        ("withdrawn", "已撤回", StopState.STOPPED),
        ("expired", "已过最迟用款日期", StopState.STOPPED),
        ("funded", "已获融资", StopState.DONE),
    ],
)
def test_every_state_of_a_need_ends_at_its_own_stop(state, label, stop):
    need = NeedFactory(**({state: True} if state else {}))
    last = trace_need(need)[-1]
    assert (last.label, last.state) == (label, stop)


def test_a_need_that_is_open_again_says_when_it_went_out_first():
    today = timezone.localdate()
    *_, sent, ahead = trace_need(NeedFactory(open=True), sent_on=today)
    assert (sent.day, sent.state) == (today, StopState.DONE)
    assert (ahead.label, ahead.state) == ("再次推送给机构", StopState.NOW)


def test_what_happened_has_days_and_what_comes_is_named_in_order():
    referral = ReferralFactory(acknowledged=True)
    ReferralStepFactory(referral=referral)
    stops = trace(referral)
    assert [one.label for one in stops if one.state is StopState.DONE] == ["推送", "受理"]
    assert all(one.day for one in stops if one.state is StopState.DONE)
    assert [one.label for one in stops if one.state is StopState.NOW] == ["首次联系"]
    assert stops[-1].label == "放款"


def test_a_missing_document_is_what_comes_next():
    referral = ReferralFactory(acknowledged=True)
    referral.documents.create(name="审计报告", asked_at=timezone.now(), asked_by=UserFactory())
    (now,) = [one for one in trace(referral) if one.state is StopState.NOW]
    assert now.note == "审计报告"


def test_what_may_not_be_reported_is_not_told():
    referral = ReferralFactory(acknowledged=True)
    ReferralStepFactory(referral=referral, step=Step.CONTACTED)
    labels = [one.label for one in trace(referral, frozenset())]
    assert labels == ["推送", "机构已答复"]


@pytest.mark.parametrize(
    ("state", "stop"), [("declined", StopState.STOPPED), ("confirmed", StopState.DONE)]
)
def test_an_end_stands_last_and_nothing_is_ahead(state, stop):
    stops = trace(ReferralFactory(**{state: True}))
    assert stops[-1].state is stop
    assert not [one for one in stops if one.state is StopState.AHEAD]
