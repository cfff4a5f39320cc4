"""One need as its firm sees it: progress, matches, near misses, questions, what-if, calendar."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.matches.models import MatchImpression
from backend.referrals.enums import OutcomeState
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FactFactory, FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.referrals import DrawdownFactory, ReferralFactory, ReferralStepFactory


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def need(firm):
    return NeedFactory(firm=firm, open=True)


@pytest.fixture
def referral(firm):
    return ReferralFactory(need=NeedFactory(firm=firm, in_referral=True))


def page(need, name="firm_need"):
    return reverse(f"portal:{name}", args=[need.public_id])


def read(browse, actor, need, name="firm_need", **query):
    return browse(actor).get(page(need, name), query).content.decode()


def test_matches_stand_with_their_disclaimer_and_are_kept_for_learning(browse, firm_actor, need):
    ProductFactory(name="合适贷")
    text = read(browse, firm_actor, need)
    assert "合适贷" in text
    assert "不构成担保或信用评价" in text
    assert MatchImpression.objects.filter(need=need).exists()


def test_the_way_of_a_need_tells_days_and_the_next_step(browse, firm_actor, referral):
    ReferralStepFactory(referral=referral)
    text = read(browse, firm_actor, referral.need)
    assert "受理" in text
    assert "首次联系" in text
    assert 'aria-current="step"' in text


def test_what_a_firm_lets_nobody_report_is_not_shown(browse, firm_actor, firm):
    referral = ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True), with_consents=False, acknowledged=True
    )
    ReferralStepFactory(referral=referral)
    text = read(browse, firm_actor, referral.need)
    assert "未获授权向平台反馈进度" in text
    assert "首次联系" not in text


def test_documents_are_named_and_given_by_one_press(browse, firm_actor, referral):
    referral.documents.create(name="审计报告", asked_at=timezone.now(), asked_by=UserFactory())
    client = browse(firm_actor)
    assert "材料已交齐" in client.get(page(referral.need)).content.decode()
    address = reverse("portal:firm_give_documents", args=[referral.public_id])
    for _ in range(2):
        client.post(address, {"revision": referral.revision, "press": "once"})
    assert referral.documents.get().given_at is not None
    assert "材料已交齐" not in client.get(page(referral.need)).content.decode()


@pytest.mark.parametrize("state", [OutcomeState.REPORTED, OutcomeState.UNANSWERED])
def test_money_that_waits_for_the_firm_is_confirmed_by_one_press(browse, firm_actor, firm, state):
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), funded=True)
    drawdown = DrawdownFactory(referral=referral, state=state)
    client = browse(firm_actor)
    assert "确认到账" in client.get(page(referral.need)).content.decode()
    address = reverse("portal:firm_confirm", args=[referral.public_id, drawdown.public_id])
    client.post(address, {"revision": referral.revision})
    drawdown.refresh_from_db()
    assert drawdown.state == OutcomeState.CONFIRMED


def test_contested_money_needs_words(browse, firm_actor, firm):
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), funded=True)
    drawdown = DrawdownFactory(referral=referral)
    client = browse(firm_actor)
    address = reverse("portal:firm_contest", args=[referral.public_id, drawdown.public_id])
    refused = client.post(address, {"revision": referral.revision})
    assert refused.status_code == 422
    assert refused.context["form"].errors["note"]
    client.post(address, {"revision": referral.revision, "note": "金额不符"})
    drawdown.refresh_from_db()
    assert drawdown.state == OutcomeState.CONTESTED


def test_strangers_confirm_nothing(browse, stranger_actor, firm):
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), funded=True)
    drawdown = DrawdownFactory(referral=referral)
    address = reverse("portal:firm_confirm", args=[referral.public_id, drawdown.public_id])
    answer = browse(stranger_actor).post(address, {"revision": referral.revision})
    assert answer.status_code == 404


def test_a_near_miss_by_yearly_figures_goes_by_the_next_audited_accounts(
    browse, firm_actor, firm, need
):
    FactFactory(firm=firm, field="revenue_yuan", value=1_000_000)
    ProductFactory(terms=[{"field": "revenue_yuan", "op": ">=", "value": 5_000_000}])
    text = read(browse, firm_actor, need)
    assert "以下一年度审计报表为准" in text
    assert "会计师事务所" in text


def test_a_question_leads_to_the_field_that_answers_it(browse, firm_actor, need):
    ProductFactory(firm_age_min_months=12)
    ProductFactory(terms=[{"field": "employees", "op": ">=", "value": 5}])
    text = read(browse, firm_actor, need)
    assert f"{reverse('portal:firm_profile_edit')}#id_founded_on" in text
    assert f"{reverse('portal:firm_profile_counts')}#id_employees" in text


def test_another_amount_tells_what_is_gained_and_lost(browse, firm_actor, need):
    ProductFactory(name="大额贷", amount_min_yuan=8_000_000)
    ProductFactory(name="小额贷", amount_max_yuan=5_000_000)
    text = read(browse, firm_actor, need, "firm_need_what_if", amount="900")
    assert "增加的产品" in text
    assert "大额贷" in text


def test_the_slider_is_answered_with_a_part_of_the_page(browse, firm_actor, need):
    ProductFactory()
    answer = browse(firm_actor).get(
        page(need, "firm_need_what_if"), {"amount": "200"}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="what-if"' in text


def test_an_impossible_amount_is_named(browse, firm_actor, need):
    ProductFactory()
    answer = browse(firm_actor).get(page(need, "firm_need_what_if"), {"amount": "viel"})
    assert answer.context["form"].errors["amount"]
    assert answer.status_code == 200


def test_the_calendar_names_the_day_and_the_product(browse, firm_actor, need):
    opens = timezone.localdate() + timedelta(days=30)
    ProductFactory(name="将开贷", valid_from=opens)
    text = read(browse, firm_actor, need, "firm_need_calendar")
    assert "将开贷" in text
    assert f"{opens.year}年{opens.month}月{opens.day}日" in text


def test_an_empty_calendar_says_what_it_is_for(browse, firm_actor, need):
    assert "没有变化" in read(browse, firm_actor, need, "firm_need_calendar")


def test_the_sheet_of_paper_holds_need_and_matches(browse, firm_actor, need):
    ProductFactory(name="合适贷")
    text = read(browse, firm_actor, need, "firm_need_print")
    assert need.code in text
    assert "合适贷" in text


@pytest.mark.parametrize("name", ["firm_need_what_if", "firm_need_calendar", "firm_need_print"])
def test_strangers_ask_nothing(browse, stranger_actor, need, name):
    assert browse(stranger_actor).get(page(need, name)).status_code == 404


def test_the_page_asks_as_often_for_many_referrals_as_for_few(
    browse, firm_actor, firm, count_queries
):
    need = NeedFactory(firm=firm, in_referral=True)
    client = browse(firm_actor)
    ReferralFactory(need=need)
    client.get(page(need))
    few = count_queries(lambda: client.get(page(need)))
    for _ in range(3):
        ReferralFactory(need=need)
    client.get(page(need))
    assert count_queries(lambda: client.get(page(need))) <= few
