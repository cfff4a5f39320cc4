"""Requests that nobody would write, of every operation and three roles: no 5xx, no surprise.

Schemathesis makes them from the OpenAPI document, those that keep to it and those that do not;
half of them are about objects that exist.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.architecture.world import World, make_world
from tests.size import sized

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# About 3,000 cases with every run, over 10,000 in `make fault-test`.
_CASES_EACH = sized(4, 30)
_LEAST_CASES = sized(800, 3_400)
_ROLES = ("firm", "bank", "department")
# Who may not do a thing at all is told so before anything is read; a few such cases are enough.
_FORBIDDEN, _ENOUGH_FORBIDDEN = 403, 2


@dataclass
class Round:
    """What one role's requests came to."""

    world: World
    role: str
    cases: int = 0
    surprises: list[str] = field(default_factory=list)

    def try_out(self, operation: Any) -> None:
        """Send cases of one operation; those that are refused for the role end soon."""
        statuses: list[int] = []
        generate = operation.as_strategy

        @settings(
            max_examples=_CASES_EACH,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=generate(generation_mode=GenerationMode.POSITIVE)
            | generate(generation_mode=GenerationMode.NEGATIVE),
            is_known=st.booleans(),
        )
        def attempt(case: Any, *, is_known: bool) -> None:
            if statuses == [_FORBIDDEN] * _ENOUGH_FORBIDDEN:
                return
            status, said = self._send(case, is_known=is_known)
            statuses.append(status)
            if str(status) not in operation.definition.raw["responses"]:
                self.surprises.append(f"{operation.label} {status}: {case.body!r:.300} → {said}")

        attempt()
        self.cases += len(statuses)

    def _send(self, case: Any, *, is_known: bool) -> tuple[int, str]:
        path = self.world.url(case.path) if is_known else case.path
        for name, value in (case.path_parameters or {}).items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        headers = {"If-Match": "*"} if is_known else {}
        for name, value in (case.headers or {}).items():
            if isinstance(value, str) and value.isascii() and value.isprintable():
                headers.setdefault(name, value)
        with transaction.atomic():
            answer = self.world.clients[self.role].generic(
                case.method,
                path,
                b"" if _is_absent(case.body) else json.dumps(case.body, default=str),
                content_type="application/json",
                query_params=dict(case.query or {}),
                headers=headers,
            )
            transaction.set_rollback(True)
        content = b"" if answer.streaming else answer.content
        return answer.status_code, content.decode(errors="replace")[:300]


def _is_absent(body: Any) -> bool:
    return type(body).__name__ == "NotSet"


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    """Every operation of the document."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document, default=str)))
    return [operation.ok() for operation in schema.get_all_operations()]


@pytest.mark.parametrize("role", _ROLES)
def test_every_answer_is_one_that_the_document_announces(role, operations):
    seen = Round(make_world(), role)

    for operation in operations:
        seen.try_out(operation)

    print(role, seen.cases)  # noqa: T201 - shown with -rP, and when it fails
    assert not seen.surprises, "\n".join(seen.surprises)
    assert seen.cases >= _LEAST_CASES
