"""`GET needs/{id}/matches/` with authentication, against a bare view of equal payload.

All are called through Django's whole WSGI stack in this process, without sockets: for each need
its first answer, which is computed, the answer remembered, and the bare view, one after another,
so that what disturbs the machine disturbs all three. The process has served other needs before,
but never the one that is measured.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from backend.accounts.models import User
from backend.accounts.services import create_key
from backend.matches.answers import Part, describe_need
from backend.matches.catalogue_memory import catalogues
from backend.matches.fragments import encode
from backend.matches.services import DEFAULT_TOP
from backend.needs.models import Need
from backend.organizations.enums import DepartmentLevel, OrganizationKind, Role
from backend.organizations.models import Membership, Organization
from tests.benchmarks.bare_view import BareView
from tests.benchmarks.timing import interleaved

_WARM_UP = 50


def measure(*, requests: int) -> dict[str, Any]:
    """Time first answers (computed), repeated answers (remembered) and the bare view."""
    user = _officer()
    client = Client(headers={"authorization": f"Bearer {create_key(actor=None, user=user)[1]}"})
    bare_client = Client()
    expected = _expected(requests + _WARM_UP)
    sizes = [len(body) for body in expected.values()][_WARM_UP:]

    def rounds() -> Iterator[dict[str, Any]]:
        for path, body in expected.items():
            BareView.payload = json.loads(body)
            yield {
                "computed": lambda path=path: client.get(path),
                "remembered": lambda path=path: client.get(path),
                "bare_view": lambda: bare_client.get("/bare/"),
            }

    bodies = iter(expected.values())

    def check(responses: dict[str, Any]) -> None:
        body = next(bodies)
        for name, response in responses.items():
            assert (response.status_code, response.content) == (200, body), name

    times = interleaved(rounds(), check=check, warm_up=_WARM_UP)
    return {
        "payload_kb": sum(sizes) / len(sizes) / 1e3,
        **{key: value for name in times for key, value in times[name].summary(name).items()},
        **times["bare_view"].against(times["computed"], "computed"),
        **times["bare_view"].against(times["remembered"], "remembered"),
    }


def _expected(count: int) -> dict[str, bytes]:
    """Return the answers by address, made the plain way: no memory knows them by it."""
    catalogue = catalogues.current()
    needs = Need.objects.order_by("pk").values_list("pk", "public_id")[:count]
    return {
        f"/api/v1/needs/{public_id}/matches/": encode(
            describe_need(
                catalogue,
                pk,
                parts=[Part.MATCHES],
                as_of=timezone.localdate(),
                top=DEFAULT_TOP,
                with_scores=True,
            )
        )
        for pk, public_id in needs
    }


def _officer() -> User:
    department = Organization.objects.create(
        kind=OrganizationKind.DEPARTMENT,
        code="bench-department",
        name="基准部门",
        region_id="220000",
        department_level=DepartmentLevel.PROVINCE,
    )
    user = User.objects.create_user("bench-officer")
    Membership.objects.create(user=user, organization=department, role=Role.DEPARTMENT)
    return user
