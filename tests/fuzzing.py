"""Random requests to every operation, made from the API's own description, as three roles.

``make fuzz`` runs it on a database of its own. It answers with 1 and prints each request that
broke the platform (5xx) or got an answer that the description does not know.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

ROLES = ("firm", "bank", "department")


def fuzz(*, cases: int) -> dict[str, str]:
    """Send about so many requests in all; return what went wrong, by operation and answer."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    from backend.config.wsgi import application
    from tests.architecture.world import make_world

    world, wrong, counted = make_world(), {}, Counter()
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    operations = [result.ok() for result in schema.get_all_operations()]
    each = max(1, cases // (len(operations) * len(ROLES)))
    limits = settings(
        max_examples=each,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for role in ROLES:
        credentials = world.clients[role]._credentials["HTTP_AUTHORIZATION"]
        for operation in operations:

            @limits
            @given(case=operation.as_strategy())
            def ask(case: Any, known: Any = operation, header: str = credentials) -> None:
                case.path_parameters = _own_ids(world, known.path, case.path_parameters)
                answer = case.call(headers={**(case.headers or {}), "Authorization": header})
                counted[answer.status_code] += 1
                documented = {str(status) for status in known.definition.raw["responses"]}
                if answer.status_code >= 500 or str(answer.status_code) not in documented:
                    name = f"{known.method.upper()} {known.path} -> {answer.status_code}"
                    wrong.setdefault(name, f"{case.body!r:.200} {case.query!r:.200}")

            _in_a_transaction(ask)
    sys.stdout.write(f"{counted.total()} requests: {dict(sorted(counted.items()))}\n")
    return wrong


def _own_ids(world: Any, path: str, given: dict[str, Any] | None) -> dict[str, Any] | None:
    """Name an object that exists in place of a random one, so that requests get somewhere."""
    if not given:
        return given
    found = world.objects.get(path.removeprefix("/api/v1/").split("/")[0])
    own = getattr(found, "public_id", None)
    return {**given, "id": str(own)} if own and "id" in given else given


def _in_a_transaction(work: Callable[[], None]) -> None:
    """Do something to the world and take it back, so that every operation finds it whole."""
    from django.db import transaction

    with transaction.atomic():
        work()
        transaction.set_rollback(True)


def main() -> int:
    """Send requests and print what went wrong."""
    parser = argparse.ArgumentParser(description="随机请求测试")
    parser.add_argument("--cases", type=int, default=3_000)
    arguments = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    from tests.benchmarks.database import fresh_database

    with fresh_database():
        from django.test.utils import override_settings

        with override_settings(ROOT_URLCONF="backend.config.urls", ALLOWED_HOSTS=["*"]):
            wrong = fuzz(cases=arguments.cases)
    for name, request in sorted(wrong.items()):
        sys.stdout.write(f"{name}\n    {request}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
