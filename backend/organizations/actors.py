"""Who is asking: sessions and API keys both become an `Actor`.

Pages, API, templates and tasks ask the same questions of it and get the same answers.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.accounts.models import User
from backend.common.errors import NotPermitted
from backend.organizations.enums import Role
from backend.organizations.models import Membership, Organization
from backend.organizations.permissions import Permission
from backend.organizations.roles import permissions_of


@dataclass(frozen=True, slots=True)
class Actor:
    """A user acting for one organization through one membership, on a given day."""

    user: User
    membership: Membership
    today: date

    @property
    def organization(self) -> Organization:
        """The organization that is acted for."""
        return self.membership.organization

    @property
    def role(self) -> Role:
        """The role held there."""
        return Role(self.membership.role)

    @property
    def region(self) -> str | None:
        """The region of the acting organization."""
        return self.organization.region_code

    @property
    def permissions(self) -> frozenset[Permission]:
        """Every word of this role."""
        return permissions_of(self.membership.role, self.membership.rank)

    def has(self, word: Permission) -> bool:
        """Tell whether the role has this word at all."""
        return word in self.permissions

    def require(self, word: Permission) -> None:
        """Refuse an actor whose role lacks the word."""
        if not self.has(word):
            raise NotPermitted("permission_denied", f"您的角色没有此项权限（{word}）。")

    @property
    def is_firm(self) -> bool:
        """Acts for a firm."""
        return self.role is Role.FIRM

    @property
    def is_incubator(self) -> bool:
        """Acts for an incubator."""
        return self.role is Role.INCUBATOR

    @property
    def is_institution(self) -> bool:
        """Acts for a bank, fund or another financing institution."""
        return self.role is Role.INSTITUTION

    @property
    def is_department(self) -> bool:
        """Acts for a science and technology department."""
        return self.role is Role.DEPARTMENT

    @property
    def has_authority(self) -> bool:
        """Tell whether the account's authority to act for its firm is proved and current."""
        return self.membership.has_authority(self.today)


def list_memberships(user: User) -> list[Membership]:
    """Return the user's active memberships, the oldest first."""
    return list(
        Membership.objects.active()
        .filter(user=user)
        .select_related("organization", "organization__region", "user")
        .order_by("pk")
    )


def resolve_actor(user: User, *, today: date, organization_id: UUID | None = None) -> Actor | None:
    """Find the membership that a signed-in user acts through.

    ``organization_id`` picks one of several; without it the oldest active membership counts.
    None means that the user belongs to nothing that is active, or not to that organization.
    """
    memberships = (
        Membership.objects.active()
        .filter(user=user)
        .select_related("organization", "organization__region")
    )
    if organization_id is not None:
        memberships = memberships.filter(organization__public_id=organization_id)
    membership = memberships.order_by("pk").first()
    if membership is None:
        return None
    return Actor(user=user, membership=membership, today=today)
