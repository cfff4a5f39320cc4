"""Recall, and what the next sheet says against the last one."""

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.referrals.enums import ListStatus, ReferralStatus
from backend.referrals.list_selectors import compare_sheets, content_of
from backend.referrals.models import Referral, Sheet
from backend.referrals.services.recall import recall_list
from tests.factories.consents import ConsentFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.partners import AgreementFactory
from tests.factories.referrals import EscalationCaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=2)


def recall(office, sent, *, sheet=None, reason="文号有误"):
    return recall_list(
        actor=office.officer,
        referral_list=sent,
        reason=reason,
        sheet=sheet,
        expected_revision=None,
        now=timezone.now(),
    )


def move(referral, status):
    now = timezone.now()
    ended = now if status in {"declined", "returned", "withdrawn", "expired"} else None
    Referral.objects.filter(pk=referral.pk).update(
        status=status,
        answered_at=now,
        ended_at=ended,
        decline_reasons=["amount"] if status == "declined" else [],
    )


def test_what_nobody_has_answered_is_withdrawn_and_the_needs_are_matched_again(office):
    needs = open_needs(2)
    sent = office.draft_and_send().referral_list
    recalled = recall(office, sent)
    assert recalled.referral_list.status == ListStatus.RECALLED
    assert len(recalled.withdrawn) == 4
    assert set(Referral.objects.values_list("status", flat=True)) == {"withdrawn"}
    for need in needs:
        need.refresh_from_db()
        assert need.status == NeedStatus.OPEN
    assert Event.objects.filter(type="referral.withdrawn").count() == 4
    assert Event.objects.filter(type="need.reopened").count() == 2
    assert Event.objects.get(type="referral_list.recalled").payload["reason"] == "文号有误"


def test_a_recall_leaves_no_due_day_and_no_case_on_the_departments_desk(office):
    open_needs(1)
    sent = office.draft_and_send().referral_list
    Referral.objects.update(next_due_on=timezone.localdate())
    case = EscalationCaseFactory(referral=Referral.objects.first())
    recall(office, sent)
    assert set(Referral.objects.values_list("next_due_on", flat=True)) == {None}
    case.refresh_from_db()
    assert (case.state, case.closed_at is None) == ("ended", False)


def test_the_institution_is_asked_to_give_back_what_it_works_on(office):
    (need,) = open_needs(1)
    sent = office.draft_and_send().referral_list
    busy = Referral.objects.get(institution=office.banks[0])
    move(busy, "in_contact")
    recalled = recall(office, sent)
    assert [one.pk for one in recalled.asked] == [busy.pk]
    busy.refresh_from_db()
    assert busy.status == ReferralStatus.IN_CONTACT
    step = busy.steps.get()
    assert (step.step, step.note) == ("recall_asked", "请退回：文号有误")
    need.refresh_from_db()
    assert need.status == NeedStatus.IN_REFERRAL, "somebody still works on it"


def test_money_that_flowed_is_not_asked_back(office):
    open_needs(1)
    sent = office.draft_and_send(per_need=1).referral_list
    move(Referral.objects.get(), "funded")
    recalled = recall(office, sent)
    assert not recalled.asked
    assert not recalled.withdrawn


def test_one_institutions_sheet_is_recalled_alone(office):
    (need,) = open_needs(1)
    sent = office.draft_and_send().referral_list
    first, second = Sheet.objects.order_by("pk")
    assert recall(office, sent, sheet=first).referral_list.status == ListStatus.SENT
    assert Referral.objects.get(institution=first.institution).status == "withdrawn"
    assert Referral.objects.get(institution=second.institution).status == "sent"
    need.refresh_from_db()
    assert need.status == NeedStatus.IN_REFERRAL
    with pytest.raises(StateConflict, match="已经撤回"):
        recall(office, sent, sheet=first)
    assert recall(office, sent, sheet=second).referral_list.status == ListStatus.RECALLED


