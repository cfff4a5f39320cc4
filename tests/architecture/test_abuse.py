"""Nonsense sent to every address is refused as a problem and never breaks the platform."""

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from tests.architecture.operations import Operation, all_operations
from tests.architecture.test_access_matrix import read_matrix
from tests.architecture.world import ACTORS, World, make_world
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_uscc

pytestmark = pytest.mark.django_db

BODIES: dict[str, bytes] = {
    "not JSON": b"{",
    "not an object": b"[1]",
    "not UTF-8": b'{"name": "\xff"}',
    "NUL": b'{"name": "\\u0000"}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "huge number": b'{"name": 1' + b"0" * 400 + b"}",
    "beyond 64 bits": b'{"name": 9223372036854775808}',
    "NaN": b'{"name": NaN}',
    "deep": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "duplicate key": b'{"name": 1, "name": 2}',
    "unknown key": b'{"no_such_field": 1}',
    "too large": b'{"name": "' + b"a" * 3_000_000 + b'"}',
}
# What fields are given in turn, by the JSON type that they expect.
VALUES: dict[str, list[Any]] = {
    "number": [0, -1, 1.5, 1e308, -1e-308, 2**63 - 1, -(2**63 - 1)],
    "string": ["", " ", "x" * 10_000, "中文", "9" * 30, "2026-02-30", "9999-12-31", "0001-01-01"],
    "array": [[], [None], [{}], ["x", "x"], ["220102"], [{"field": "employees", "op": ">"}]],
    "object": [{}, {"revenue_yuan": 1e300, "employees": -1}, {"x": None}],
    "other": [None, True, "NaN", {"a": {"b": 1}}, [[]]],
}
RIGHT_BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/contacts/": {"name": "某人", "phone": "0431-88880000"},
    "POST /api/v1/contacts/{id}/agree/": {"notice_version": "2026-01", "evidence": "1号"},
    "POST /api/v1/firms/": {"uscc": make_uscc(999), "name": "新企业", "region": "220102"},
    "POST /api/v1/firms/{id}/facts/": {
        "source": "document",
        "fiscal_year": 2025,
        "values": {"revenue_yuan": 1},
    },
    "POST /api/v1/firms/{id}/qualifications/": {"code": "high_tech", "source": "document"},
    "POST /api/v1/firms/{id}/stage-override/": {"stage": "growth", "reason": "现场核实"},
    "POST /api/v1/memberships/{id}/prove-authority/": {
        "basis": "vouched",
        "reference": "某孵化器",
        "post": "经理",
        "valid_until": (timezone.localdate() + timedelta(days=30)).isoformat(),
    },
    "POST /api/v1/organizations/": {"kind": "institution", "code": "X", "name": "某行"}
    | {"institution_kind": "bank"},
    "POST /api/v1/organizations/{id}/memberships/": {"username": "newcomer", "role": "firm"},
    "POST /api/v1/announcements/": {"title": "通知", "text": "请做好准备。"},
    "POST /api/v1/announcements/{id}/withdraw/": {"reason": "内容有误"},
    "POST /api/v1/activities/": {
        "kind": "roadshow",
        "title": "演示路演",
        "starts_on": timezone.localdate().isoformat(),
    },
    "POST /api/v1/activities/{id}/participants/": {"title": "某项目", "summary": "摘要"},
    "POST /api/v1/intents/{id}/advance/": {"level": "committed", "amount_yuan": 1_000_000},
    "POST /api/v1/policies/": {"title": "优惠", "content": "额度优先"},
    "PATCH /api/v1/webhook-endpoints/{id}/": {"url": "https://1.1.1.1/new", "event_types": []},
    "POST /api/v1/webhook-endpoints/": {"url": "https://1.1.1.1/new", "event_types": []},
    "POST /api/v1/products/": {"name": "某贷", "financing_type": "credit_loan"},
}


@pytest.fixture
def world() -> World:
    world = make_world()
    # One that may be edited, so that what is sent reaches the rules and not only the state.
    world.objects["needs"] = NeedFactory(firm=world.objects["firms"], returned=True)
    return world


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def writing() -> list[Operation]:
    """Return the operations that read a body."""
    return [o for o in all_operations() if o.method in {"post", "patch", "put"} and o.action]


def somebody_inside(operation: Operation) -> str:
    row = read_matrix()[operation.name]
    return next(actor for actor in reversed(ACTORS) if row[actor] == "in")


def send(world: World, operation: Operation, body: bytes, content_type="application/json"):
    client = world.clients[somebody_inside(operation)]
    headers = {"If-Match": world.revisions[operation.resource]}
    with transaction.atomic():
        answer = client.generic(
            operation.method.upper(),
            world.url(operation.path),
            body,
            content_type=content_type,
            headers=headers,
        )
        transaction.set_rollback(True)
    return answer


