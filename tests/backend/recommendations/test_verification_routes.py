"""Which levels a region's needs pass, as data."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.needs import services as needs
from backend.needs.models import VerificationRoute
from backend.needs.routes import DEFAULT_ROUTE, remove_route, route_of, set_route
from tests.backend.recommendations.conftest import make_officer
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def configure(line, region, levels, direct_levels=()):
    return set_route(
        actor=line.province,
        region=region,
        levels=levels,
        direct_levels=list(direct_levels),
        now=timezone.now(),
    )


def verify_directly(line, by):
    return needs.verify_need(actor=by, need=line.need, expected_revision=None, now=timezone.now())


def test_the_finest_division_with_a_setting_counts(line):
    assert route_of("220102") == DEFAULT_ROUTE
    configure(line, "220000", ["province"])
    configure(line, "220100", ["city", "province"])
    assert route_of("220102").levels == ("city", "province")
    assert route_of("220202").levels == ("province",)
    assert route_of(None) == DEFAULT_ROUTE


def test_a_level_that_takes_no_part_does_not_recommend(line):
    configure(line, "220100", ["city", "province"])
    with pytest.raises(NotPermitted) as refusal:
        line.draft()
    assert refusal.value.code == "level_not_in_route"
    one = line.submit(line.draft(by=line.city), by=line.city)
    assert line.verify(one, by=line.province).status == "accepted"


def test_the_province_alone(line, colleague):
    configure(line, "220000", ["province"])
    one = line.submit(line.draft(by=line.province), by=line.province)
    assert line.verify(one, by=colleague(line.province)).status == "accepted"


def test_a_recommendation_under_way_keeps_its_route(line):
    one = line.submit(line.draft())
    configure(line, "220000", ["county", "province"])
    assert line.verify(one, by=line.city).awaiting_level == "province"


def test_without_a_setting_every_level_of_science_verifies_directly(line):
    assert verify_directly(line, line.county).status == "open"


def test_other_agencies_recommend_and_do_not_verify_directly(line):
    with pytest.raises(NotPermitted) as refusal:
        verify_directly(line, make_officer("city_department", agency="industry"))
    assert refusal.value.code == "recommendation_required"


def test_only_the_levels_that_the_route_names_verify_directly(line):
    configure(line, "220000", ["county", "city", "province"], ["province"])
    for level in (line.county, line.city):
        with pytest.raises(NotPermitted) as refusal:
            verify_directly(line, level)
        assert refusal.value.code == "recommendation_required"
    assert verify_directly(line, line.province).status == "open"


@pytest.mark.parametrize(
    "levels", [["province", "county"], ["county", "county"], [], ["county", "village"]]
)
def test_a_route_goes_upward_and_names_each_level_once(line, levels):
    with pytest.raises(InvalidInput) as refusal:
        configure(line, "220000", levels)
    assert {problem.code for problem in refusal.value.problems} == {"not_a_route"}


def test_only_the_provinces_manager_sets_routes_and_only_inside(line):
    with pytest.raises(NotPermitted):
        set_route(
            actor=line.city, region="220100", levels=["city"], direct_levels=[], now=timezone.now()
        )
    officer = make_actor(organization=line.province.organization, role="department", rank="officer")
    with pytest.raises(NotPermitted):
        set_route(
            actor=officer, region="220100", levels=["city"], direct_levels=[], now=timezone.now()
        )
    for outside in ("230000", "229999", "22"):
        with pytest.raises(InvalidInput):
            configure(line, outside, ["city"])


def test_a_setting_that_is_taken_back_lets_the_division_around_it_count(line):
    configure(line, "220000", ["province"])
    configure(line, "220100", ["city", "province"])

    assert remove_route(actor=line.province, region="220100").levels == ("province",)

    assert route_of("220102").levels == ("province",)
    with pytest.raises(StateConflict):
        remove_route(actor=line.province, region="220100")
    with pytest.raises(NotPermitted):
        remove_route(actor=line.city, region="220000")


def test_the_database_refuses_a_route_downward(line):
    with pytest.raises(IntegrityError), transaction.atomic():
        VerificationRoute.objects.create(
            region=line.city.organization.region,
            levels=["province", "county"],
            set_at=timezone.now(),
        )
