"""A firm's needs: the first page, the form, handing in and taking back."""

import pytest
from django.urls import reverse

from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.enums import Role
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.referrals import DrawdownFactory, ReferralFactory

HOME = "/firm/"


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def page(need, name="firm_need"):
    return reverse(f"portal:{name}", args=[need.public_id])


def entries(**changes):
    return {
        "amount_min_yuan": "100",
        "amount_max_yuan": "300",
        "financing_types": ["credit_loan"],
        "term_max_months": "12",
        "purposes": ["working_capital"],
        "needed_by": "2030-01-31",
        "open_to_others": "on",
        "contact_name": "王经理",
        **changes,
    }


def test_the_first_page_says_what_to_do_when_nothing_is_there(browse, firm_actor):
    assert "还没有融资需求" in browse(firm_actor).get(HOME).content.decode()


def test_the_first_page_lists_what_waits_for_the_firm(browse, firm_actor, firm):
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), funded=True)
    DrawdownFactory(referral=referral)
    referral.documents.create(name="审计报告", asked_at=referral.sent_at, asked_by=UserFactory())
    text = browse(firm_actor).get(HOME).content.decode()
    assert "确认放款" in text
    assert "审计报告" in text


def test_the_first_page_asks_as_often_for_many_needs_as_for_few(
    browse, firm_actor, firm, count_queries
):
    client = browse(firm_actor)
    NeedFactory(firm=firm)
    client.get(HOME)
    few = count_queries(lambda: client.get(HOME))
    NeedFactory.create_batch(5, firm=firm)
    assert count_queries(lambda: client.get(HOME)) == few


def test_a_draft_is_kept_in_yuan_and_leads_to_its_matches(browse, firm_actor, firm):
    ProductFactory(name="合适贷")
    answer = browse(firm_actor).post(reverse("portal:firm_need_new"), entries())
    need = Need.objects.get()
    assert answer.url == page(need)
    assert (need.amount_min_yuan, need.amount_max_yuan) == (1_000_000, 3_000_000)
    assert need.collateral is None
    assert "合适贷" in browse(firm_actor).get(page(need)).content.decode()


def test_no_collateral_is_a_statement(browse, firm_actor, firm):
    browse(firm_actor).post(reverse("portal:firm_need_new"), entries(no_collateral="on"))
    assert Need.objects.get().collateral == []


def test_saving_twice_makes_one_need(browse, firm_actor, firm):
    client = browse(firm_actor)
    for _ in range(2):
        client.post(reverse("portal:firm_need_new"), entries(press="once"))
    assert Need.objects.count() == 1


def test_an_impossible_span_is_refused_beside_its_field(browse, firm_actor, firm):
    answer = browse(firm_actor).post(
        reverse("portal:firm_need_new"), entries(amount_min_yuan="500")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) & {"amount_min_yuan", "amount_max_yuan"}


def test_a_need_that_somebody_else_changed_is_not_overwritten(browse, firm_actor, firm):
    need = NeedFactory(firm=firm)
    answer = browse(firm_actor).post(page(need, "firm_need_edit"), entries(revision=99))
    assert answer.status_code == 422
    assert "已被他人修改" in answer.content.decode()


def test_the_form_shows_a_kept_need_in_peoples_units(browse, firm_actor, firm):
    text = browse(firm_actor).get(page(NeedFactory(firm=firm), "firm_need_edit")).content.decode()
    assert 'value="300"' in text


def test_one_press_hands_in_and_two_do_no_more(browse, firm_actor, firm):
    need = NeedFactory(firm=firm)
    client = browse(firm_actor)
    for _ in range(2):
        client.post(page(need, "firm_need_submit"), {"revision": need.revision, "press": "once"})
    need.refresh_from_db()
    assert need.status == NeedStatus.SUBMITTED


def test_an_incomplete_need_says_what_is_missing(browse, firm_actor, firm):
    need = NeedFactory(firm=firm, contact_phone="", purposes=None)
    client = browse(firm_actor)
    client.post(page(need, "firm_need_submit"), {"revision": need.revision})
    assert "联系电话" in client.get(page(need)).content.decode()
    need.refresh_from_db()
    assert need.status == NeedStatus.DRAFT


def test_without_proved_authority_a_need_stays_a_draft(browse, db):
    actor = make_actor()
    need = NeedFactory(firm__organization=actor.organization)
    client = browse(actor)
    assert "尚未核验" in client.get(page(need)).content.decode()
    client.post(page(need, "firm_need_submit"), {"revision": need.revision})
    need.refresh_from_db()
    assert need.status == NeedStatus.DRAFT


def test_a_need_is_taken_back_with_its_reason(browse, firm_actor, firm):
    need = NeedFactory(firm=firm, open=True)
    browse(firm_actor).post(
        page(need, "firm_need_withdraw"), {"revision": need.revision, "reason": "已自行解决"}
    )
    need.refresh_from_db()
    assert need.status == NeedStatus.WITHDRAWN


@pytest.mark.parametrize(
    "name", ["firm_need", "firm_need_edit", "firm_need_withdraw", "firm_need_print"]
)
def test_strangers_and_other_roles_find_nothing(browse, firm, stranger_actor, name):
    need = NeedFactory(firm=firm, open=True)
    assert browse(stranger_actor).get(page(need, name)).status_code == 404
    bank = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert browse(bank).get(page(need, name)).status_code == 404
    assert "sign-in" in browse(None).get(page(need, name)).url


def test_an_institution_with_drafts_alone_is_not_named(browse, firm_actor):
    ProductFactory(institution__name="只有草稿的银行", draft=True)
    ProductFactory(institution__name="有产品的银行")

    page = browse(firm_actor).get(reverse("portal:firm_need_new")).content.decode()

    assert "有产品的银行" in page
    assert "只有草稿的银行" not in page


def test_editing_keeps_whom_the_form_has_no_place_for(browse, firm_actor):
    banks = [OrganizationFactory(bank=True) for _ in range(5)]
    need = NeedFactory(firm__organization=firm_actor.organization)
    for position, bank in enumerate(banks):
        NamedInstitutionFactory(need=need, institution=bank, position=position + 1)
    address = reverse("portal:firm_need_edit", args=[need.public_id])
    client = browse(firm_actor)
    shown = client.get(address).context["form"]

    entries = {name: shown[name].value() for name in shown.fields if shown[name].value()}
    answer = client.post(address, {**entries, "revision": need.revision, "amount_max_yuan": "500"})

    assert answer.status_code == 302
    kept = need.named_institutions.order_by("position").values_list("institution__code", flat=True)
    assert list(kept) == [bank.code for bank in banks]
