"""/api/v1/consents/"""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.consents.enums import Direction
from backend.organizations.enums import Role
from tests.factories.consents import ConsentFactory, ConsentTextFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

URL = "/api/v1/consents/"


@pytest.fixture
def firm(firm_actor):
    ConsentTextFactory()
    ConsentTextFactory(direction=Direction.TO_DEPARTMENT)
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def need(firm):
    return NeedFactory(open=True, firm=firm)


@pytest.fixture
def consent(need, bank_actor):
    return ConsentFactory(need=need, institution=bank_actor.organization)


def body(need, *banks, **values):
    return {
        "need": str(need.public_id),
        "institutions": [bank.code for bank in banks],
        "direction": "to_institution",
        "groups": ["identity", "wish"],
        "text_version": "2026-01",
    } | values


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_firm_consents_in_one_call_and_withdraws_in_another(firm_client, need):
    banks = OrganizationFactory.create_batch(3, bank=True)

    granted = firm_client.post(f"{URL}grant/", body(need, *banks))

    assert granted.status_code == 201, granted.content
    consents = granted.json()["consents"]
    assert [row["institution"] for row in consents] == [bank.code for bank in banks]
    assert {row["status"] for row in consents} == {"live"}
    first = consents[0]
    assert first["text_sha256"]
    assert first["granted_by"]
    withdrawn = firm_client.post(f"{URL}{first['id']}/withdraw/")
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    again = firm_client.post(f"{URL}{first['id']}/withdraw/")
    assert again.json()["withdrawn_at"] == withdrawn.json()["withdrawn_at"]
    assert len(ids(firm_client.get(URL, {"status": "live"}))) == 2


def test_one_idempotency_key_takes_effect_once(firm_client, need):
    bank = OrganizationFactory(bank=True)
    key = {"Idempotency-Key": "grant-1"}

    answers = [firm_client.post(f"{URL}grant/", body(need, bank), headers=key) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert need.consents.count() == 1


def test_the_wording_is_read_before_and_after(firm_client, need):
    texts = firm_client.get(f"{URL}texts/").json()["texts"]
    assert {text["direction"] for text in texts} == {"to_institution", "to_department"}
    assert all(text["sha256"] and text["body"] and text["purpose"] for text in texts)

    granted = firm_client.post(f"{URL}grant/", body(need, OrganizationFactory(bank=True)))
    consent = granted.json()["consents"][0]
    detail = firm_client.get(f"{URL}{consent['id']}/")
    assert detail.json()["wording"]
    unchanged = firm_client.get(
        f"{URL}{consent['id']}/", headers={"If-None-Match": detail.headers["ETag"]}
    )
    assert unchanged.status_code == 304


def test_naming_is_no_consent_and_what_is_missing_is_listed(firm_client, need):
    first = NamedInstitutionFactory(need=need).institution
    second = NamedInstitutionFactory(need=need).institution
    NamedInstitutionFactory(need=need, attitude="excluded")
    ConsentFactory(need=need, institution=first)
    ConsentFactory(need=need, institution=second)
    ConsentFactory(need=need, institution=second, reverse=True)

    missing = firm_client.get(f"{URL}missing/", {"need": need.public_id})

    assert [(row["institution"], row["directions"]) for row in missing.json()["institutions"]] == [
        (first.code, ["to_department"])
    ]
    assert firm_client.get(f"{URL}missing/").status_code == 400
    assert firm_client.get(f"{URL}missing/", {"need": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"institutions": ["NOBODY"]}, "institutions", "unknown_institution"),
        ({"institutions": []}, "institutions", "wrong_number"),
        ({"groups": ["name"]}, "groups.0", "invalid_choice"),
        ({"groups": ["progress"]}, "groups", "unknown_code"),
        ({"groups": ["contact"]}, "contact_agreed", "contact_must_agree"),
        ({"direction": "both"}, "direction", "invalid_choice"),
        ({"expires_on": "2020-01-01"}, "expires_on", "out_of_range"),
        ({"need": "00000000-0000-4000-8000-000000000000"}, "need", "unknown_id"),
        ({"granted_by": "me"}, "granted_by", "unknown_field"),
        ({"contact_agreed": "yes"}, "contact_agreed", "invalid"),
    ],
)
def test_bad_input_names_its_field(firm_client, need, values, field, code):
    answer = firm_client.post(f"{URL}grant/", body(need, OrganizationFactory(bank=True)) | values)

    assert answer.status_code == 400, answer.content
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_an_old_text_is_a_conflict(firm_client, need):
    old = body(need, OrganizationFactory(bank=True), text_version="2020-01")

    answer = firm_client.post(f"{URL}grant/", old)

    assert (answer.status_code, answer.json()["code"]) == (409, "consent_text_changed")


def test_who_sees_a_consent(
    firm_client, bank_client, department_client, stranger_client, incubator_client, consent
):
    for client in (firm_client, bank_client, department_client):
        assert ids(client.get(URL)) == [str(consent.public_id)]
        assert client.get(f"{URL}{consent.public_id}/").status_code == 200
    for client in (stranger_client, incubator_client):
        assert ids(client.get(URL)) == []
        assert client.get(f"{URL}{consent.public_id}/").status_code == 404
        assert client.post(f"{URL}{consent.public_id}/withdraw/").status_code == 404


