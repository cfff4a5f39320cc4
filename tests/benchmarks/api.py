"""`GET needs/{id}/matches/` with authentication, against a bare view of equal payload.

Both are called through Django's whole WSGI stack in this process, without sockets.
"""

import json
from typing import Any

from django.test import Client

from backend.accounts.models import User
from backend.accounts.services import create_key
from backend.matches.catalogue_memory import catalogues
from backend.needs.models import Need
from backend.organizations.enums import DepartmentLevel, OrganizationKind, Role
from backend.organizations.models import Membership, Organization
from tests.benchmarks.bare_view import BareView
from tests.benchmarks.timing import timed


def measure(*, requests: int) -> dict[str, Any]:
    """Time first answers (computed), repeated answers (remembered) and the bare view."""
    client = Client(headers={"authorization": f"Bearer {_department_key()}"})
    needs = Need.objects.order_by("pk").values_list("public_id", flat=True)[:requests]
    paths = [f"/api/v1/needs/{public_id}/matches/" for public_id in needs]
    answer = _get(client, paths[0])
    BareView.payload = json.loads(answer)
    bare_answer = _get(Client(), "/bare/")
    assert json.loads(bare_answer) == BareView.payload
    catalogues.current().answers.clear()

    bare_client = Client()
    first = timed((lambda path=path: _get(client, path)) for path in paths)
    repeated = timed((lambda: _get(client, paths[0])) for _ in range(requests))
    bare = timed((lambda: _get(bare_client, "/bare/")) for _ in range(requests))
    return {
        "payload_kb": len(answer) / 1e3,
        **first.summary("computed"),
        **repeated.summary("remembered"),
        **bare.summary("bare_view"),
        "computed_against_bare_cpu": bare.cpu_ms / first.cpu_ms,
        "remembered_against_bare_cpu": bare.cpu_ms / repeated.cpu_ms,
    }


def _get(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, response.content
    return response.content


def _department_key() -> str:
    department = Organization.objects.create(
        kind=OrganizationKind.DEPARTMENT,
        code="bench-department",
        name="基准部门",
        region_id="220000",
        department_level=DepartmentLevel.PROVINCE,
    )
    user = User.objects.create_user("bench-officer")
    Membership.objects.create(user=user, organization=department, role=Role.DEPARTMENT)
    return create_key(actor=None, user=user)[1]
