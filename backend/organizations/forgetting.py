"""What is kept of an organization's people beyond who did what, removed at its request."""

from backend.accounts.models import User
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Membership, Organization

_OF_PLACE = ("post", "authority_reference")
_OF_PERSON = ("phone", "email", "first_name", "last_name")


def forget_people(*, actor: Actor, organization: Organization) -> int:
    """Empty posts, references of authorities, telephones and mails; return of how many people.

    Names stay, since the journal and the records of decisions say who did what; a proof of
    authority stays with its basis and its end. Who has a place elsewhere too keeps their
    telephone and mail there. Whether it may be done is the caller's knowledge.
    """
    places = (
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    return sum(_forget(place, actor) for place in places)


def _forget(place: Membership, actor: Actor) -> bool:
    changed = [name for name in _OF_PLACE if getattr(place, name)]
    for name in changed:
        setattr(place, name, "")
    if changed:
        place.save(update_fields=[*changed, "updated_at"])
    elsewhere = place.user.memberships.exclude(organization=place.organization_id)
    personal = [name for name in _OF_PERSON if getattr(place.user, name)]
    if personal and not elsewhere.exists():
        User.objects.filter(pk=place.user_id).update(**dict.fromkeys(personal, ""))
        changed += personal
    if not changed:
        return False
    record(
        EventType.MEMBERSHIP_CHANGED,
        subject=place.organization,
        actor=actor,
        payload={
            "user": str(place.user.public_id),
            "change": "forgotten",
            "fields": sorted(changed),
        },
    )
    return True
