"""Every refusal is one kind of document."""

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from backend.api import errors, health
from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert {"type", "title", "detail", "errors"} <= problem.keys()


def test_an_address_that_does_not_exist(anonymous_client):
    assert_problem(anonymous_client.get("/api/v1/nowhere/"), 404, "not_found")


def test_a_method_that_is_not_offered(firm_client):
    answer = firm_client.put("/api/v1/keys/", {})

    assert_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_a_format_that_is_not_offered(firm_client):
    answer = firm_client.get("/api/v1/me/", headers={"Accept": "text/csv"})

    assert_problem(answer, 406, "not_acceptable")


@pytest.mark.parametrize("url", ["/api/v1/me/%00", "/api/v1/keys/?cursor=%00"])
def test_a_nul_in_the_address(firm_client, url):
    assert_problem(firm_client.get(url), 400, "nul_character")


def test_answers_are_not_stored_by_caches(firm_client, anonymous_client):
    for client in (firm_client, anonymous_client):
        assert client.get("/api/v1/me/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (InvalidInput.of("a.0.b", "odd", "奇数"), 400, "invalid_input"),
        (NotPermitted("not_yours", "不可"), 403, "not_yours"),
        (StateConflict("closed", "已关闭"), 409, "closed"),
        (StaleRevision(expected=1, actual=2), 412, "stale_revision"),
        (OperationalError("could not connect to server 10.0.0.1"), 503, "unavailable"),
    ],
)
def test_what_the_domain_and_the_database_refuse(refusal, status, code):
    answer = errors.problem_handler(refusal, {})

    assert answer.status_code == status
    assert answer.data["code"] == code
    assert "10.0.0.1" not in str(answer.data)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_defect_shows_nothing_of_its_inside(firm_actor, client_for, monkeypatch):
    def burst(user):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("backend.api.v1.me.serializers.list_memberships", burst)
    client = client_for(firm_actor)
    client.raise_request_exception = False

    answer = client.get("/api/v1/me/")

    assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_a_503_for_the_api_and_the_health_check(monkeypatch):
    client = Client(raise_request_exception=False)
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    try:
        health_answer = client.get("/healthz")
        answer = client.get("/api/v1/me/", headers={"Authorization": "Bearer kr_" + "0" * 64})
    finally:
        connection.close()
        monkeypatch.undo()

    assert health_answer.status_code == 503
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]


def test_the_health_check_takes_no_writes():
    assert Client().post("/healthz").status_code == 405
    assert health.healthz.__name__ == "healthz"


def test_options_tell_nothing(firm_client, anonymous_client):
    assert_problem(firm_client.options("/api/v1/keys/"), 405, "method_not_allowed")
    assert_problem(anonymous_client.options("/api/v1/keys/"), 401, "not_authenticated")


def test_a_multipart_body_may_be_larger_than_json_but_not_endless(firm_client):
    answer = firm_client.generic(
        "POST",
        "/api/v1/keys/",
        b"a" * (settings.REQUEST_UPLOAD_MAX_SIZE + 1),
        content_type="multipart/form-data; boundary=x",
    )

    assert_problem(answer, 413, "body_too_large")


def test_a_body_of_unknown_length_is_not_taken_for_an_empty_one(firm_client):
    answer = firm_client.generic(
        "POST",
        "/api/v1/keys/",
        b'{"days": 5}',
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
    )

    assert_problem(answer, 411, "length_required")
