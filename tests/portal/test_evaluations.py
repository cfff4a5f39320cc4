"""Evaluations by third parties on the firm's profile and on the department's page of the firm."""

import pytest
from django.urls import reverse

from tests.factories.firms import FirmEvaluationFactory, FirmFactory

PROFILE = "/firm/profile/"
ENTRIES = {
    "kind": "innovation_score",
    "evaluator": "省科技评价中心",
    "evaluated_on": "2026-03-01",
    "score": "81.5",
    "scale": "100",
}


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def firm_page(firm):
    return reverse("portal:department_needs_firm", args=[firm.public_id])


def test_a_firm_records_a_result_and_reads_it_on_its_profile(browse, firm_actor, firm):
    client = browse(firm_actor)
    address = reverse("portal:firm_profile_evaluation")
    assert "信用评价" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(address, ENTRIES | {"press": "once"}).url == PROFILE
    assert firm.evaluations.count() == 1
    text = client.get(PROFILE).content.decode()
    assert "81.50 分（满分 100）" in text
    assert "企业自行登记" in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": "101"}, "score"),
        ({"kind": "ip_valuation"}, "value_yuan"),
        ({"valid_until": "2025-01-01"}, "valid_until"),
        ({"evaluator": "某征信公司"}, "evaluator"),
        ({"kind": "credit"}, "kind"),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field(browse, firm_actor, firm, changes, field):
    refused = browse(firm_actor).post(reverse("portal:firm_profile_evaluation"), ENTRIES | changes)
    assert refused.status_code == 422
    assert refused.context["form"].errors[field]


def test_a_firm_retracts_what_it_recorded_itself_alone(browse, firm_actor, firm):
    own = FirmEvaluationFactory(firm=firm)
    theirs = FirmEvaluationFactory(firm=firm, source="department")
    client = browse(firm_actor)
    addresses = {
        row: reverse("portal:firm_profile_evaluation_retract", args=[row.public_id])
        for row in (own, theirs)
    }
    text = client.get(PROFILE).content.decode()
    assert addresses[own] in text
    assert addresses[theirs] not in text
    assert client.post(addresses[own], {"reason": "得分录错"}).url == PROFILE
    assert client.post(addresses[theirs], {"reason": "不认可"}).status_code == 422
    assert "得分录错" in client.get(PROFILE).content.decode()


def test_a_department_records_and_retracts_on_the_firms_page(browse, department_actor, firm):
    client, page = browse(department_actor), firm_page(firm)
    address = reverse("portal:department_needs_firm_evaluation", args=[firm.public_id])
    entries = ENTRIES | {"source": "evaluator", "document_number": "名单 1 号"}
    assert client.post(address, entries).url == page
    text = client.get(page).content.decode()
    assert "评价机构提供的名单" in text
    row = firm.evaluations.get()
    retract = reverse("portal:department_needs_firm_evaluation_retract", args=[row.public_id])
    assert retract in text
    assert client.post(retract, {"reason": ""}).status_code == 422
    assert client.post(retract, {"reason": "录错企业"}).url == page
    assert "录错企业" in client.get(page).content.decode()


def test_a_department_finds_the_firm_from_its_need(browse, department_actor, firm):
    from tests.factories.needs import NeedFactory

    need = NeedFactory(firm=firm, submitted=True)
    address = reverse("portal:department_needs_detail", args=[need.public_id])
    assert firm_page(firm) in browse(department_actor).get(address).content.decode()


def test_strangers_find_neither_the_firm_nor_its_evaluations(
    browse, stranger_actor, bank_actor, firm
):
    row = FirmEvaluationFactory(firm=firm)
    stranger = browse(stranger_actor)
    address = reverse("portal:firm_profile_evaluation_retract", args=[row.public_id])
    assert stranger.get(address).status_code == 404
    assert browse(bank_actor).get(firm_page(firm)).status_code == 404


def test_the_page_asks_as_often_for_many_evaluations_as_for_few(
    browse, department_actor, firm, count_queries
):
    client = browse(department_actor)
    FirmEvaluationFactory(firm=firm)
    client.get(firm_page(firm))
    few = count_queries(lambda: client.get(firm_page(firm)))
    FirmEvaluationFactory.create_batch(4, firm=firm)
    assert count_queries(lambda: client.get(firm_page(firm))) == few
