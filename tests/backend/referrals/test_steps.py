"""Steps of a track: forwards, skipped, repeated, and what is kept without consent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.services.documents import ask_for_documents, give_documents
from backend.referrals.services.steps import acknowledge_referral, take_step
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def take(actor, referral, step, **values):
    return take_step(
        actor=actor,
        referral=referral,
        step=step,
        expected_revision=values.pop("expected_revision", None),
        now=timezone.now(),
        **values,
    )


def steps_of(referral):
    return list(referral.steps.values_list("step", flat=True))


def test_acknowledging_is_the_first_answer(bank_actor, referral):
    done = acknowledge_referral(
        actor=bank_actor, referral=referral, expected_revision=1, now=timezone.now()
    )

    assert (done.status, done.last_step) == (ReferralStatus.ACKNOWLEDGED, Step.ACKNOWLEDGED)
    assert done.answered_at is not None
    assert done.revision == 2
    event = Event.objects.get(subject_id=referral.public_id)
    assert (event.type, event.payload["step"]) == ("referral.stepped", "acknowledged")


def test_an_investor_acknowledges_by_reading(bank_actor, send):
    done = acknowledge_referral(
        actor=bank_actor,
        referral=send(track="equity"),
        expected_revision=None,
        now=timezone.now(),
    )

    assert done.last_step == Step.READ


def test_the_same_step_of_the_same_day_counts_once_even_with_an_old_revision(bank_actor, referral):
    take(bank_actor, referral, Step.CONTACTED, expected_revision=1)
    again = take(bank_actor, referral, Step.CONTACTED, expected_revision=1)

    assert steps_of(referral) == ["contacted"]
    assert again.revision == 2
    assert Event.objects.filter(subject_id=referral.public_id).count() == 1


def test_the_same_step_of_another_day_is_refused_with_the_day_that_is_known(bank_actor, referral):
    yesterday = bank_actor.today - timedelta(days=1)
    take(bank_actor, referral, Step.CONTACTED, happened_on=yesterday)

    with pytest.raises(StateConflict, match=str(yesterday)):
        take(bank_actor, referral, Step.CONTACTED)


def test_steps_are_skipped_forwards_and_never_taken_back(bank_actor, referral):
    take(bank_actor, referral, Step.VISITED)

    with pytest.raises(StateConflict, match="只能向前"):
        take(bank_actor, referral, Step.ACKNOWLEDGED)
    assert steps_of(referral) == ["visited"]


def test_an_old_revision_is_refused(bank_actor, referral):
    take(bank_actor, referral, Step.ACKNOWLEDGED)

    with pytest.raises(StaleRevision):
        take(bank_actor, referral, Step.CONTACTED, expected_revision=1)


@pytest.mark.parametrize(
    ("days", "code"), [(1, "in_future"), (-30, "too_early")], ids=["tomorrow", "before sending"]
)
def test_a_step_lies_between_the_sending_and_today(bank_actor, referral, days, code):
    with pytest.raises(InvalidInput) as refusal:
        take(
            bank_actor,
            referral,
            Step.CONTACTED,
            happened_on=bank_actor.today + timedelta(days=days),
        )

    assert refusal.value.problems[0].code == code


def test_a_later_step_does_not_lie_before_an_earlier_one(bank_actor, referral):
    take(bank_actor, referral, Step.CONTACTED)

    with pytest.raises(InvalidInput, match="上一步骤"):
        take(
            bank_actor,
            referral,
            Step.VISITED,
            happened_on=bank_actor.today - timedelta(days=1),
        )


def test_approval_and_money_are_no_bare_steps(bank_actor, referral):
    with pytest.raises(InvalidInput, match="金额"):
        take(bank_actor, referral, Step.APPROVED)


def test_another_bank_may_not_answer(referral):
    other = make_actor(organization__bank=True, role=Role.INSTITUTION)

    with pytest.raises(NotPermitted):
        take(other, referral, Step.ACKNOWLEDGED)


def test_a_need_that_was_taken_back_is_not_worked_on(bank_actor, referral):
    referral.need.status = "withdrawn"
    referral.need.withdrawn_at = timezone.now()
    referral.need.save()

    with pytest.raises(StateConflict, match="已撤回"):
        take(bank_actor, referral, Step.ACKNOWLEDGED)


class TestWithoutConsentToReport:
    @pytest.fixture
    def silent(self, referral):
        consent = referral.need.consents.get(direction="to_department")
        consent.withdrawn_at = timezone.now()
        consent.save()
        return referral

    def test_only_answered_is_kept(self, bank_actor, silent):
        done = take(bank_actor, silent, Step.CONTACTED, note="已电话联系")

        assert (done.status, steps_of(silent)) == (ReferralStatus.SENT, ["answered"])
        assert done.answered_at is not None
        assert done.next_due_on is None
        assert silent.steps.get().note == ""

    def test_answered_is_kept_once(self, bank_actor, silent):
        take(bank_actor, silent, Step.CONTACTED)
        take(bank_actor, silent, Step.VISITED)

        assert steps_of(silent) == ["answered"]

    def test_documents_are_not_asked_for_here(self, bank_actor, silent):
        with pytest.raises(StateConflict, match="直接与企业联系"):
            ask(bank_actor, silent, "审计报告")


def ask(actor, referral, *names):
    return ask_for_documents(
        actor=actor, referral=referral, names=names, expected_revision=None, now=timezone.now()
    )


def give(actor, referral, *names):
    return give_documents(
        actor=actor, referral=referral, names=names, expected_revision=None, now=timezone.now()
    )


class TestDocuments:
    def test_the_firm_gives_what_was_asked_for(self, bank_actor, firm_actor, referral):
        ask(bank_actor, referral, "近三年审计报告", "订单合同")
        give(firm_actor, referral, "订单合同")

        missing = referral.documents.filter(given_at__isnull=True)
        assert [document.name for document in missing] == ["近三年审计报告"]
        assert steps_of(referral) == ["documents_asked", "documents_given"]

    def test_a_name_is_missing_once_at_a_time(self, bank_actor, firm_actor, referral):
        ask(bank_actor, referral, "订单合同")
        ask(bank_actor, referral, "订单合同")
        give(firm_actor, referral, "订单合同")
        ask(bank_actor, referral, "订单合同")

        assert referral.documents.count() == 2

    def test_asking_is_an_answer(self, bank_actor, referral):
        assert ask(bank_actor, referral, "订单合同").answered_at is not None

    def test_giving_what_nobody_asked_for_names_what_is_missing(
        self, bank_actor, firm_actor, referral
    ):
        ask(bank_actor, referral, "订单合同")

        with pytest.raises(InvalidInput, match="现缺：订单合同"):
            give(firm_actor, referral, "公司章程")

    def test_complete_documents_leave_nothing_missing(self, bank_actor, referral):
        ask(bank_actor, referral, "订单合同")
        take(bank_actor, referral, Step.DOCUMENTS_COMPLETE)

        assert not referral.documents.filter(given_at__isnull=True).exists()

    def test_the_bank_may_not_give_for_the_firm(self, bank_actor, referral):
        ask(bank_actor, referral, "订单合同")

        with pytest.raises(NotPermitted):
            give(bank_actor, referral, "订单合同")


@pytest.mark.parametrize(
    "note",
    [
        "征信有问题",
        "企业存在逾 期",
        "有不-良-记录",
        "信用报告查询次数多",
        "被执行人",
        "五级分类为关注类",
    ],
)
def test_notes_hold_nothing_of_a_credit_report(bank_actor, referral, note):
    with pytest.raises(InvalidInput, match="征信报告"):
        take(bank_actor, referral, Step.CONTACTED, note=note)


def test_an_ordinary_note_is_kept(bank_actor, referral):
    take(bank_actor, referral, Step.CONTACTED, note="  已约周五走访，预期月底上会 ")

    assert referral.steps.get().note == "已约周五走访，预期月底上会"
