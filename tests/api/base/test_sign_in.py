"""Signing in: keys, passwords, sessions, and for whom one acts."""

import uuid

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from backend.accounts.services import create_key
from backend.organizations.actors import resolve_actor
from backend.organizations.enums import Rank, Role
from backend.organizations.key_actors import find_actor_of_key
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.organizations import MembershipFactory

SESSION = "/api/v1/session/"
ME = "/api/v1/me/"


@pytest.fixture
def browser(db) -> APIClient:
    """A client that keeps cookies and is checked for CSRF, as a browser is."""
    return APIClient(enforce_csrf_checks=True)


def sign_in(client, username, password=PASSWORD, **extra):
    return client.post(SESSION, {"username": username, "password": password}, **extra)


def test_a_password_opens_a_session_that_ends_when_signing_out(browser, firm_actor):
    answer = sign_in(browser, firm_actor.user.username)
    assert answer.status_code == 200
    assert answer.json()["acting"]["organization"] == str(firm_actor.organization.public_id)
    assert answer.cookies["sessionid"]["httponly"]
    token = answer.cookies["csrftoken"].value

    assert browser.get(ME).json()["user"]["username"] == firm_actor.user.username
    refused = browser.delete(SESSION)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert browser.delete(SESSION, headers={"X-CSRFToken": token}).status_code == 204
    assert browser.get(ME).status_code == 401


def test_a_session_that_writes_needs_the_csrf_token(browser, firm_actor):
    token = sign_in(browser, firm_actor.user.username).cookies["csrftoken"].value

    refused = browser.post("/api/v1/keys/", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert browser.post("/api/v1/keys/", {}, headers={"X-CSRFToken": token}).status_code == 201


def test_a_form_of_another_site_cannot_sign_anybody_in(browser, firm_actor):
    body = f'{{"username": "{firm_actor.user.username}", "password": "{PASSWORD}"}}'

    answer = browser.generic("POST", SESSION, body, content_type="text/plain")

    assert answer.status_code == 415


def test_an_unknown_name_and_a_wrong_password_get_equal_answers(anonymous_client, firm_actor):
    wrong = sign_in(anonymous_client, firm_actor.user.username, "wrong")
    unknown = sign_in(anonymous_client, "nobody", "wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json()["code"] == "sign_in_failed"
    assert wrong.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"]


@pytest.mark.parametrize("exists", [True, False])
def test_after_five_wrong_passwords_not_even_the_right_one_opens(anonymous_client, exists):
    if exists:
        UserFactory(username="zhang")
    for _ in range(5):
        sign_in(anonymous_client, "zhang", "wrong")

    answer = sign_in(anonymous_client, "zhang")

    assert answer.status_code == 429
    assert answer.json()["code"] == "locked_out"
    assert int(answer.headers["Retry-After"]) == 900


@pytest.mark.parametrize(
    ("caller", "status"), [("192.0.2.7", 429), ("192.0.2.8", 200), ("nonsense", 200)]
)
def test_behind_a_proxy_others_may_still_sign_in(
    anonymous_client, firm_actor, monkeypatch, caller, status
):
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1, raising=False)
    username = firm_actor.user.username
    for _ in range(5):
        sign_in(anonymous_client, username, "wrong", headers={"X-Forwarded-For": "192.0.2.7"})

    answer = sign_in(anonymous_client, username, headers={"X-Forwarded-For": f"1.2.3.4, {caller}"})

    assert answer.status_code == status


def test_an_inactive_account_is_a_wrong_password(anonymous_client, firm_actor):
    firm_actor.user.is_active = False
    firm_actor.user.save()

    assert sign_in(anonymous_client, firm_actor.user.username).status_code == 401


def test_unknown_entries_are_refused_by_name(anonymous_client):
    answer = anonymous_client.post(SESSION, {"username": "a", "password": "b", "admin": True})

    assert [error["field"] for error in answer.json()["errors"]] == ["admin"]


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer kr_" + "0" * 64,
        "Bearer " + "x" * 5_000,
        "Bearer schlüssel",
        "bearer kr_1",
    ],
)
def test_a_bad_key_is_refused(anonymous_client, header):
    answer = anonymous_client.get(ME, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_key"


def test_another_scheme_counts_as_no_sign_in(anonymous_client):
    answer = anonymous_client.get(ME, headers={"Authorization": "Basic YTpi"})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_the_header_picks_one_of_several_organizations(firm_actor, firm_client):
    second = MembershipFactory(
        user=firm_actor.user, organization__bank=True, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    wanted = str(second.organization.public_id)

    assert firm_client.get(ME).json()["acting"]["role"] == "firm"
    acting = firm_client.get(ME, headers={"X-Organization": wanted}).json()["acting"]
    assert (acting["organization"], acting["role"], acting["rank"]) == (
        wanted,
        "institution",
        "officer",
    )


@pytest.mark.parametrize("kind", ["foreign", "unknown", "nonsense", "ended"])
def test_an_organization_that_one_does_not_act_for_is_refused(
    firm_client, firm_actor, bank_actor, kind
):
    ended = MembershipFactory(user=firm_actor.user, is_active=False)
    wanted = {
        "foreign": str(bank_actor.organization.public_id),
        "unknown": str(uuid.uuid4()),
        "nonsense": "1",
        "ended": str(ended.organization.public_id),
    }[kind]

    answer = firm_client.get(ME, headers={"X-Organization": wanted})

    assert (answer.status_code, answer.json()["code"]) == (403, "unknown_membership")


def test_somebody_without_a_place_sees_themselves_and_nothing_else(client_for, firm_actor):
    client = client_for(firm_actor)
    firm_actor.membership.delete()

    assert client.get(ME).json()["acting"] is None
    answer = client.get("/api/v1/regions/")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_membership")


def test_a_request_with_a_key_costs_one_query_before_its_own(firm_client, count_queries):
    # Key, user, membership and organization at once; then the list of places.
    assert count_queries(lambda: firm_client.get(ME)) == 2


def test_the_quick_way_to_an_actor_finds_the_same_as_the_plain_one(firm_actor, bank_actor):
    MembershipFactory(user=firm_actor.user, organization__bank=True, role=Role.INSTITUTION)
    now = timezone.now()
    key, _ = create_key(actor=None, user=firm_actor.user)
    for place in [None, *firm_actor.user.memberships.all(), bank_actor.membership]:
        wanted = place and place.organization.public_id
        quick = find_actor_of_key(
            key.digest, now=now, today=firm_actor.today, organization_id=wanted
        )
        plain = resolve_actor(firm_actor.user, today=firm_actor.today, organization_id=wanted)
        assert quick == plain
        if plain is not None:
            for mine, other in (
                (quick.user, plain.user),
                (quick.membership, plain.membership),
                (quick.organization, plain.organization),
            ):
                names = [field.attname for field in mine._meta.concrete_fields]
                assert [getattr(mine, n) for n in names] == [getattr(other, n) for n in names]


@pytest.mark.parametrize("username", ["known", "nobody", "left"])
def test_a_wrong_password_and_an_unknown_name_are_one_and_the_same(
    anonymous_client, monkeypatch, username
):
    """The same answer, header by header, after the same work: one password is hashed."""
    UserFactory(username="known")
    UserFactory(username="left", is_active=False)
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )

    answer = sign_in(anonymous_client, username, "wrong")

    assert answer.content == sign_in(anonymous_client, "someone else", "wrong").content
    assert answer.status_code == 401
    assert set(answer.headers) == set(sign_in(anonymous_client, "x", "wrong").headers)
    assert len(hashed) == 3
