"""The institution's inbox and one referral: what is shown, and every answer."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.consents.models import Disclosure
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory


@pytest.fixture
def referral(bank_actor):
    return ReferralFactory(institution=bank_actor.organization)


def page(referral):
    return reverse("portal:institution_inbox_referral", args=[referral.public_id])


def answer(client, referral, name, **values):
    referral.refresh_from_db()
    address = reverse("portal:institution_inbox_answer", args=[referral.public_id, name])
    return client.post(address, {"revision": referral.revision, **values})


def today():
    return timezone.localdate().isoformat()


def test_a_new_referral_lies_in_the_inbox_unread_and_named_by_consent(browse, bank_actor, referral):
    client = browse(bank_actor)
    text = client.get(reverse("portal:institution_inbox")).content.decode()
    assert referral.need.firm.organization.name in text
    assert 'class="unread"' in text
    client.get(page(referral))
    assert 'class="unread"' not in client.get(reverse("portal:institution_inbox")).content.decode()


def test_without_consent_the_firm_is_masked_on_both_pages(browse, bank_actor):
    referral = ReferralFactory(institution=bank_actor.organization, with_consents=False)
    firm = referral.need.firm.organization
    client = browse(bank_actor)
    for address in (reverse("portal:institution_inbox"), page(referral)):
        text = client.get(address).content.decode()
        assert "未授权显示名称的企业" in text
        assert firm.name not in text
        assert firm.code not in text


def test_what_a_page_shows_of_a_firm_is_recorded(browse, bank_actor, referral):
    browse(bank_actor).get(page(referral))
    assert Disclosure.objects.filter(need=referral.need, channel="portal").exists()


def test_no_score_is_shown(browse, bank_actor, referral):
    assert "匹配度" not in browse(bank_actor).get(page(referral)).content.decode()


def test_one_press_acknowledges_and_two_do_no_more(browse, bank_actor, referral):
    client = browse(bank_actor)
    press = {"press": "token", "revision": referral.revision}
    address = reverse("portal:institution_inbox_acknowledge", args=[referral.public_id])
    for _ in range(2):
        assert client.post(address, press).url == page(referral)
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.ACKNOWLEDGED
    assert referral.steps.count() == 1


def test_a_page_that_somebody_else_overtook_is_refused_in_words(browse, bank_actor, referral):
    client = browse(bank_actor)
    address = reverse("portal:institution_inbox_acknowledge", args=[referral.public_id])
    client.post(address, {"revision": referral.revision})
    answer(client, referral, "step", step="contacted", date=today())
    old = client.post(
        reverse("portal:institution_inbox_answer", args=[referral.public_id, "decline"]),
        {"revision": 0, "reasons": ["bank_internal"]},
    )
    assert old.status_code == 422
    assert "已被他人修改" in old.content.decode()


def test_from_contact_to_money_in_forms(browse, bank_actor, referral):
    client = browse(bank_actor)
    assert answer(client, referral, "step", step="contacted", date=today()).status_code == 302
    line = {"amount_yuan": "500", "term_months": 12, "annual_rate": "3.85", "date": today()}
    assert answer(client, referral, "approve", **line).status_code == 302
    money = {"amount_yuan": "300", "date": today(), "security": ["patent"]}
    assert answer(client, referral, "disburse", **money).status_code == 302
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.FUNDED
    assert referral.lines.get().amount_yuan == 5_000_000
    assert float(referral.lines.get().annual_rate) == 0.0385
    assert referral.drawdowns.get().amount_yuan == 3_000_000


def test_a_decline_needs_a_reason_and_says_so_beside_the_field(browse, bank_actor, referral):
    client = browse(bank_actor)
    refused = answer(client, referral, "decline")
    assert refused.status_code == 422
    assert refused.context["form"].errors["reasons"]
    answer(client, referral, "decline", reasons=["amount", "bank_internal"], note="额度用完")
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.DECLINED


def test_documents_are_named_one_per_line(browse, bank_actor, referral):
    answer(browse(bank_actor), referral, "documents", names="审计报告\n\n纳税证明 ")
    assert [one.name for one in referral.documents.order_by("pk")] == ["审计报告", "纳税证明"]


def test_a_rival_finds_nothing_and_answers_nothing(browse, referral):
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    assert rival.get(page(referral)).status_code == 404
    assert answer(rival, referral, "decline", reasons=["bank_internal"]).status_code == 404
    assert "没有待受理" in rival.get(reverse("portal:institution_inbox")).content.decode()


def test_the_inbox_asks_the_same_number_of_questions_for_any_number(
    browse, bank_actor, count_queries
):
    client = browse(bank_actor)

    def look():
        return count_queries(lambda: client.get(reverse("portal:institution_inbox")))

    ReferralFactory(institution=bank_actor.organization)
    look()
    few = look()
    ReferralFactory.create_batch(5, institution=bank_actor.organization)
    assert look() == few
