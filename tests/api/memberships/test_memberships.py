"""People's places: who sees, grants, proves and ends them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.organizations import MembershipFactory, OrganizationFactory, make_actor

URL = "/api/v1/memberships/"


def people_url(organization) -> str:
    return f"/api/v1/organizations/{organization.public_id}/memberships/"


def names(answer) -> set[str]:
    return {row["username"] for row in answer.json()["results"]}


# --- who sees whom ---


def test_a_manager_sees_their_own_people(firm_client, firm_actor):
    assert names(firm_client.get(people_url(firm_actor.organization))) == {firm_actor.user.username}


def test_others_find_no_people_of_an_institution_they_see(
    firm_client, stranger_client, department_client, bank_actor
):
    for client in (firm_client, stranger_client, department_client):
        assert client.get(people_url(bank_actor.organization)).status_code == 404
        assert bank_actor.user.username not in names(client.get(URL))


def test_the_department_sees_the_people_of_firms_below(
    department_client, client_for, city_department_actor, firm_actor, stranger_actor
):
    assert department_client.get(people_url(stranger_actor.organization)).status_code == 200
    city = client_for(city_department_actor)
    assert firm_actor.user.username in names(city.get(URL))
    assert stranger_actor.user.username not in names(city.get(URL))
    assert city.get(people_url(stranger_actor.organization)).status_code == 404


def test_an_officer_without_the_word_is_refused(client_for, firm_actor):
    officer = MembershipFactory(organization=firm_actor.organization, rank=Rank.OFFICER)
    client = client_for(firm_actor.__class__(officer.user, officer, firm_actor.today))

    assert client.get(URL).status_code == 403


@pytest.mark.parametrize(
    ("query", "count"),
    [({"has_authority": "true"}, 1), ({"has_authority": "false"}, 1), ({"role": "institution"}, 0)],
)
def test_filters(department_client, firm_actor, query, count):
    MembershipFactory(organization=firm_actor.organization)
    query["organization"] = str(firm_actor.organization.public_id)

    assert len(department_client.get(URL, query).json()["results"]) == count


def test_listing_costs_the_same_at_3_and_30_rows(firm_client, firm_actor, count_queries):
    url = people_url(firm_actor.organization)
    MembershipFactory.create_batch(2, organization=firm_actor.organization)
    few = count_queries(lambda: firm_client.get(url))
    MembershipFactory.create_batch(27, organization=firm_actor.organization)

    assert count_queries(lambda: firm_client.get(url)) == few <= 4


# --- granting ---


def test_a_manager_gives_an_account_a_place(firm_client, firm_actor):
    user = UserFactory(username="wang")

    answer = firm_client.post(
        people_url(firm_actor.organization), {"username": "wang", "role": "firm", "post": "财务"}
    )

    assert answer.status_code == 201
    assert answer.json()["rank"] == "officer"
    assert user.memberships.get().organization == firm_actor.organization
    assert Event.objects.filter(type="membership.granted").count() == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"username": "ghost"}, "username", "unknown_user"),
        ({"role": "department"}, "role", "role_unsuitable"),
        ({"role": "king"}, "role", "invalid_choice"),
        ({"is_active": True}, "is_active", "unknown_field"),
        ({"authority_proved_at": "2026-01-01T00:00:00Z"}, "authority_proved_at", "unknown_field"),
    ],
)
def test_wrong_entries_are_named(firm_client, firm_actor, change, field, code):
    UserFactory(username="wang")
    body = {"username": "wang", "role": "firm", **change}

    answer = firm_client.post(people_url(firm_actor.organization), body)

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_a_member_cannot_join_again(firm_client, firm_actor):
    body = {"username": firm_actor.user.username, "role": "firm"}

    answer = firm_client.post(people_url(firm_actor.organization), body)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")


def test_nobody_grants_places_elsewhere(firm_client, department_client, bank_actor, firm_actor):
    body = {"username": firm_actor.user.username, "role": "institution"}

    assert firm_client.post(people_url(bank_actor.organization), body).status_code == 404
    body["role"] = "firm"
    assert department_client.post(people_url(firm_actor.organization), body).status_code == 403


def test_a_security_officer_grants_places_anywhere(security_officer_client, bank_actor):
    UserFactory(username="wang")

    answer = security_officer_client.post(
        people_url(bank_actor.organization),
        {"username": "wang", "role": "institution", "rank": "manager"},
    )

    assert answer.status_code == 201


# --- proving authority ---


@pytest.fixture
def unproved(firm_actor) -> Membership:
    """A place in the firm whose authority nobody has checked."""
    return MembershipFactory(organization=firm_actor.organization)


def proof(**changes) -> dict[str, object]:
    until = timezone.localdate() + timedelta(days=365)
    return {
        "basis": "stamped_letter",
        "reference": "授权书 2026-17",
        "post": "财务总监",
        "valid_until": until.isoformat(),
        **changes,
    }


def prove(client, membership, **changes):
    return client.post(f"{URL}{membership.public_id}/prove-authority/", proof(**changes))


def test_a_department_proves_an_accounts_authority(department_client, department_actor, unproved):
    answer = prove(department_client, unproved)

    assert answer.status_code == 200
    assert answer.json()["authority_basis"] == "stamped_letter"
    unproved.refresh_from_db()
    assert unproved.has_authority(timezone.localdate())
    assert unproved.authority_proved_by == department_actor.user
    assert Event.objects.filter(type="membership.authority_proved").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_until": timezone.localdate().isoformat()}, "valid_until"),
        ({"valid_until": "2099-01-01"}, "valid_until"),
        ({"valid_until": "2026-02-30"}, "valid_until"),
        ({"reference": "   "}, "reference"),
        ({"basis": "a promise"}, "basis"),
        ({"post": None}, "post"),
    ],
)
def test_a_wrong_proof_is_named_and_proves_nothing(department_client, unproved, change, field):
    answer = prove(department_client, unproved, **change)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    unproved.refresh_from_db()
    assert unproved.authority_proved_at is None


def test_a_firm_does_not_prove_its_own_authority(firm_client, unproved):
    assert prove(firm_client, unproved).status_code == 403


def test_a_city_proves_nothing_elsewhere(client_for, city_department_actor, stranger_actor):
    client = client_for(city_department_actor)

    assert prove(client, stranger_actor.membership).status_code == 404


def test_a_department_does_not_prove_its_own_people(department_client, department_actor):
    assert prove(department_client, department_actor.membership).status_code == 403


# --- ending ---


def end(client, membership):
    return client.post(f"{URL}{membership.public_id}/end/", {})


def test_an_ended_place_opens_no_door(firm_client, client_for, firm_actor, unproved):
    officer = client_for(firm_actor.__class__(unproved.user, unproved, firm_actor.today))
    assert officer.get("/api/v1/regions/").status_code == 200

    answer = end(firm_client, unproved)

    assert answer.json()["is_active"] is False
    assert officer.get("/api/v1/regions/").status_code == 403
    assert end(firm_client, unproved).status_code == 409


def test_whoever_returns_has_to_prove_authority_anew(firm_client, firm_actor):
    place = MembershipFactory(organization=firm_actor.organization, proved=True)
    end(firm_client, place)

    answer = firm_client.post(
        people_url(firm_actor.organization), {"username": place.user.username, "role": "firm"}
    )

    assert answer.status_code == 201
    place.refresh_from_db()
    assert place.is_active
    assert not place.has_authority(timezone.localdate())


def test_nobody_ends_their_own_place(firm_client, firm_actor):
    answer = end(firm_client, firm_actor.membership)

    assert (answer.status_code, answer.json()["code"]) == (403, "own_membership")


def test_strangers_end_nothing(stranger_client, department_client, firm_actor):
    assert end(stranger_client, firm_actor.membership).status_code == 404
    assert end(department_client, firm_actor.membership).status_code == 403
    assert (
        end(
            stranger_client,
            MembershipFactory.build(
                public_id=uuid.uuid4(),
                organization=OrganizationFactory.build(region=None),
                user=None,
            ),
        ).status_code
        == 404
    )
    firm_actor.membership.refresh_from_db()
    assert firm_actor.membership.is_active


def test_the_incubators_manager_keeps_its_people(client_for):
    manager = make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)
    place = MembershipFactory(organization=manager.organization, role=Role.INCUBATOR)

    assert end(client_for(manager), place).status_code == 200


@pytest.mark.parametrize("place", [{}, {"organization__incubator": True, "role": Role.INCUBATOR}])
def test_nobody_keeps_people_before_their_authority_is_proved(client_for, place):
    manager = make_actor(**place)
    client = client_for(manager)
    colleague = MembershipFactory(organization=manager.organization, role=manager.role)
    wanted = {"username": UserFactory().username, "role": manager.role}

    refused = [client.post(people_url(manager.organization), wanted), end(client, colleague)]

    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (409, "authority_not_proved")
    assert manager.organization.memberships.filter(is_active=True).count() == 2
