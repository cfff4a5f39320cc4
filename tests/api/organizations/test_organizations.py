"""Organizations over the API."""

import uuid

import pytest

from backend.firms.models import Firm
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from tests.factories.organizations import (
    MembershipFactory,
    OrganizationFactory,
    make_actor,
    make_uscc,
)
from tests.factories.reference import RegionFactory

URL = "/api/v1/organizations/"


def url_of(organization) -> str:
    return f"{URL}{organization.public_id}/"


def ids(answer) -> set[str]:
    return {row["id"] for row in answer.json()["results"]}


@pytest.fixture
def fields(db) -> dict[str, object]:
    """A right new organization."""
    RegionFactory(code="220100")
    return {
        "kind": "institution",
        "code": "JLB-1",
        "name": "吉林某银行",
        "region": "220100",
        "institution_kind": "bank",
        "institution_level": "city_branch",
        "capacity": 20,
    }


def test_everybody_sees_institutions_and_only_some_see_firms(
    firm_client, bank_client, department_client, stranger_client, firm_actor, bank_actor
):
    firm, bank = str(firm_actor.organization.public_id), str(bank_actor.organization.public_id)

    for client in (firm_client, bank_client, department_client, stranger_client):
        assert bank in ids(client.get(URL))
    assert firm in ids(firm_client.get(URL))
    assert firm in ids(department_client.get(URL))
    assert firm not in ids(bank_client.get(URL))
    assert firm not in ids(stranger_client.get(URL))
    assert stranger_client.get(url_of(firm_actor.organization)).status_code == 404
    assert bank_client.get(url_of(firm_actor.organization)).status_code == 404


def test_a_city_sees_its_own_firms_only(client_for, city_department_actor, firm_actor):
    elsewhere = OrganizationFactory(region__code="220202")
    client = client_for(city_department_actor)

    seen = ids(client.get(URL, {"kind": "firm"}))

    assert seen == {str(firm_actor.organization.public_id)}
    assert client.get(url_of(elsewhere)).status_code == 404


def test_sign_in_and_the_word_are_needed(anonymous_client, auditor_client):
    assert anonymous_client.get(URL).status_code == 401
    assert auditor_client.get(URL).status_code == 403


def test_capacity_is_for_the_institution_and_the_department(
    firm_client, bank_client, department_client, bank_actor
):
    bank_actor.organization.capacity = 7
    bank_actor.organization.save()
    url = url_of(bank_actor.organization)

    assert bank_client.get(url).json()["capacity"] == 7
    assert department_client.get(url).json()["capacity"] == 7
    assert firm_client.get(url).json()["capacity"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "institution"}, {"bank", "fund"}),
        ({"institution_kind": "bank"}, {"bank"}),
        ({"region": "220100"}, {"fund"}),
        ({"q": "创投"}, {"fund"}),
    ],
)
def test_filters(department_client, query, expected):
    made = {
        "bank": OrganizationFactory(bank=True),
        "fund": OrganizationFactory(fund=True, region__code="220102", name="长白创投"),
    }

    seen = ids(department_client.get(URL, query))

    assert {name for name, row in made.items() if str(row.public_id) in seen} == expected


@pytest.mark.parametrize(
    "query", [{"kind": "ghost"}, {"region": "22"}, {"colour": "red"}, {"ordering": "capacity"}]
)
def test_a_wrong_filter_is_named(department_client, query):
    answer = department_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


def test_an_administrator_enters_an_organization(administrator_client, fields):
    answer = administrator_client.post(URL, fields)

    assert answer.status_code == 201
    assert fields.items() <= answer.json().items()
    assert answer.headers["ETag"].startswith('"1-')
    event = Event.objects.get(subject_id=answer.json()["id"])
    assert event.payload == {"kind": "institution", "code": "JLB-1"}


def test_a_new_firm_gets_its_record(administrator_client, django_capture_on_commit_callbacks):
    RegionFactory(code="220102")
    uscc = make_uscc(900)

    with django_capture_on_commit_callbacks(execute=True):
        answer = administrator_client.post(
            URL, {"kind": "firm", "code": uscc, "name": "新企业", "region": "220102"}
        )

    assert answer.status_code == 201
    assert Firm.objects.get(organization__code=uscc).organization.name == "新企业"


@pytest.mark.parametrize("who", ["firm_client", "bank_client", "department_client"])
def test_others_enter_nothing(request, who, fields):
    answer = request.getfixturevalue(who).post(URL, fields)

    assert answer.status_code == 403
    assert not Organization.objects.filter(code="JLB-1").exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "ghost"}, {"kind": "invalid_choice"}),
        ({"name": ""}, {"name": "blank"}),
        ({"name": "x" * 201}, {"name": "max_length"}),
        ({"region": "999999"}, {"region": "unknown_code"}),
        ({"capacity": -1}, {"capacity": "out_of_range"}),
        ({"capacity": 2_000_000}, {"capacity": "out_of_range"}),
        ({"institution_kind": None}, {"institution_kind": "null"}),
        ({"department_level": "city"}, {"department_level": "unsuitable"}),
        ({"parent": str(uuid.uuid4())}, {"parent": "unknown_id"}),
        ({"is_active": False}, {"is_active": "unknown_field"}),
        ({"is_demonstration": True}, {"is_demonstration": "unknown_field"}),
        (
            {"kind": "firm", "code": "91220101MA0000000X"},
            {
                "code": "invalid_uscc",
                "institution_kind": "unsuitable",
                "institution_level": "unsuitable",
                "capacity": "unsuitable",
            },
        ),
        (
            {"kind": "department", "region": None},
            {
                "region": "required",
                "department_level": "required",
                "institution_kind": "unsuitable",
                "institution_level": "unsuitable",
                "capacity": "unsuitable",
            },
        ),
    ],
)
def test_wrong_entries_are_all_named(administrator_client, fields, change, expected):
    before = Organization.objects.count()

    answer = administrator_client.post(URL, {**fields, **change})

    assert answer.status_code == 400
    assert {e["field"]: e["code"] for e in answer.json()["errors"]} == expected
    assert Organization.objects.count() == before


