"""A line of departments above a firm in 长春市南关区, and what a county writes after a visit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.recommendations.enums import EntryStandard
from backend.recommendations.models import Recommendation
from backend.recommendations.services import drafting, leading
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor


def visit(**changes: Any) -> dict[str, Any]:
    """What a complete recommendation says."""
    return {
        "visited_on": timezone.localdate(),
        "opinion": "建议推荐。",
        "visitors": [{"name": "李明", "post": "科技科科长"}],
        "standards": [
            {"standard": standard.value, "is_met": True, "basis": "现场查看"}
            for standard in EntryStandard
        ],
        **changes,
    }


@dataclass(frozen=True)
class Line:
    """Who acts at which level, and a need that waits for them."""

    county: Actor
    city: Actor
    province: Actor
    need: Need

    def draft(self, *, by: Actor | None = None, **changes: Any) -> Recommendation:
        return drafting.create_recommendation(
            actor=by or self.county, need=self.need, values=visit(**changes)
        )

    def submit(self, one: Recommendation, *, by: Actor | None = None) -> Recommendation:
        return leading.submit_recommendation(
            actor=by or self.county,
            recommendation=one,
            expected_revision=one.revision,
            now=timezone.now(),
        )

    def verify(self, one: Recommendation, *, by: Actor) -> Recommendation:
        return leading.verify_recommendation(
            actor=by, recommendation=one, expected_revision=one.revision, now=timezone.now()
        )

    def send_back(
        self, one: Recommendation, *, by: Actor, reason: str = "请补充"
    ) -> Recommendation:
        return leading.return_recommendation(
            actor=by,
            recommendation=one,
            reason=reason,
            expected_revision=one.revision,
            now=timezone.now(),
        )


def make_officer(trait: str, **organization: Any) -> Actor:
    """Somebody of a new department."""
    named = {f"organization__{name}": value for name, value in organization.items()}
    return make_actor(**{f"organization__{trait}": True}, role=Role.DEPARTMENT, **named)


@pytest.fixture
def line(db) -> Line:
    """County, city and province."""
    return Line(
        county=make_officer("county_department"),
        city=make_officer("city_department"),
        province=make_officer("department"),
        need=NeedFactory(submitted=True),
    )


@pytest.fixture
def colleague() -> Callable[[Actor], Actor]:
    """Somebody else of the same department."""
    return lambda actor: make_actor(organization=actor.organization, role=Role.DEPARTMENT)
