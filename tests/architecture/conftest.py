"""The world of confidential cases, built once per module."""

from collections.abc import Iterator

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def confidential_world(django_db_setup, django_db_blocker) -> Iterator[object]:
    """Build the world of cases; nothing of it stays. Modules mark themselves `django_db`."""
    from tests.architecture.case_events import lead_cases_on
    from tests.architecture.cases import make_confidential_world

    with django_db_blocker.unblock(), transaction.atomic():
        made = make_confidential_world()
        lead_cases_on(made)
        yield made
        transaction.set_rollback(True)
