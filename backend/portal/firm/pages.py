"""What every page of a firm shares."""

from typing import ClassVar

from django.db.models import QuerySet

from backend.needs.models import Need
from backend.organizations.enums import Role
from backend.portal.pages import Page


class FirmPage(Page):
    """A page of a firm's people."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.FIRM})

    def needs(self) -> QuerySet[Need]:
        """Return the firm's needs with what pages show of them."""
        return Need.objects.visible_to(self.actor).with_firm()
