"""Fills the database of a running platform: ``python -m tests.faults.seed PART COUNT [URL]``.

Prints what a test needs to know of it as one JSON object.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django


def writers(count: int, url: str) -> dict[str, Any]:
    """Make managers of banks, each with a key."""
    from backend.accounts.services import create_key
    from backend.organizations.enums import Role
    from tests.factories.organizations import make_actor

    people = [make_actor(organization__bank=True, role=Role.INSTITUTION) for _ in range(count)]
    return {"keys": [create_key(actor=None, user=one.user)[1] for one in people]}


def endpoint(count: int, url: str) -> dict[str, Any]:
    """Make a bank whose manager has a key, with endpoints at addresses below one."""
    from backend.accounts.services import create_key
    from backend.organizations.enums import Role
    from tests.factories.organizations import make_actor
    from tests.factories.webhooks import EndpointFactory

    manager = make_actor(organization__bank=True, role=Role.INSTITUTION)
    made = [
        EndpointFactory(organization=manager.organization, url=f"{url}/{number}")
        for number in range(count)
    ]
    return {
        "key": create_key(actor=None, user=manager.user)[1],
        "endpoints": [str(one.public_id) for one in made],
    }


def self_checks(count: int, url: str) -> dict[str, Any]:
    """Ask twenty endpoints for so many self-checks together; they are due at once."""
    from django.db import transaction

    from backend.journal.enums import EventType
    from backend.journal.services import record_many
    from backend.webhooks.models import WebhookEndpoint

    endpoint(20, url)
    endpoints = list(WebhookEndpoint.objects.select_related("organization"))
    with transaction.atomic():
        record_many(
            EventType.WEBHOOK_PINGED,
            (
                (one, {"organization": str(one.organization.public_id)})
                for one in (endpoints[number % 20] for number in range(count))
            ),
            actor=None,
        )
    return {"recorded": count}


def approved_list(count: int, url: str) -> dict[str, Any]:
    """Make a list that waits to be sent: ``count`` is a hundred times the needs, plus the banks."""
    from tests.benchmarks.approved_list import make_approved_list

    known = make_approved_list(needs=count // 100, banks=count % 100, url=url)
    return {name: known[name] for name in ("key", "list", "revision", "rows")}


_PARTS: dict[str, Callable[[int, str], dict[str, Any]]] = {
    "writers": writers,
    "endpoint": endpoint,
    "self-checks": self_checks,
    "approved-list": approved_list,
}

if __name__ == "__main__":
    django.setup()
    part, number, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps(_PARTS[part](int(number), rest[0] if rest else "")))
