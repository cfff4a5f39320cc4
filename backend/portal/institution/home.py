"""The first page of a institution."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse

from backend.organizations.enums import Role
from backend.portal.pages import Page


class Home(Page):
    """What waits today."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.INSTITUTION})
    title = "工作台"
    template_name = "portal/institution/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return self.show()
