"""The OpenAPI document describes what is there, and is served from here."""

import json
import re
from contextlib import closing

import pytest

from backend.api.permissions import ActorPermission


@pytest.fixture(scope="module")
def document():
    """The document as a reader gets it."""
    from django.test import Client

    answer = Client().get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_openapi_3_1_without_a_warning(document, recwarn):
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.validation import validate_schema

    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    assert document["openapi"].startswith("3.1")


def test_every_operation_documents_its_refusals(document):
    for path, method, operation in operations(document):
        problems = {status for status in operation["responses"] if status >= "400"}
        assert {"400", "429", "503"} <= problems, (path, method)
        for status in problems:
            content = operation["responses"][status]["content"]
            assert content == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }, (path, method, status)


def test_every_post_takes_an_idempotency_key_but_the_sign_in(document):
    for path, method, operation in operations(document):
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        expected = method == "post" and path != "/api/v1/session/"
        assert ("Idempotency-Key" in headers) == expected, (path, method)


def test_every_patch_takes_a_revision(document):
    for path, method, operation in operations(document):
        # One's own preferences have one editor.
        if method == "patch" and not path.endswith("/me/notification-preferences/"):
            headers = {p["name"]: p for p in operation["parameters"] if p["in"] == "header"}
            assert headers["If-Match"]["required"], path
            assert {"412", "428"} <= operation["responses"].keys(), path


@pytest.mark.django_db  # closing a file's answer looks after the database connections
def test_the_page_asks_no_other_machine(client):
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    text = page.content.decode()
    assert not re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?(?:https?:)?//""", text)
    assert '"validatorUrl": null' in text
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        with closing(client.get(asset)) as answer:
            assert answer.status_code == 200, asset


def test_the_default_permission_is_the_strict_one():
    from rest_framework.settings import api_settings

    assert [ActorPermission] == api_settings.DEFAULT_PERMISSION_CLASSES
