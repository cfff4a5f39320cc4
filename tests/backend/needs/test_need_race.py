"""Two officers decide on one need in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from backend.common.errors import DomainError
from backend.journal.models import Event
from backend.needs import services
from backend.organizations.enums import Role
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_exactly_one_of_two_simultaneous_decisions_counts(_round):
    first = make_actor(organization__department=True, role=Role.DEPARTMENT)
    second = make_actor(organization=first.organization, role=Role.DEPARTMENT)
    need = NeedFactory(submitted=True)
    start = Barrier(2)
    decision = {"need": need, "expected_revision": 1, "now": timezone.now()}

    def decide(service, **values):
        try:
            start.wait(timeout=10)
            service(**decision, **values)
        except DomainError as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = [
            pool.submit(decide, services.verify_need, actor=first),
            pool.submit(decide, services.return_need, actor=second, reason="缺合同"),
        ]
        answers = sorted(outcome.result(timeout=30) for outcome in outcomes)

    assert answers == ["done", "stale_revision"]
    need.refresh_from_db()
    assert need.revision == 2
    assert Event.objects.filter(subject_id=need.public_id).count() == 1