def test_a_recall_needs_its_reason_and_a_sent_list(office):
    open_needs(1)
    approved = office.approve(office.draft())
    with pytest.raises(StateConflict, match="已批准"):
        recall(office, approved)
    sent = office.send(approved).referral_list
    with pytest.raises(InvalidInput, match="理由"):
        recall(office, sent, reason=" ")


def changes_of(bank):
    return Sheet.objects.filter(institution=bank).latest("version").changes


def test_the_next_sheet_says_what_is_new_goes_on_and_was_withdrawn(office):
    bank = office.banks[0]
    goes_on, declined, taken_back = needs = open_needs(3)
    consent_to(needs, [bank])
    office.draft_and_send()
    assert set(changes_of(bank).values()) == {"new"}
    of = {one.need: one for one in Referral.objects.filter(institution=bank)}
    move(of[goes_on], "acknowledged")
    move(of[declined], "declined")
    move(of[taken_back], "withdrawn")
    (new,) = open_needs(1)
    ConsentFactory(need=new, institution=bank)
    office.draft_and_send()
    assert changes_of(bank) == {
        new.code: "new",
        goes_on.code: "same",
        taken_back.code: "withdrawn",
    }
    content = content_of(Sheet.objects.get(institution=bank, version=2))
    assert [row["code"] for row in content["rows"]] == [new.code]
    assert content["continued"] == [goes_on.code]
    assert content["withdrawn"] == [taken_back.code]
    first = Sheet.objects.get(institution=bank, version=1)
    assert content["previous"] == {"version": 1, "digest": first.digest}


def test_what_was_withdrawn_is_said_once(office):
    bank = office.banks[0]
    (taken_back,) = open_needs(1)
    office.draft_and_send()
    move(Referral.objects.get(institution=bank), "withdrawn")
    open_needs(1)
    office.draft_and_send()
    assert changes_of(bank)[taken_back.code] == "withdrawn"
    open_needs(1)
    office.draft_and_send()
    assert taken_back.code not in changes_of(bank)


def test_a_need_that_comes_again_is_the_same_or_changed_with_the_fields_named(office):
    bank = office.banks[0]
    same, changed = needs = open_needs(2)
    consent_to(needs, [bank])
    office.draft_and_send()
    for one in Referral.objects.all():
        move(one, "expired")
    for need in needs:
        need.refresh_from_db()
        need.status = NeedStatus.OPEN
        need.save()
    changed.amount_max_yuan = 2_000_000
    changed.save()
    office.draft_and_send()
    assert changes_of(bank) == {same.code: "same", changed.code: "changed"}
    newer = Sheet.objects.get(institution=bank, version=2)
    found = {entry["need"]: entry for entry in compare_sheets(newer, newer.previous)}
    assert found[changed.code]["change_label"] == "变更"
    assert found[changed.code]["differing"] == [
        {"field": "amount_max_yuan", "from": 3_000_000, "to": 2_000_000}
    ]
    assert found[same.code]["differing"] == []


def test_after_a_recall_everything_is_new_again_under_the_next_version(office):
    bank = office.banks[0]
    (need,) = open_needs(1)
    recall(office, office.draft_and_send().referral_list)
    office.draft_and_send()
    sheet = Sheet.objects.filter(institution=bank).latest("version")
    assert (sheet.version, sheet.previous, sheet.changes) == (2, None, {need.code: "new"})


def test_each_department_counts_its_own_sheets(office):
    other = make_office()
    other.banks, other.products = office.banks[:1], office.products[:1]
    AgreementFactory(department=other.department, institution=other.banks[0])
    open_needs(1)
    office.draft_and_send()
    (theirs,) = open_needs(1)
    other.draft_and_send()
    sheet = Sheet.objects.get(department=other.department)
    assert (sheet.version, sheet.previous, sheet.changes) == (1, None, {theirs.code: "new"})
