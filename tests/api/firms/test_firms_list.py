"""GET and POST /firms/"""

import pytest

from backend.firms.models import Firm
from backend.organizations.enums import Role
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.organizations import make_actor, make_uscc
from tests.factories.reference import IndustryFactory, RegionFactory

URL = "/api/v1/firms/"
USCC = make_uscc(9_000_002)


def names(answer):
    assert answer.status_code == 200, answer.content
    return [firm["name"] for firm in answer.json()["results"]]


def test_a_firm_lists_itself(firm_actor, firm_client):
    own = FirmFactory(organization=firm_actor.organization)
    FirmFactory()
    assert names(firm_client.get(URL)) == [own.organization.name]


def test_a_stranger_lists_nothing_of_it(firm_actor, stranger_client):
    FirmFactory(organization=firm_actor.organization)
    assert names(stranger_client.get(URL)) == []


def test_institutions_have_no_word_for_firms(bank_client):
    assert bank_client.get(URL).status_code == 403


def test_sign_in_is_needed(anonymous_client):
    assert anonymous_client.get(URL).status_code == 401
    assert anonymous_client.post(URL, {}).status_code == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=光电子", ["长光电子"]),
        ("q=" + make_uscc(9_100_000), ["长光电子"]),
        ("region=220200", ["吉化材料"]),
        ("industry=C39", ["长光电子"]),
        ("qualification=high_tech", ["吉化材料"]),
        ("is_demonstration=true", ["吉化材料"]),
        ("ordering=name", ["吉化材料", "长光电子"]),
        ("ordering=-name", ["长光电子", "吉化材料"]),
    ],
)
def test_firms_are_filtered_and_ordered(department_client, query, expected):
    FirmFactory(
        organization__code=make_uscc(9_100_000), organization__name="长光电子", industry="C3921"
    )
    other = FirmFactory(
        organization__name="吉化材料",
        organization__region__code="220202",
        organization__is_demonstration=True,
        industry="C2651",
    )
    FirmQualificationFactory(firm=other)
    assert names(department_client.get(f"{URL}?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("region=22", "region"),
        ("industry=3921", "industry"),
        ("qualification=best", "qualification"),
        ("ordering=revenue", "ordering"),
        ("revenue_yuan=1", "revenue_yuan"),
    ],
)
def test_a_wrong_filter_is_told_by_name(department_client, query, field):
    answer = department_client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_queries_do_not_grow_with_the_rows(
    department_client, django_assert_num_queries, django_assert_max_num_queries
):
    FirmFactory.create_batch(3)
    with django_assert_max_num_queries(6) as few:
        assert len(names(department_client.get(URL))) == 3
    FirmFactory.create_batch(27)
    with django_assert_num_queries(len(few)):
        assert len(names(department_client.get(URL))) == 30


# --- POST ---


def test_a_department_opens_a_firm(department_client):
    RegionFactory()
    IndustryFactory(code="C39")
    body = {
        "uscc": USCC,
        "name": "新企业",
        "region": "220102",
        "industry": "C3921",
        "founded_on": "2024-02-29",
        "declared_stage": "seed",
        "tech_fields": ["optoelectronics"],
    }
    answer = department_client.post(URL, body)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in body} == body
    assert department_client.post(URL, body).status_code == 409


def test_a_city_opens_no_firm_elsewhere(client_for):
    RegionFactory(code="220202")
    client = client_for(make_actor(organization__city_department=True, role=Role.DEPARTMENT))
    answer = client.post(URL, {"uscc": USCC, "name": "新企业", "region": "220202"})
    assert answer.status_code == 403
    assert not Firm.objects.exists()


def test_firms_open_no_firms(firm_client):
    assert firm_client.post(URL, {"uscc": USCC, "name": "新企业"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "新企业"}, "uscc"),
        ({"uscc": USCC[:-1] + "O", "name": "新企业"}, "uscc"),
        ({"uscc": USCC, "name": " "}, "name"),
        ({"uscc": USCC, "name": "新企业", "region": "000000"}, "region"),
        ({"uscc": USCC, "name": "新企业", "revenue_yuan": 1}, "revenue_yuan"),
        ({"uscc": USCC, "name": "新企业", "tech_fields": ["x"]}, "tech_fields.0"),
    ],
)
def test_bad_input_names_its_field(department_client, body, field):
    RegionFactory()
    answer = department_client.post(URL, body)
    assert answer.status_code == 400, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Firm.objects.exists()
