"""What the database promises of recommendations, whoever writes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from backend.recommendations.models import Recommendation, StandardCheck, Visitor
from tests.factories.recommendations import (
    EndorsementFactory,
    RecommendationFactory,
    RecommendationStepFactory,
)

pytestmark = pytest.mark.django_db


def refuses(call, error=DatabaseError):
    with pytest.raises(error), transaction.atomic():
        call()


def change(one, **values):
    return lambda: Recommendation.objects.filter(pk=one.pk).update(**values)


def test_visitors_and_checks_of_a_submitted_recommendation_stay():
    one = RecommendationFactory(submitted=True)
    refuses(lambda: one.visitors.all().delete())
    refuses(lambda: one.checks.update(basis="别的"))
    refuses(lambda: Visitor.objects.create(recommendation=one, position=9, name="甲", post="乙"))


def test_nothing_goes_up_with_an_unmet_standard_or_without_a_visitor():
    one = RecommendationFactory()
    up = change(
        one, status="submitted", awaiting_level="city", submitted_at="2026-01-01T00:00Z",
        submitted_by=one.created_by, route=["county", "city"],
    )  # fmt: skip
    StandardCheck.objects.filter(recommendation=one, standard="real_demand").update(is_met=False)
    refuses(up)
    StandardCheck.objects.filter(recommendation=one).update(is_met=True)
    with transaction.atomic():
        one.visitors.all().delete()
        refuses(up)
        transaction.set_rollback(True)
    up()


def test_steps_are_never_altered():
    step = RecommendationStepFactory()
    refuses(lambda: type(step).objects.update(note="别的"))
    refuses(lambda: type(step).objects.all().delete())


@pytest.mark.parametrize(
    "values",
    [
        {"awaiting_level": ""},
        {"route": []},
        {"visited_on": None},
        {"submitted_at": None},
        {"status": "returned", "awaiting_level": ""},
        {"status": "accepted", "awaiting_level": ""},
        {"accepted_at": "2026-01-01T00:00Z"},
    ],
)
def test_states_say_what_belongs_to_them(values):
    refuses(change(RecommendationFactory(submitted=True), **values), IntegrityError)


def test_a_need_has_one_recommendation_per_department_and_one_on_its_way_per_agency():
    one = RecommendationFactory(submitted=True)
    refuses(lambda: RecommendationFactory(need=one.need, department=one.department), IntegrityError)
    refuses(lambda: RecommendationFactory(need=one.need, submitted=True), IntegrityError)
    RecommendationFactory(need=one.need, submitted=True, department__agency="industry")


def test_one_endorsement_stands_per_need_and_incubator():
    one = EndorsementFactory(withdrawn=True)
    pair = {"need": one.need, "incubator": one.incubator}
    EndorsementFactory(**pair)
    refuses(lambda: EndorsementFactory(**pair), IntegrityError)
    refuses(lambda: EndorsementFactory(person=""), IntegrityError)
