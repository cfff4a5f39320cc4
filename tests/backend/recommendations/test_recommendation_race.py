"""Two officers of one level decide on one recommendation in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from backend.common.errors import DomainError
from backend.recommendations.services import leading


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_exactly_one_of_two_simultaneous_decisions_counts(line, colleague, _round):
    one = line.submit(line.draft())
    second = colleague(line.city)
    start = Barrier(2)
    decision = {
        "recommendation": one, "expected_revision": one.revision, "now": timezone.now(),
    }  # fmt: skip

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
            pool.submit(decide, leading.verify_recommendation, actor=line.city),
            pool.submit(decide, leading.return_recommendation, actor=second, reason="缺照片"),
        ]
        answers = sorted(outcome.result(timeout=30) for outcome in outcomes)

    assert answers == ["done", "stale_revision"]
    assert one.steps.count() == 2
