"""A returned workbook takes effect row by row, once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from backend.common.errors import InvalidInput, NotPermitted
from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Drawdown, Referral, ReferralStep, Sheet
from backend.referrals.services.money import LineTerms, approve_referral, void_drawdown
from tests.factories.consents import ConsentFactory
from tests.factories.lists import open_needs
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.returned import funded

DECLINED = {"state": "不予支持", "reason1": "额度不足", "alternative": "建议改用担保贷款"}


def counts(result):
    return result.applied, result.unchanged, result.refused


def test_a_filled_in_copy_leads_referrals_to_where_it_says(sent):
    result = sent.give_back(sent.fetch().answer(1, funded()).answer(2, DECLINED))
    assert result.faults == ()
    assert counts(result) == (2, 0, 0)
    taken_up, declined = sent.referral(1), sent.referral(2)
    assert taken_up.status == ReferralStatus.FUNDED
    line = taken_up.lines.get()
    assert (line.amount_yuan, line.term_months, line.is_green) == (5_000_000, 12, True)
    assert line.annual_rate == Decimal("0.0385")
    first, second = taken_up.drawdowns.order_by("amount_yuan").reverse()
    assert (first.amount_yuan, first.security) == (3_000_000, ["patent", "receivables"])
    assert (first.is_first_loan, first.renewal) == (True, "new")
    assert second.amount_yuan == 2_000_000
    assert declined.status == ReferralStatus.DECLINED
    assert declined.decline_reasons == ["quota"]
    assert (declined.alternative, declined.decline_note) == ("建议改用担保贷款", "")


def test_the_same_copy_twice_changes_nothing(sent):
    answers = {**funded(), "missing": "近三年审计报告", "matter": "需核对不动产登记"}
    copy = sent.fetch().answer(1, answers).answer(2, DECLINED).save()
    assert counts(sent.give_back(copy)) == (2, 0, 0)
    before = snapshot()
    again = sent.give_back(copy)
    assert again.faults == ()
    assert counts(again) == (0, 2, 0)
    assert snapshot() == before


def snapshot():
    return (
        list(Referral.objects.order_by("pk").values_list("revision", "status")),
        ReferralStep.objects.count(),
        Drawdown.objects.count(),
        Event.objects.count(),
    )


def test_a_later_copy_with_more_filled_in_advances(sent):
    copy = sent.fetch().answer(1, {"received": localdate()})
    sent.give_back(copy)
    assert sent.referral(1).status == ReferralStatus.ACKNOWLEDGED
    assert counts(sent.give_back(copy.answer(1, {"contacted": localdate()}))) == (1, 0, 0)
    assert sent.referral(1).status == ReferralStatus.IN_CONTACT


def test_one_wrong_row_is_named_and_the_others_take_effect(sent):
    copy = sent.fetch().answer(1, {"received": localdate(), "line": "五百万"})
    copy.answer(2, {"received": localdate()})
    result = sent.give_back(copy)
    assert counts(result) == (1, 0, 1)
    fault = result.faults[0]
    assert (fault.where, fault.row, fault.field) == ("需求清单", copy.number(1), "批准额度（万元）")
    assert fault.value == "五百万"
    assert "万元" in fault.expected
    assert sent.referral(1).status == ReferralStatus.SENT
    assert sent.referral(2).status == ReferralStatus.ACKNOWLEDGED


def test_nothing_of_a_row_is_kept_when_its_last_answer_is_refused(sent):
    copy = sent.fetch().answer(1, {**funded(), "drawn2_amount": 800})
    result = sent.give_back(copy)
    (fault,) = result.faults
    assert (fault.field, fault.code) == ("第2笔放款金额（万元）", "above_line")
    assert sent.referral(1).status == ReferralStatus.SENT
    assert not Drawdown.objects.exists()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("企业名称", "别的企业"),
        ("企业名称", None),
        ("需求编号", "N-0"),
        ("融资金额（万元）", 1),
        ("推送编号", "00000000-0000-0000-0000-000000000000"),
        ("推送版本", 99),
    ],
)
def test_a_row_whose_identification_was_changed_is_refused_by_name(sent, header, value):
    copy = sent.fetch().answer(1, {"received": localdate()}).answer(2, {"received": localdate()})
    copy.write(1, header, value)
    result = sent.give_back(copy)
    assert counts(result) == (1, 0, 1)
    (fault,) = result.faults
    assert (fault.row, fault.field) == (copy.number(1), header)
    assert fault.code == "identification_changed"
    assert sent.referral(1).status == ReferralStatus.SENT


def test_two_rows_that_were_swapped_in_part_are_refused(sent):
    copy = sent.fetch().answer(1, {"received": localdate()})
    copy.write(2, "推送编号", copy.cell(1, "推送编号"))
    result = sent.give_back(copy)
    assert [fault.code for fault in result.faults] == ["duplicate_row"]


def test_the_copy_of_another_sheet_is_refused_as_a_whole(sent):
    copy = sent.fetch().answer(1, {"received": localdate()})
    for row in copy.rows[: copy.header_at]:
        if row[0] == "清单摘要":
            row[2] = "sha256:" + "0" * 64
    with pytest.raises(InvalidInput) as refused:
        sent.give_back(copy)
    assert refused.value.problems[0].code == "another_sheet"


@pytest.mark.parametrize(
    ("answers", "header"),
    [
        ({"state": "已受理"}, "受理日期"),
        ({"state": "不予支持"}, "不予支持原因1"),
        ({"reason1": "额度不足"}, "办理状态"),
        ({"line": 100}, "批准日期"),
        ({"drawn1_on": localdate()}, "第1笔放款金额（万元）"),
        ({"term": 12}, "批准额度（万元）"),
        (
            {"approved_on": localdate(), "line": 100, "line_rate": 0.0385},
            "批准年利率（%）",
        ),
        ({"received": localdate() + timedelta(days=3)}, "受理日期"),
        ({"matter": "企业有逾期"}, "需协调事项"),
        ({"branch": "没有的支行"}, "承办分支机构"),
    ],
)
def test_answers_that_cannot_be_right_name_their_column(sent, answers, header):
    result = sent.give_back(sent.fetch().answer(1, answers))
    assert [fault.field for fault in result.faults] == [header]
    assert sent.referral(1).status == ReferralStatus.SENT


def test_a_branch_is_found_by_name_and_not_given_back_to_by_an_old_copy(sent):
    branch = OrganizationFactory(bank=True, parent=sent.sheet.institution)
    copy = sent.fetch().answer(1, {"branch": branch.name})
    assert sent.give_back(copy).faults == ()
    assert sent.referral(1).unit == branch
    Referral.objects.filter(pk=sent.referral(1).pk).update(unit=sent.sheet.institution)
    assert counts(sent.give_back(copy)) == (0, 1, 0)
    assert sent.referral(1).unit == sent.sheet.institution


def test_an_unknown_manager_is_noticed_and_stops_nothing(sent):
    copy = sent.fetch().answer(1, {"received": localdate(), "manager": "张三"})
    result = sent.give_back(copy)
    assert counts(result) == (1, 0, 0)
    assert "张三" in result.notices[0][1]
    referral = sent.referral(1)
    assert (referral.manager_name, referral.handler) == ("张三", None)
    assert counts(sent.give_back(copy)) == (0, 1, 0)


def test_a_manager_with_an_account_takes_the_place_of_a_bare_name(sent):
    sent.give_back(sent.fetch().answer(1, {"manager": "张三"}))
    colleague = make_actor(
        organization=sent.sheet.institution, role=Role.INSTITUTION, user__display_name="李四"
    )
    sent.give_back(sent.fetch().answer(1, {"manager": "李四"}))
    referral = sent.referral(1)
    assert (referral.manager_name, referral.handler) == ("", colleague.user)


def test_the_product_really_worked_with_is_kept_and_an_old_copy_does_not_undo_it(sent):
    first = sent.fetch().answer(1, {**funded(), "product": "科创快贷"}).save()
    sent.give_back(first)
    assert sent.referral(1).actual_product == "科创快贷"
    sent.give_back(sent.fetch().answer(1, {**funded(), "product": "科创慢贷"}))
    assert counts(sent.give_back(first)) == (0, 1, 0)
    assert sent.referral(1).actual_product == "科创慢贷"


def test_an_alternative_beside_a_decline_needs_the_firms_word_on_reasons(sent):
    Consent.objects.filter(direction=Direction.TO_DEPARTMENT).update(withdrawn_at=timezone.now())
    ConsentFactory(
        need=sent.referral(1).need,
        institution=sent.sheet.institution,
        reverse=True,
        groups=["progress"],
    )
    sent.give_back(sent.fetch().answer(1, DECLINED))
    referral = sent.referral(1)
    assert (referral.status, referral.alternative) == (ReferralStatus.DECLINED, "")


def test_a_copy_fetched_before_a_consent_ended_is_refused_only_where_it_must(sent):
    copy = sent.fetch().answer(1, {"received": localdate()}).answer(2, {"received": localdate()})
    referral = sent.referral(1)
    Referral.objects.filter(pk=referral.pk).update(
        status=ReferralStatus.WITHDRAWN, ended_at=referral.sent_at
    )
    result = sent.give_back(copy)
    assert counts(result) == (1, 0, 1)
    assert result.faults[0].field == "受理日期"


def test_the_department_enters_a_copy_in_the_institutions_name_and_the_journal_says_so(sent):
    officer = sent.office.officer
    result = sent.give_back(sent.fetch().answer(1, {"received": localdate()}), officer)
    assert result.faults == ()
    assert result.is_in_the_name_of
    event = Event.objects.get(type=EventType.SHEET_RETURNED)
    assert event.user == officer.user
    assert event.payload["in_the_institutions_name"] is True
    step = sent.referral(1).steps.get()
    assert (step.user, step.organization) == (officer.user, sent.sheet.institution)


def test_without_the_firms_word_on_progress_only_answered_is_kept_and_only_once(sent):
    Consent.objects.filter(direction=Direction.TO_DEPARTMENT).update(withdrawn_at=timezone.now())
    copy = sent.fetch().answer(1, funded()).answer(2, DECLINED).save()
    assert counts(sent.give_back(copy)) == (2, 0, 0)
    before = snapshot()
    assert counts(sent.give_back(copy)) == (0, 2, 0)
    assert snapshot() == before
    assert [taken.step for taken in ReferralStep.objects.all()] == ["answered", "answered"]
    assert not Drawdown.objects.exists()


def test_without_its_word_on_amounts_steps_are_kept_once_and_no_money(sent):
    Consent.objects.filter(direction=Direction.TO_DEPARTMENT).update(withdrawn_at=timezone.now())
    ConsentFactory(
        need=sent.referral(1).need,
        institution=sent.sheet.institution,
        reverse=True,
        groups=["progress"],
    )
    copy = sent.fetch().answer(1, funded()).save()
    assert counts(sent.give_back(copy)) == (1, 0, 0)
    before = snapshot()
    assert counts(sent.give_back(copy)) == (0, 1, 0)
    assert snapshot() == before
    assert sent.referral(1).status == ReferralStatus.FUNDED
    assert not Drawdown.objects.exists()


def test_an_old_copy_brings_no_voided_drawdown_and_no_earlier_line_back(sent):
    copy = sent.fetch().answer(1, funded()).save()
    sent.give_back(copy)
    what = {"actor": sent.manager, "expected_revision": None, "now": timezone.now()}
    void_drawdown(
        **what,
        referral=sent.referral(1),
        drawdown=Drawdown.objects.get(amount_yuan=2_000_000),
        reason="重复",
    )
    approve_referral(**what, referral=sent.referral(1), terms=LineTerms(amount_yuan=8_000_000))
    before = snapshot()
    assert counts(sent.give_back(copy)) == (0, 1, 0)
    assert snapshot() == before


def test_what_differs_beside_a_known_drawdown_is_noticed(sent):
    sent.give_back(sent.fetch().answer(1, funded()))
    result = sent.give_back(sent.fetch().answer(1, {**funded(), "drawn1_security": "房产"}))
    assert counts(result) == (0, 1, 0)
    assert "第1笔放款" in result.notices[0][1]


def test_another_amount_for_a_known_drawdown_is_refused(sent):
    sent.give_back(sent.fetch().answer(1, funded()))
    result = sent.give_back(sent.fetch().answer(1, {**funded(), "drawn2_amount": 100}))
    assert [fault.code for fault in result.faults] == ["reference_used"]
    assert "2000000" in result.faults[0].expected


def test_needs_that_go_on_from_an_earlier_sheet_are_listed_and_answered_there(sent):
    bank = sent.sheet.institution
    (need,) = open_needs(1)
    ConsentFactory(need=need, institution=bank)
    sent.office.draft_and_send(per_need=1)
    later = replace(sent, sheet=Sheet.objects.get(institution=bank, version=2))
    copy = later.fetch()
    earlier = {sent.referral(1).need.code, sent.referral(2).need.code}
    assert {copy.cell(line, "需求编号") for line in (2, 3)} == earlier
    assert {copy.cell(line, "变化") for line in (2, 3)} == {"延续"}
    copy.answer(1, {"received": localdate()}).answer(2, {"received": localdate()})
    result = later.give_back(copy)
    assert counts(result) == (1, 0, 1)
    assert result.faults[0].row == copy.number(2)
    assert "原清单" in result.faults[0].expected
    assert sent.referral(1).status == ReferralStatus.SENT


def test_others_may_not_return_a_sheet(sent):
    copy = sent.fetch().answer(1, {"received": localdate()})
    other = make_actor(organization__bank=True, role=Role.INSTITUTION)
    with pytest.raises(NotPermitted):
        sent.give_back(copy, other)
    assert sent.referral(1).status == ReferralStatus.SENT