def takes_json(operation: Operation, document: dict[str, Any]) -> bool:
    body = document["paths"][operation.path][operation.method].get("requestBody", {})
    return "application/json" in body.get("content", {})


def fields_of(operation: Operation, document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that an operation's body may have."""
    content = document["paths"][operation.path][operation.method]["requestBody"]["content"]
    schema = content["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema.get("properties", {})


def test_bodies_that_are_nonsense(world, document):
    wrong = []
    for operation in writing():
        for name, body in BODIES.items():
            answer = send(world, operation, body)
            is_problem = answer.headers["Content-Type"] == "application/problem+json"
            if not (400 <= answer.status_code < 500 and is_problem):
                wrong.append(f"{operation.name}: {name} answered {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def json_type(schema: dict[str, Any]) -> str:
    """Return the kind of values that a field expects."""
    types = schema.get("type", "string")
    first = types if isinstance(types, str) else types[0]
    return {"integer": "number", "boolean": "other"}.get(first, first)


def nonsense_for(operation: Operation, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield bodies: a fitting kind of value in one field at a time, and each value in all.

    The one field stands in an otherwise right body, so that it reaches the rules behind it.
    """
    right = RIGHT_BODIES.get(operation.name, {})
    for field, schema in fields.items():
        for value in VALUES[json_type(schema)]:
            yield {**right, field: value}
    for value in itertools.chain.from_iterable(VALUES.values()):
        yield dict.fromkeys(fields, value)


@pytest.mark.slow
def test_every_field_of_every_body_given_every_kind_of_value(world, document):
    wrong = []
    for operation in writing():
        if not takes_json(operation, document):
            continue
        for body in nonsense_for(operation, fields_of(operation, document)):
            answer = send(world, operation, json.dumps(body).encode())
            if answer.status_code >= 500:
                wrong.append(f"{operation.name}: {body!r:.200} broke it")
    assert not wrong, "\n".join(wrong)


def test_fields_that_the_platform_keeps_cannot_be_set(world, document):
    """Each column of a resource's model that its input does not name is an unknown field."""
    wrong = []
    for operation in writing():
        if not takes_json(operation, document):
            continue
        columns = {column.name for column in operation.view.queryset.model._meta.concrete_fields}
        columns |= {"id", "pk", "organization_id", "user_id", "status", "role", "is_active"}
        for column in columns - fields_of(operation, document).keys():
            answer = send(world, operation, json.dumps({column: 1}).encode())
            errors = answer.json().get("errors", [])
            if {"unknown_field"} != {e["code"] for e in errors if e["field"] == column}:
                wrong.append(f"{operation.name} took {column}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_query_parameter_given_nonsense(world, document):
    texts = ["", "x", "-1", "9" * 30, "2026-02-30", "'", "%ff", "中", "a,b", "x" * 3_000, "NaN"]
    wrong = []
    for operation in all_operations():
        described = document["paths"].get(operation.path, {}).get(operation.method, {})
        names = [p["name"] for p in described.get("parameters", []) if p["in"] == "query"]
        if not names:
            continue
        client = world.clients[somebody_inside(operation)]
        for name in names:
            for text in texts:
                answer = client.get(world.url(operation.path), {name: text})
                if answer.status_code >= 500:
                    wrong.append(f"{operation.name}: {name}={text:.40} broke it")
        answer = client.get(world.url(operation.path), {"no_such_filter": "1"})
        if answer.status_code != 400:
            wrong.append(f"{operation.name}: an unknown parameter passed")
    assert not wrong, "\n".join(wrong)


def test_every_revision_and_key_given_nonsense(world, document):
    """What stands in If-Match and Idempotency-Key is read or refused, and never breaks."""
    revisions = [
        "",
        "x",
        '"x"',
        '"-1"',
        '"1.5"',
        '"1e3"',
        '"٣"',
        '"' + "9" * 400 + '"',
        '"1',
        "1,2",
    ]
    keys = ["", " ", "中", "x" * 201, "a\tb", "\x7f"]
    headers = [{"If-Match": text} for text in revisions] + [{"Idempotency-Key": k} for k in keys]
    wrong = []
    for operation in writing():
        client = world.clients[somebody_inside(operation)]
        for each in headers:
            with transaction.atomic():
                answer = client.generic(
                    operation.method.upper(),
                    world.url(operation.path),
                    b"{}",
                    content_type="application/json",
                    headers=each,
                )
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                wrong.append(f"{operation.name}: {each!r:.60} broke it")
    assert not wrong, "\n".join(wrong)
