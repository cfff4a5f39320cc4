"""`GET reports/coverage/`: needs that nothing serves, for the department."""

from decimal import Decimal

import pytest
from django.utils import timezone

from backend.firms.enums import FactSource
from backend.firms.services import record_facts
from backend.matches import adapters
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db

SERVED = "，可多服务 1 项需求（1 家企业）"
PATH = "/api/v1/reports/coverage/"


@pytest.fixture
def firm(firm_actor):
    """A firm in growth, in the department's region."""
    return FirmFactory(organization=firm_actor.organization, profiled=True)


def make_product(code, **values):
    conditions = {"stage", "amount", "term", "region", "industry", "industry_excluded"}
    conditions |= {"tech_field", "purpose", "qualifications_all", "qualifications_any"}
    conditions |= {"firm_age", "collateral"}
    stated = {"purposes": "purpose", "stages": "stage", "amount_max_yuan": "amount"}
    stated |= {"collateral": "collateral", "qualifications_all": "qualifications_all"}
    conditions -= {stated[field] for field in values if field in stated}
    return ProductFactory(
        code=code,
        annual_rate_min=Decimal("0.04"),
        open_conditions=sorted(conditions),
        **values,
    )


def coverage_of(client, query=""):
    response = client.get(PATH + query)
    assert response.status_code == 200, response.content
    return response.json()


def test_the_department_reads_gaps_and_what_would_close_them(department_client, firm):
    """Counts by kind of need, products by name, limits and sentences."""
    product = make_product("P-1", name="小微贷", amount_max_yuan=800_000)
    NeedFactory(open=True, firm=firm)
    NeedFactory(open=True, firm=firm, amount_min_yuan=500_000, amount_max_yuan=500_000)
    NeedFactory(firm=firm, amount_min_yuan=9_000_000, amount_max_yuan=9_000_000)
    body = coverage_of(department_client)
    assert (body["needs"], body["firms"]) == (2, 1)
    assert (body["unserved_needs"], body["unserved_firms"]) == (1, 1)
    (gap,) = body["gaps"]
    assert (gap["stage_label"], gap["amount_label"], gap["financing_type_label"]) == (
        "成长期",
        "100 万元以上至 500 万元",
        "信用贷款",
    )
    assert (gap["unserved_needs"], gap["needs"]) == (1, 1)
    assert gap["city"] == firm.organization.region_code[:4] + "00"
    (relaxation,) = body["relaxations"]
    assert (relaxation["product_name"], relaxation["institution_name"]) == (
        "小微贷",
        product.institution.name,
    )
    assert (relaxation["criterion"], relaxation["field"]) == ("amount", "amount_max_yuan")
    assert (relaxation["from"], relaxation["to"]) == (800_000, 1_000_000)
    assert [step["text"] for step in relaxation["steps"]] == [
        "最高金额由 80 万元放宽为 100 万元，可多服务 1 项需求（1 家企业）"
    ]
    assert "不构成担保" in body["disclaimer"]


def test_codes_and_further_conditions_are_said_in_words(department_client, firm):
    """Each kind of relaxation has its sentence."""
    make_product("P-1", purposes=["research"])
    make_product("P-2", stages=["seed"])
    make_product("P-3", qualifications_all=["high_tech"])
    make_product("P-4", collateral=["patent"])
    make_product("P-5", terms=[{"field": "revenue_yuan", "op": ">=", "value": 10_000_000}])
    today = timezone.localdate()
    record_facts(
        actor=None,
        firm=firm,
        values={"revenue_yuan": Decimal(8_000_000)},
        source=FactSource.DECLARED,
        fiscal_year=today.year - 1,
        today=today,
        now=timezone.now(),
    )
    NeedFactory(open=True, firm=firm, collateral=[])
    texts = {
        item["product"]: item["steps"][-1]["text"].removesuffix(SERVED)
        for item in coverage_of(department_client)["relaxations"]
    }
    assert texts == {
        "P-1": "“资金用途”的要求增加：日常经营周转",
        "P-2": "“企业阶段”的要求增加：成长期",
        "P-3": "“须全部具备的资质”的要求去掉：高新技术企业",
        "P-4": "取消“担保方式”的要求",
        "P-5": "对营业收入的要求由 1,000 万元放宽为 800 万元",
    }


def test_top_cuts_the_relaxations_and_nothing_else(department_client, firm):
    """The counts stay whole."""
    for number in range(3):
        make_product(f"P-{number}", stages=["seed"])
    NeedFactory(open=True, firm=firm)
    body = coverage_of(department_client, "?top=2")
    assert [item["product"] for item in body["relaxations"]] == ["P-0", "P-1"]
    assert body["unserved_needs"] == 1


def test_needs_of_other_regions_are_not_counted(department_client, firm):
    """A department reads its own region and below."""
    NeedFactory(open=True, firm=firm)
    NeedFactory(open=True, firm__organization__region__code="110101")
    assert coverage_of(department_client)["needs"] == 1


def test_without_needs_everything_is_nothing(department_client):
    """No gap and no relaxation."""
    body = coverage_of(department_client)
    assert (body["needs"], body["gaps"], body["relaxations"]) == (0, [], [])


def test_firms_and_institutions_may_not_read_it(firm_client, bank_client, stranger_client):
    """It speaks of other firms' needs."""
    for client in (firm_client, bank_client, stranger_client):
        assert client.get(PATH).status_code == 403


def test_sign_in_is_needed(anonymous_client):
    """Nobody reads reports without an account."""
    assert anonymous_client.get(PATH).status_code == 401


@pytest.mark.parametrize(("query", "field"), [("?top=0", "top"), ("?stage=seed", "stage")])
def test_bad_input_names_its_field(department_client, query, field):
    """With what is expected instead."""
    response = department_client.get(PATH + query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_queries_do_not_grow_with_needs(department_client, firm, count_queries):
    """Needs and firms are read together."""
    make_product("P-1", stages=["seed"])
    NeedFactory(open=True, firm=firm)
    coverage_of(department_client)
    known = count_queries(lambda: coverage_of(department_client))
    NeedFactory(open=True, firm=firm)
    few = count_queries(lambda: coverage_of(department_client))
    NeedFactory.create_batch(5, open=True, firm=firm)
    many = count_queries(lambda: coverage_of(department_client))
    assert known < few == many


def test_the_report_is_made_anew_when_something_changed_and_only_then(
    department_client, firm, monkeypatch
):
    """A need, a product; never an old report, and never the same work twice."""
    make_product("P-1", purposes=["research"])
    NeedFactory(open=True, firm=firm, purposes=["plant"])
    made = []
    cover = adapters.cover
    monkeypatch.setattr(adapters, "cover", lambda *a, **k: made.append(1) or cover(*a, **k))
    assert coverage_of(department_client) == coverage_of(department_client)
    assert len(made) == 1
    NeedFactory(open=True, firm=firm, purposes=["plant"])
    assert coverage_of(department_client)["unserved_needs"] == 2
    make_product("P-2")
    assert coverage_of(department_client)["unserved_needs"] == 0
    assert len(made) == 3
