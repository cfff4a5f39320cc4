"""`recommenders_of`: who stands as 推荐单位 in a sheet."""

import pytest

from backend.recommendations.selectors import recommenders_of
from tests.factories.needs import NeedFactory
from tests.factories.recommendations import EndorsementFactory, RecommendationFactory

pytestmark = pytest.mark.django_db


def test_departments_come_before_incubators_and_the_rest_is_left_out():
    accepted = RecommendationFactory(accepted=True)
    need = accepted.need
    endorsement = EndorsementFactory(need=need)
    nobody = NeedFactory(submitted=True)
    assert recommenders_of([need.pk, nobody.pk]) == {
        need.pk: f"{accepted.department.name}、{endorsement.incubator.name}"
    }


def test_what_is_under_way_or_withdrawn_recommends_nothing():
    under_way = RecommendationFactory(submitted=True)
    returned = RecommendationFactory(returned=True)
    withdrawn = EndorsementFactory(withdrawn=True)
    pks = [one.need_id for one in (under_way, returned, withdrawn)]
    assert recommenders_of(pks) == {}


def test_any_number_of_needs_takes_two_queries(count_queries):
    pks = [RecommendationFactory(accepted=True).need_id for _ in range(3)]
    assert count_queries(lambda: recommenders_of(pks)) == 2
    assert count_queries(lambda: recommenders_of(pks[:1])) == 2
