"""One's own API keys."""

from datetime import timedelta

import time_machine
from django.db import connection
from django.utils import timezone

from backend.accounts.models import ApiKey
from backend.journal.models import Event

URL = "/api/v1/keys/"


def test_a_new_key_is_shown_once_and_works(firm_client, anonymous_client, firm_actor):
    answer = firm_client.post(URL, {"name": "核心系统", "days": 30})

    assert answer.status_code == 201
    secret = answer.json()["key"]
    assert secret.startswith("kr_")
    anonymous_client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    me = anonymous_client.get("/api/v1/me/")
    assert me.json()["user"]["username"] == firm_actor.user.username
    listed = firm_client.get(URL).json()["results"]
    assert {"name": "核心系统", "prefix": secret[:15]}.items() <= listed[0].items()
    assert "key" not in listed[0]


def test_only_the_hash_of_a_key_is_stored(firm_client):
    answer = firm_client.post(URL, {}, headers={"Idempotency-Key": "k1"})
    secret = answer.json()["key"]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            "(SELECT oid FROM pg_namespace WHERE nspname = 'public')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s '  # noqa: S608
                "OR encode(convert_to(t::text, 'UTF8'), 'hex') LIKE %s",
                [f"%{secret}%", f"%{secret.encode().hex().encode().hex()}%"],
            )
            assert cursor.fetchone()[0] == 0, table


def test_a_repeated_creation_makes_no_second_key_and_hides_the_secret(firm_client):
    first = firm_client.post(URL, {"days": 5}, headers={"Idempotency-Key": "k1"})
    before = ApiKey.objects.count()

    again = firm_client.post(URL, {"days": 5}, headers={"Idempotency-Key": "k1"})

    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {**first.json(), "key": None}
    assert ApiKey.objects.count() == before


def test_a_revoked_key_is_refused_at_once(firm_client, anonymous_client):
    created = firm_client.post(URL, {}).json()
    anonymous_client.credentials(HTTP_AUTHORIZATION=f"Bearer {created['key']}")
    assert anonymous_client.get("/api/v1/me/").status_code == 200

    assert firm_client.delete(f"{URL}{created['id']}/").status_code == 204

    refused = anonymous_client.get("/api/v1/me/")
    assert refused.status_code == 401
    assert refused.json()["code"] == "invalid_key"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_key_is_refused(firm_client, anonymous_client):
    secret = firm_client.post(URL, {"days": 1}).json()["key"]
    anonymous_client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
        assert anonymous_client.get("/api/v1/me/").status_code == 401


def test_keys_of_an_inactive_user_are_refused(firm_client, firm_actor):
    firm_actor.user.is_active = False
    firm_actor.user.save()

    assert firm_client.get("/api/v1/me/").status_code == 401


def test_a_stranger_neither_sees_nor_revokes_a_key(firm_client, stranger_client):
    key_id = firm_client.post(URL, {}).json()["id"]

    assert stranger_client.get(f"{URL}{key_id}/").status_code == 404
    assert stranger_client.delete(f"{URL}{key_id}/").status_code == 404
    assert key_id not in str(stranger_client.get(URL).json())
    assert ApiKey.objects.filter(public_id=key_id).exists()


def test_sign_in_is_needed(anonymous_client):
    for answer in (anonymous_client.get(URL), anonymous_client.post(URL, {})):
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_authenticated"
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_lifetime_beyond_a_year_names_its_field(firm_client):
    answer = firm_client.post(URL, {"days": 366})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["days"]


def test_the_twenty_first_key_is_refused(firm_client):
    answers = [firm_client.post(URL, {}) for _ in range(20)]

    assert answers[-1].status_code == 409
    assert answers[-1].json()["code"] == "too_many_keys"


def test_creation_and_revocation_stand_in_the_journal(firm_client, firm_actor):
    key_id = firm_client.post(URL, {}).json()["id"]
    firm_client.delete(f"{URL}{key_id}/")

    events = Event.objects.filter(subject_id=key_id, user=firm_actor.user).order_by("pk")
    assert [event.type for event in events] == ["key.created", "key.revoked"]
    assert {event.subject_type for event in events} == {"api_key"}


def test_listing_costs_the_same_at_3_and_15_keys(firm_client, count_queries):
    for _ in range(2):
        firm_client.post(URL, {})
    few = count_queries(lambda: firm_client.get(URL))
    for _ in range(12):
        firm_client.post(URL, {})

    assert count_queries(lambda: firm_client.get(URL)) == few <= 3


def test_instants_are_given_in_utc(firm_client):
    key = firm_client.post(URL, {}).json()

    assert key["created_at"].endswith("Z")
    assert key["expires_at"].endswith("Z")
