"""`GET needs/{id}/matches/`: who reads it, what it says, and that it is never stale."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backend.catalogue.services import close_product, publish_product, update_product
from backend.firms.enums import FactSource
from backend.firms.services import record_facts, record_qualification
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(firm_actor):
    """An open need of the firm for one to three million yuan on credit."""
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(open=True, firm=firm)


@pytest.fixture
def product(db):
    """A credit loan whose conditions are all said."""
    return ProductFactory(
        code="P-1",
        name="科创贷",
        stages=["growth"],
        amount_min_yuan=500_000,
        amount_max_yuan=5_000_000,
        annual_rate_min=Decimal("0.0385"),
        annual_rate_max=Decimal("0.045"),
        approval_days=5,
        open_conditions=[
            "term",
            "region",
            "industry",
            "industry_excluded",
            "tech_field",
            "purpose",
            "qualifications_all",
            "qualifications_any",
            "firm_age",
            "collateral",
        ],
    )


def path(need, part="matches", query=""):
    return f"/api/v1/needs/{need.public_id}/{part}/{query}"


def matches_of(client, need):
    response = client.get(path(need))
    assert response.status_code == 200, response.content
    return response.json()["matches"]


def republish(product, **values):
    product = update_product(actor=None, product=product, values=values, expected_revision=None)
    return publish_product(
        actor=None, product=product, no_tie_in=True, expected_revision=None, now=timezone.now()
    )


def test_a_firm_reads_the_matches_of_its_own_need(firm_client, need, product):
    """Ranked, with names, reasons in words and everything that the result came from."""
    body = firm_client.get(path(need)).json()
    (match,) = body["matches"]
    assert (match["rank"], match["product"], match["product_name"]) == (1, "P-1", "科创贷")
    assert match["institution_name"] == product.institution.name
    assert match["product_version_id"] == str(product.current_version.public_id)
    assert (match["verdict"], match["verdict_label"]) == ("eligible", "符合已公布条件")
    stage = next(part for part in match["criteria"] if part["code"] == "stage")
    assert stage["text"] == "适用于成长期企业"
    assert body["code"] == need.code
    assert body["stage"] == {
        "code": "growth",
        "label": "成长期",
        "basis": "declared",
        "rule": None,
        "settled": True,
    }
    assert body["as_of"] == timezone.localdate().isoformat()
    assert {"library", "parameters", "catalogue"} <= body["versions"].keys()
    assert "不构成担保" in body["disclaimer"]
    assert "信用评价" in body["disclaimer"]


def test_contributions_add_up_to_the_score(firm_client, need, product):
    """The score explains itself."""
    (match,) = matches_of(firm_client, need)
    total = sum(part["contribution"] for part in match["components"])
    assert total == pytest.approx(match["score"], abs=1e-9)


def test_the_department_reads_the_same_as_the_firm(firm_client, department_client, need, product):
    """Scores included."""
    assert department_client.get(path(need)).content == firm_client.get(path(need)).content


def test_a_firm_reads_the_matches_of_a_draft(firm_client, need, product):
    """Also before its authority is proved: drafts and matches only."""
    draft = NeedFactory(firm=need.firm)
    assert [match["product"] for match in matches_of(firm_client, draft)] == ["P-1"]


def test_an_incubator_reads_its_tenants_matches_without_scores(
    incubator_actor, incubator_client, need, product
):
    """It speaks for the firm with its consent; scores are for the firm and the department."""
    assert incubator_client.get(path(need)).status_code == 404
    TenancyFactory(firm=need.firm, incubator=incubator_actor.organization, consented=True)
    (match,) = matches_of(incubator_client, need)
    assert match["criteria"]
    assert not {"score", "components"} & match.keys()


@pytest.mark.parametrize("part", ["matches", "near-misses", "questions"])
def test_a_stranger_finds_nothing(stranger_client, need, product, part):
    """Another firm's need is not there, and says so in the same words as an unknown one."""
    response = stranger_client.get(path(need, part))
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("part", ["matches", "near-misses", "questions"])
def test_institutions_see_no_matches_and_no_scores(bank_client, need, product, part):
    """Whether or not the need exists: the same refusal."""
    existing = bank_client.get(path(need, part))
    unknown = bank_client.get(f"/api/v1/needs/{product.public_id}/{part}/")
    refusals = [response.json() | {"instance": None} for response in (existing, unknown)]
    assert existing.status_code == 404
    assert refusals[0] == refusals[1]
    assert b"score" not in existing.content


@pytest.mark.parametrize("part", ["matches", "near-misses", "questions"])
def test_sign_in_is_needed(anonymous_client, need, part):
    """Nobody reads matches without an account."""
    assert anonymous_client.get(path(need, part)).status_code == 401


@pytest.mark.parametrize("query", ["?top=0", "?top=201", "?top=x", "?top=1e2", "?top="])
def test_a_wrong_top_is_named(firm_client, need, query):
    """With the value found and what is expected."""
    response = firm_client.get(path(need, query=query))
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("top", "out_of_range")
    assert "1–200" in error["message"]


def test_an_unknown_parameter_is_refused(firm_client, need):
    """A misspelt one is told, not ignored."""
    response = firm_client.get(path(need, query="?limit=3"))
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "limit"


