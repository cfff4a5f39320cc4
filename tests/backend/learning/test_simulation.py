"""The simulated history: seeded, marked, only for demonstrations."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.common.errors import StateConflict
from backend.learning.history import list_cases
from backend.learning.models import PastResult
from backend.learning.services import training
from backend.learning.simulation import simulate_history, tastes_of
from backend.ranking import services

pytestmark = pytest.mark.django_db


def rows():
    return list(PastResult.objects.order_by("pk").values_list("need_code", "product_id", "result"))


def test_a_seed_repeats_a_history_and_takes_the_place_of_the_one_before(history):
    before = rows()
    simulate_history(needs=700, until=timezone.localdate(), seed=3)
    assert rows() == before
    simulate_history(needs=30, until=timezone.localdate(), seed=4)
    assert rows() != before
    assert len({code for code, *_ in rows()}) <= 30


def test_the_truth_is_what_is_financed(history):
    tastes = tastes_of(
        sorted(set(PastResult.objects.values_list("product__institution__code", flat=True))), 3
    )
    met, unmet = [], []
    for row in PastResult.objects.select_related("product__institution"):
        taste = tastes[row.product.institution.code]
        both = (taste.stage, taste.section) == (row.stage, row.industry[0])
        (met if both else unmet).append(row.result == "funded")
    assert sum(met) / len(met) > 3 * sum(unmet) / len(unmet)


def test_simulated_outcomes_are_no_outcomes_of_the_platform(history):
    assert list_cases(until=timezone.localdate(), demonstration=True)
    assert list_cases(until=timezone.localdate(), demonstration=False) == []


def test_outside_demonstration_mode_nothing_is_simulated_learned_or_used(
    trained, department_actor, settings
):
    settings.KERONG_DEMO = False
    with pytest.raises(CommandError, match="KERONG_DEMO"):
        call_command("simulate_history", stdout=StringIO())
    with pytest.raises(StateConflict, match="演示模式"):
        training.request_training(actor=department_actor, demonstration=True, now=timezone.now())
    with pytest.raises(StateConflict, match="演示模式"):
        services.activate_version(
            actor=department_actor, version=trained, expected_revision=None, now=timezone.now()
        )


def test_the_command_says_how_much_it_made(banks, demo_mode):
    out = StringIO()
    call_command("simulate_history", needs=20, stdout=out)
    assert f"{PastResult.objects.count()} 条模拟结果" in out.getvalue()