def test_an_incubator_sees_what_its_consenting_tenant_consented_to(
    incubator_client, incubator_actor, consent
):
    TenancyFactory(firm=consent.need.firm, incubator=incubator_actor.organization, consented=True)

    assert ids(incubator_client.get(URL)) == [str(consent.public_id)]


def test_an_institution_learns_neither_firm_nor_people_by_it(bank_client, consent):
    firm = consent.need.firm

    detail = bank_client.get(f"{URL}{consent.public_id}/")

    shown = detail.json()
    for field in ("firm", "firm_name", "contact_person", "granted_by", "withdrawn_by", "wording"):
        assert shown[field] is None
    for secret in (firm.organization.name, firm.organization.code, str(firm.public_id)):
        assert secret not in detail.content.decode()
    assert ids(bank_client.get(URL, {"firm": firm.public_id})) == []
    assert bank_client.post(f"{URL}{consent.public_id}/withdraw/").status_code == 403


def test_an_institution_sees_only_what_covers_it_of_verified_needs(client_for, need, bank_actor):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    upper = ConsentFactory(need=need, institution=bank_actor.organization)
    lower = ConsentFactory(need=need, institution=branch)
    ConsentFactory(
        need=NeedFactory(firm=need.firm), institution=bank_actor.organization
    )  # a draft that nobody has verified

    assert ids(client_for(bank_actor).get(URL)) == [str(upper.public_id)]
    of_branch = client_for(make_actor(organization=branch, role=Role.INSTITUTION))
    assert set(ids(of_branch.get(URL))) == {str(upper.public_id), str(lower.public_id)}


def test_a_department_sees_none_of_a_draft_and_none_of_another_city(
    client_for, department_client, firm
):
    draft = ConsentFactory(need=NeedFactory(firm=firm))
    elsewhere = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    opened = ConsentFactory(need=NeedFactory(firm=firm, open=True))

    assert ids(department_client.get(URL)) == [str(opened.public_id)]
    assert ids(client_for(elsewhere).get(URL)) == []
    assert department_client.get(f"{URL}{draft.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["live", "expired", "withdrawn", "replaced", "back"]),
        ({"status": "live"}, ["live", "back"]),
        ({"status": "expired"}, ["expired"]),
        ({"status": "withdrawn"}, ["withdrawn"]),
        ({"status": "replaced"}, ["replaced"]),
        ({"direction": "to_department"}, ["back"]),
        ({"institution": "MINE"}, ["live", "back"]),
        ({"ordering": "granted_at"}, ["back", "replaced", "withdrawn", "expired", "live"]),
    ],
)
def test_filters_and_orders(firm_client, need, query, expected):
    mine, now = OrganizationFactory(bank=True, code="MINE"), timezone.now()
    made = {}
    for days, (name, values) in enumerate(
        {
            "live": {"institution": mine},
            "expired": {"expired": True},
            "withdrawn": {"withdrawn": True},
            "replaced": {"replaced_at": now},
            "back": {"institution": mine, "reverse": True},
        }.items(),
        start=1,
    ):
        consent = ConsentFactory(need=need, granted_at=now - timedelta(days=days), **values)
        made[str(consent.public_id)] = name
    ConsentFactory(need__firm=need.firm)
    query = query | {"need": need.public_id}

    assert [made[found] for found in ids(firm_client.get(URL, query))] == expected


@pytest.mark.parametrize("query", [{"status": "x"}, {"need": "x"}, {"q": "x"}])
def test_a_wrong_filter_is_named(firm_client, firm, query):
    answer = firm_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [*query]


def test_who_may_not_consent_is_refused(
    anonymous_client, bank_client, department_client, auditor_client, stranger_client, need
):
    given = body(need, OrganizationFactory(bank=True))

    assert anonymous_client.post(f"{URL}grant/", given).status_code == 401
    for client in (bank_client, department_client, auditor_client):
        assert client.post(f"{URL}grant/", given).status_code == 403
    assert stranger_client.post(f"{URL}grant/", given).status_code == 400
    assert not need.consents.exists()


def test_before_authority_is_proved_nobody_consents(client_for, firm_actor, need):
    unproved = client_for(make_actor(organization=firm_actor.organization))

    answer = unproved.post(f"{URL}grant/", body(need, OrganizationFactory(bank=True)))

    assert (answer.status_code, answer.json()["code"]) == (409, "authority_not_proved")


def test_queries_are_constant_in_the_number_of_rows(
    firm_client, bank_client, need, bank_actor, count_queries
):
    def more(number):
        for _ in range(number):
            ConsentFactory(
                need=NeedFactory(open=True, firm=need.firm), institution=bank_actor.organization
            )

    more(2)
    clients = (firm_client, bank_client)
    for client in clients:
        client.get(URL)
    few = [count_queries(lambda client=client: client.get(URL)) for client in clients]
    more(20)

    assert [count_queries(lambda client=client: client.get(URL)) for client in clients] == few
