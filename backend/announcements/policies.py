"""Who may do what to announcements; each rule is one sentence."""

from backend.announcements.models import Announcement
from backend.common.errors import NotPermitted
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission


def require_can_draft(actor: Actor) -> None:
    """A department's people make things known."""
    if not actor.has(Permission.ANNOUNCEMENT_EDIT):
        raise NotPermitted("permission_denied", "只有科技管理部门可以发布公告。")


def require_can_edit(actor: Actor, announcement: Announcement) -> None:
    """The department that drafted an announcement edits, publishes and withdraws it."""
    require_can_draft(actor)
    if announcement.department_id != actor.organization.pk:
        raise NotPermitted("permission_denied", "只有发布部门可以管理该公告。")
