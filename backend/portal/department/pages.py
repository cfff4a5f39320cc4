"""What every page of a department shares."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.paginator import Page as RowsPage
from django.core.paginator import Paginator

from backend.organizations.enums import Role
from backend.portal import asking
from backend.portal.pages import Page

PAGE_SIZE = 30


class DepartmentPage(Page):
    """A page of a department's people."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.DEPARTMENT})

    def rows_page(self, rows: Any, size: int = PAGE_SIZE) -> RowsPage:
        """Return the page of rows that the address asks for."""
        return Paginator(rows, size).get_page(self.request.GET.get("page"))

    def selection(self, choices: Sequence[str], name: str = "show") -> str:
        """Return which of some selections the address asks for, the first by default."""
        wanted = self.request.GET.get(name, "")
        return wanted if wanted in choices else choices[0]


class AskPage(asking.AskPage, DepartmentPage):
    """A form of the department about one object."""
