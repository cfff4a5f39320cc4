"""What every page of an incubator shares."""

from typing import ClassVar

from django.db.models import QuerySet

from backend.firms.models import Tenancy
from backend.organizations.enums import Role
from backend.portal.pages import Page


class IncubatorPage(Page):
    """A page of an incubator's people."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.INCUBATOR})

    def stays(self) -> QuerySet[Tenancy]:
        """Return the stays in the incubator, past ones included."""
        return Tenancy.objects.visible_to(self.actor).select_related("firm__organization")
