"""The actor that stands for all of its role sees what each of them sees."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from backend.common.statements import write
from backend.needs.models import Need
from backend.organizations.any_actor import MARKS, any_actor, values_of
from backend.organizations.enums import Rank, Role
from backend.organizations.roles import ROLE_PERMISSIONS
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db

PLACES = {
    Role.FIRM: [{}, {"organization__region__code": "220202"}],
    Role.INCUBATOR: [{"organization__incubator": True}],
    Role.INSTITUTION: [{"organization__bank": True}],
    Role.DEPARTMENT: [{"organization__department": True}, {"organization__city_department": True}],
}
ELSEWHERE = [{"organization__operator": True}]


def seen_by(actor):
    return set(Need.objects.visible_to(actor).values_list("pk", flat=True))


@pytest.mark.parametrize(("role", "rank"), sorted(ROLE_PERMISSIONS))
def test_a_query_for_all_of_a_role_finds_what_each_may_see(role: Role, rank: Rank):
    """Firms, incubators and departments see different needs, everybody else none."""
    actors = [
        make_actor(role=role, rank=rank, **place)
        for place in PLACES.get(role, ELSEWHERE)
        for _ in range(2)
    ]
    for region in ("220102", "220202", "220000"):
        firm = FirmFactory(organization__region__code=region)
        NeedFactory(firm=firm)
        NeedFactory(firm=firm, open=True)
        for actor in actors:
            if actor.is_incubator:
                TenancyFactory(firm=firm, incubator=actor.organization, consented=region[3] == "1")
    for actor in actors:
        if actor.is_firm:
            NeedFactory(firm=FirmFactory(organization=actor.organization))

    statement = write(
        Need.objects.visible_to(any_actor(role, rank)).order_by("pk").values_list("pk"), **MARKS
    )

    for actor in actors:
        assert {pk for (pk,) in statement.rows(**values_of(actor))} == seen_by(actor)
    if role in {Role.FIRM, Role.INCUBATOR, Role.DEPARTMENT}:
        assert all(seen_by(actor) for actor in actors)


def test_a_department_without_a_region_sees_nothing():
    """No region contains nothing; the database refuses such a department, memory does not."""
    actor = make_actor(organization__department=True, role=Role.DEPARTMENT)
    NeedFactory(open=True)
    actor.organization.region_id = None
    statement = write(
        Need.objects.visible_to(any_actor(actor.role, actor.membership.rank)).values_list("pk"),
        **MARKS,
    )
    assert statement.rows(**values_of(actor)) == []
    assert seen_by(actor) == set()


def test_what_does_not_follow_from_the_role_is_not_there():
    """A filter that came to ask for it would fail at once, not answer wrongly."""
    anybody = any_actor(Role.FIRM, Rank.OFFICER)
    for read in (
        lambda: anybody.has_authority,
        lambda: anybody.organization.kind,
        lambda: anybody.membership.is_active,
        lambda: anybody.user.username,
    ):
        with pytest.raises(ObjectDoesNotExist):
            read()