def test_a_parent_of_another_kind_is_refused(administrator_client, fields):
    incubator = OrganizationFactory(incubator=True)

    answer = administrator_client.post(URL, {**fields, "parent": str(incubator.public_id)})

    assert [e["field"] for e in answer.json()["errors"]] == ["parent"]


def test_a_code_that_exists_is_a_conflict(administrator_client, fields):
    administrator_client.post(URL, fields)

    answer = administrator_client.post(URL, fields)

    assert (answer.status_code, answer.json()["code"]) == (409, "organization_exists")


def patch(client, organization, body, tag='"1"'):
    headers = {} if tag is None else {"If-Match": tag}
    return client.patch(url_of(organization), body, headers=headers)


def test_a_manager_changes_their_own_organization(bank_client, bank_actor):
    answer = patch(bank_client, bank_actor.organization, {"capacity": 9})

    assert answer.status_code == 200
    assert answer.json()["capacity"] == 9
    assert answer.headers["ETag"].startswith('"2-')


def test_the_second_of_two_changes_is_told(bank_client, bank_actor):
    patch(bank_client, bank_actor.organization, {"capacity": 9})

    answer = patch(bank_client, bank_actor.organization, {"capacity": 10})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale_revision")
    bank_actor.organization.refresh_from_db()
    assert bank_actor.organization.capacity == 9


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "if_match_required"),
        ("1", 400, "malformed_if_match"),
        ("*", 400, "malformed_if_match"),
        ('"1", "2"', 400, "malformed_if_match"),
        ('"' + "9" * 40 + '"', 400, "malformed_if_match"),
        ('"7"', 412, "stale_revision"),
        ('W/"1"', 200, None),
    ],
)
def test_a_change_names_its_revision(bank_client, bank_actor, tag, status, code):
    answer = patch(bank_client, bank_actor.organization, {"capacity": 9}, tag)

    assert answer.status_code == status
    assert answer.json().get("code") == code or status == 200


def test_nobody_changes_what_is_not_theirs(firm_client, bank_client, firm_actor, bank_actor):
    assert patch(firm_client, bank_actor.organization, {"name": "x"}).status_code == 403
    assert patch(bank_client, firm_actor.organization, {"name": "x"}).status_code == 404


def test_a_firm_is_not_renamed_before_authority_is_proved(client_for):
    manager = make_actor()

    answer = patch(client_for(manager), manager.organization, {"name": "x"})

    assert (answer.status_code, answer.json()["code"]) == (409, "authority_not_proved")
    manager.organization.refresh_from_db()
    assert manager.organization.name != "x"


def test_a_firm_has_no_capacity(firm_client, firm_actor):
    answer = patch(firm_client, firm_actor.organization, {"capacity": 3})

    assert [e["field"] for e in answer.json()["errors"]] == ["capacity"]


@pytest.mark.parametrize("field", ["kind", "code", "region", "is_active", "revision", "source"])
def test_only_name_and_capacity_can_change(bank_client, bank_actor, field):
    answer = patch(bank_client, bank_actor.organization, {field: "firm"})

    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, "unknown_field")]


def test_a_reader_who_knows_the_revision_gets_nothing_new(firm_client, bank_actor):
    url = url_of(bank_actor.organization)
    tag = firm_client.get(url).headers["ETag"]

    answer = firm_client.get(url, headers={"If-None-Match": f'"0", W/{tag}'})

    assert (answer.status_code, answer.content) == (304, b"")


def test_another_place_of_the_reader_makes_another_answer(
    firm_client, firm_actor, department_actor, bank_actor
):
    organization = bank_actor.organization
    Organization.objects.filter(pk=organization.pk).update(capacity=7)
    department = department_actor.organization
    MembershipFactory(user=firm_actor.user, organization=department, role=Role.DEPARTMENT)
    as_firm = firm_client.get(url_of(organization))
    assert as_firm.json()["capacity"] is None

    as_department = firm_client.get(
        url_of(organization),
        headers={
            "X-Organization": str(department.public_id),
            "If-None-Match": as_firm.headers["ETag"],
        },
    )

    assert (as_department.status_code, as_department.json()["capacity"]) == (200, 7)
    assert {"Authorization", "Cookie", "X-Organization"} <= set(
        as_department.headers["Vary"].split(", ")
    )


def test_listing_costs_the_same_at_3_and_30_rows(department_client, count_queries):
    OrganizationFactory.create_batch(3, parent=OrganizationFactory())
    few = count_queries(lambda: department_client.get(URL))
    OrganizationFactory.create_batch(27, parent=OrganizationFactory())

    assert count_queries(lambda: department_client.get(URL)) == few <= 3
