"""An actor in general: it stands for every actor of its role in a query written once.

What `visible_to` lets an actor see follows from its role and rank, which decide the query's
text, and from its user, organization, region and day, which are values in it. Whatever else a
filter should come to ask of the one who stands for all is not there, and raises.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from backend.accounts.models import User
from backend.common.statements import ANY_DAY, ANY_KEY
from backend.organizations.actors import Actor
from backend.organizations.models import Membership, Organization
from backend.reference.regions import region_prefix

_USER, _ORGANIZATION, _MEMBERSHIP = ANY_KEY + 1, ANY_KEY + 2, ANY_KEY + 3
# The day on which whoever asks looks at things.
TODAY = ANY_DAY
# No code: whatever becomes of it, it matches no region.
_REGION = "any region"


def any_actor(role: str, rank: str) -> Actor:
    """Return an actor of a role and rank with marks for everything else."""
    # Objects take values in the order of their fields; what is not given is read when asked for,
    # and not found.
    membership = Membership.from_db(
        DEFAULT_DB_ALIAS, ["id", "role", "rank"], [_MEMBERSHIP, role, rank]
    )
    membership.organization = Organization.from_db(
        DEFAULT_DB_ALIAS, ["id", "region_id"], [_ORGANIZATION, _REGION]
    )
    user = User.from_db(DEFAULT_DB_ALIAS, ["id"], [_USER])
    return Actor(user=user, membership=membership, today=TODAY)


MARKS: dict[str, Any] = {
    "actor_user": _USER,
    "actor_organization": _ORGANIZATION,
    "actor_inside": f"{_REGION}%",
    "actor_today": TODAY,
}


def values_of(actor: Actor) -> dict[str, Any]:
    """Return what goes where the marks stand; no region contains nothing."""
    region = actor.region
    return {
        "actor_user": actor.user.pk,
        "actor_organization": actor.organization.pk,
        "actor_inside": None if region is None else f"{region_prefix(region)}%",
        "actor_today": actor.today,
    }
