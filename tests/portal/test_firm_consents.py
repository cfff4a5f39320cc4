"""Consents of a need on pages: given, shown, taken back; and who saw what."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.consents.models import Consent
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory, ConsentTextFactory, DisclosureFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory

DISCLOSURES = "/firm/disclosures/"


@pytest.fixture
def need(firm_actor):
    firm = FirmFactory(organization=firm_actor.organization)
    return NeedFactory(firm=firm, open=True)


@pytest.fixture
def bank(db):
    for direction in ("to_institution", "to_department"):
        ConsentTextFactory(direction=direction)
    return ProductFactory().institution


def page(need):
    return reverse("portal:firm_consents", args=[need.public_id])


def entries(bank, **changes):
    return {
        "institutions": [bank.code],
        "to_institution": ["identity"],
        "to_department": ["progress"],
        "expires_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        "text_to_institution": "2026-01",
        "text_to_department": "2026-01",
        **changes,
    }


def test_one_form_consents_to_both_directions_once(browse, firm_actor, need, bank):
    client = browse(firm_actor)
    for _ in range(2):
        assert client.post(page(need), entries(bank, press="once")).url == page(need)
    assert sorted(Consent.objects.values_list("direction", flat=True)) == [
        "to_department",
        "to_institution",
    ]
    text = client.get(page(need)).content.decode()
    assert bank.name in text
    assert "有效" in text


def test_the_wording_stands_beside_the_form(browse, firm_actor, need, bank):
    assert "测试授权文本" in browse(firm_actor).get(page(need)).content.decode()


def test_a_consent_to_nothing_is_refused(browse, firm_actor, need, bank):
    refused = browse(firm_actor).post(
        page(need), entries(bank, to_institution=[], to_department=[])
    )
    assert refused.status_code == 422
    assert "至少勾选一项" in refused.content.decode()


def test_a_day_that_has_passed_is_named(browse, firm_actor, need, bank):
    refused = browse(firm_actor).post(page(need), entries(bank, expires_on="2020-01-01"))
    assert refused.status_code == 422
    assert refused.context["form"].errors["expires_on"]


def test_a_consent_is_taken_back_by_one_press(browse, firm_actor, need):
    consent = ConsentFactory(need=need)
    address = reverse("portal:firm_consents_withdraw", args=[consent.public_id])
    assert browse(firm_actor).post(address).url == page(need)
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_strangers_neither_read_nor_take_back(browse, stranger_actor, need):
    consent = ConsentFactory(need=need)
    client = browse(stranger_actor)
    assert client.get(page(need)).status_code == 404
    address = reverse("portal:firm_consents_withdraw", args=[consent.public_id])
    assert client.post(address).status_code == 404


def test_the_firm_reads_who_saw_what(browse, firm_actor, need):
    consent = ConsentFactory(need=need)
    DisclosureFactory(consent=consent)
    assert consent.institution.name in browse(firm_actor).get(DISCLOSURES).content.decode()


def test_an_empty_ledger_says_what_it_will_hold(browse, firm_actor):
    assert "还没有机构看过" in browse(firm_actor).get(DISCLOSURES).content.decode()


def test_the_ledger_costs_the_same_number_of_queries_for_any_number(
    browse, firm_actor, need, count_queries
):
    consent = ConsentFactory(need=need)
    DisclosureFactory(consent=consent)
    client = browse(firm_actor)
    client.get(DISCLOSURES)
    few = count_queries(lambda: client.get(DISCLOSURES))
    DisclosureFactory.create_batch(4, consent=consent)
    assert count_queries(lambda: client.get(DISCLOSURES)) == few
