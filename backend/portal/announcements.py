"""Announcements, for everybody: the list of what concerns the reader, and one of them."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from backend.announcements import services
from backend.announcements.enums import AnnouncementStatus
from backend.announcements.models import Announcement
from backend.announcements.selectors import list_current, list_history
from backend.organizations.permissions import Permission
from backend.portal.pages import Page

_PAGE_SIZE = 30


class AnnouncementPage(Page):
    """A page about what departments make known; no row of it is confidential."""

    word = Permission.ANNOUNCEMENT_VIEW
    holds_confidential_rows = False


class Announcements(AnnouncementPage):
    """What concerns the reader today, pinned ones first."""

    title = "通知公告"
    template_name = "portal/announcements/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them."""
        rows = list_current(self.actor)
        return self.show(
            page=Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")),
            can_post=self.actor.has(Permission.ANNOUNCEMENT_EDIT),
        )


class Detail(AnnouncementPage):
    """One announcement; opening it marks it as read."""

    template_name = "portal/announcements/detail.html"

    def get(self, request: HttpRequest, announcement_id: UUID) -> HttpResponse:
        """Show it and note that it was opened; its department sees what happened to it."""
        visible = Announcement.objects.visible_to(self.actor).with_parties()
        found = self.find(visible, announcement_id)
        services.mark_read(actor=self.actor, announcement=found, now=self.now)
        is_own = (
            self.actor.has(Permission.ANNOUNCEMENT_EDIT)
            and found.department_id == self.actor.organization.pk
        )
        return self.show(
            title=found.title,
            announcement=found,
            is_own=is_own,
            can_edit=is_own and found.status != AnnouncementStatus.WITHDRAWN,
            can_publish=is_own and found.status == AnnouncementStatus.DRAFT,
            can_withdraw=is_own and found.status == AnnouncementStatus.PUBLISHED,
            history=list_history(found) if is_own else (),
        )
