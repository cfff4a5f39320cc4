"""The accounts of an organization's people, kept by its manager."""

from typing import ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.errors import DomainError
from backend.organizations import policies, services
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership
from backend.organizations.permissions import Permission
from backend.portal.pages import Page, put_on_form
from backend.portal.people.forms import MemberForm

_PAGE_SIZE = 50


class MemberPage(Page):
    """A page about the own organization's accounts."""

    roles: ClassVar[frozenset[Role]] = frozenset(
        {Role.FIRM, Role.INCUBATOR, Role.INSTITUTION, Role.DEPARTMENT}
    )

    word = Permission.MEMBERSHIP_VIEW

    def members(self) -> QuerySet[Membership]:
        """Return the own organization's places."""
        visible = Membership.objects.visible_to(self.actor)
        own = visible.filter(organization=self.actor.organization)
        return own.select_related("user", "organization")


class Members(MemberPage):
    """Who acts for the organization, and who did."""

    title = "账号管理"
    template_name = "portal/people/members.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of places."""
        page = Paginator(self.members().order_by("-is_active", "pk"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        may_manage = policies.can_manage_membership(self.actor, self.actor.organization)
        return self.show(page=page, may_manage=may_manage)


class NewMember(MemberPage):
    """An account for a colleague, with a first password that is shown this once."""

    title = "新建账号"
    word = Permission.MEMBERSHIP_MANAGE
    template_name = "portal/people/member_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=MemberForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the account and show its first password, which is kept nowhere.

        A second press is refused because the name is taken by then.
        """
        form = MemberForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                membership, password = services.open_account(
                    actor=self.actor,
                    username=values["username"],
                    display_name=values["display_name"],
                    organization=self.actor.organization,
                    role=self.actor.role,
                    rank=Rank(values["rank"]),
                    post=values["post"],
                )
            except DomainError as error:
                put_on_form(form, error)
            else:
                return self.show(
                    "portal/people/member_made.html", membership=membership, password=password
                )
        return self.show(form=form, status=422)


class EndMember(MemberPage):
    """Ending a colleague's place; nobody ends their own."""

    word = Permission.MEMBERSHIP_MANAGE

    def post(self, request: HttpRequest, membership_id: UUID) -> HttpResponse:
        """End the place at once."""
        membership = self.find(self.members(), membership_id)
        return self.act(
            lambda: services.end_membership(actor=self.actor, membership=membership),
            to=reverse("portal:members"),
            done="已停用，立即不能再代表本机构办理。",
        )