def test_top_cuts_the_list(firm_client, need):
    """The best remain."""
    ProductFactory.create_batch(3)
    every = matches_of(firm_client, need)
    best = firm_client.get(path(need, query="?top=2")).json()["matches"]
    assert len(every) == 3
    assert best == every[:2]


def test_a_changed_rate_counts_for_the_next_request(firm_client, need, product):
    """The ranking follows a product's change at once."""
    rival = republish(
        ProductFactory(code="P-2", institution=product.institution),
        **_content_of(product) | {"annual_rate_min": Decimal("0.04")},
    )
    assert [match["product"] for match in matches_of(firm_client, need)] == ["P-1", "P-2"]
    republish(rival, annual_rate_min=Decimal("0.03"), annual_rate_max=Decimal("0.032"))
    assert [match["product"] for match in matches_of(firm_client, need)] == ["P-2", "P-1"]


def _content_of(product):
    version = product.current_version
    names = ("stages", "amount_min_yuan", "amount_max_yuan", "annual_rate_min", "annual_rate_max")
    values = {name: getattr(version, name) for name in (*names, "approval_days")}
    return values | {"open_conditions": version.open_conditions, "undisclosed": []}


def test_a_closed_product_is_gone_from_the_next_answer(firm_client, need, product):
    """So is one that was never there."""
    assert len(matches_of(firm_client, need)) == 1
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    assert matches_of(firm_client, need) == []


def test_a_new_fact_of_the_firm_counts_for_the_next_request(firm_client, need, product):
    """Here the product asks for revenue, which nobody knew so far."""
    republish(product, terms=[{"field": "revenue_yuan", "op": ">=", "value": 5_000_000}])
    (before,) = matches_of(firm_client, need)
    today = timezone.localdate()
    record_facts(
        actor=None,
        firm=need.firm,
        values={"revenue_yuan": Decimal(8_000_000)},
        source=FactSource.DECLARED,
        fiscal_year=today.year - 1,
        today=today,
        now=timezone.now(),
    )
    (after,) = matches_of(firm_client, need)
    assert (before["verdict"], after["verdict"]) == ("to_confirm", "eligible")


def test_a_new_qualification_counts_for_the_next_request(firm_client, need, product):
    """The firm was known to hold none."""
    republish(
        product,
        qualifications_all=["high_tech"],
        open_conditions=[
            code for code in product.current_version.open_conditions if code != "qualifications_all"
        ],
    )
    assert matches_of(firm_client, need) == []
    record_qualification(
        actor=None,
        firm=need.firm,
        code="high_tech",
        source=FactSource.DEPARTMENT,
        valid_from=timezone.localdate() - timedelta(days=30),
        now=timezone.now(),
    )
    assert len(matches_of(firm_client, need)) == 1


def test_queries_do_not_grow_with_the_catalogue(firm_client, need, count_queries):
    """A known catalogue costs one row; the answer to an unchanged question costs no more."""
    ProductFactory.create_batch(3)
    firm_client.get(path(need))
    few = count_queries(lambda: firm_client.get(path(need)))
    ProductFactory.create_batch(27)
    firm_client.get(path(need))
    many = count_queries(lambda: firm_client.get(path(need)))
    assert few == many
    assert many <= 3
    new_question = count_queries(lambda: firm_client.get(path(need, query="?top=7")))
    assert new_question <= many + 6


def test_near_misses_say_what_would_have_to_change(firm_client, need, product):
    """Each change with kind, field, both values and a sentence."""
    republish(product, amount_max_yuan=800_000)
    body = firm_client.get(path(need, "near-misses")).json()
    (miss,) = body["near_misses"]
    assert miss["product"] == "P-1"
    assert miss["changes"] == [
        {
            "criterion": "amount",
            "kind": "adjust",
            "kind_label": "调整需求",
            "field": "amount_min_yuan",
            "from": 1_000_000,
            "to": 800_000,
            "text": "融资金额下限由 100 万元变为 80 万元",
        }
    ]
    assert "score" not in miss


def test_questions_say_which_answer_decides_how_many_products(firm_client, need, product):
    """Those to the firm and those to institutions are told apart."""
    republish(product, terms=[{"field": "employees", "op": "<=", "value": 500}])
    ProductFactory(undisclosed=["rate"])
    body = firm_client.get(path(need, "questions")).json()
    asked = {(entry["asks"], entry["field"]): entry for entry in body["questions"]}
    assert asked["firm", "employees"]["products"] == 1
    assert "职工人数" in asked["firm", "employees"]["text"]
    assert asked["institution", "rate"]["products"] == 1


def test_a_need_without_any_amount_is_ranked_with_its_amount_unknown(firm_client, need, product):
    """Nothing is assumed."""
    vague = NeedFactory(open=True, firm=need.firm, amount_min_yuan=None, amount_max_yuan=None)
    (match,) = matches_of(firm_client, vague)
    amount = next(part for part in match["criteria"] if part["code"] == "amount")
    assert match["verdict_label"] == "待核实"
    assert (amount["outcome"], amount["actual"]) == ("unknown", None)
