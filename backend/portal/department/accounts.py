"""Accounts that speak for firms and incubators: whose authority is proved, and until when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations import services
from backend.organizations.enums import AuthorityBasis
from backend.organizations.models import Membership
from backend.organizations.permissions import Permission
from backend.portal.department.account_forms import AuthorityForm
from backend.portal.department.pages import AskPage, DepartmentPage

SELECTIONS = {"waiting": "待核验", "expiring": "即将到期", "proved": "有效", "all": "全部"}
EXPIRING = timedelta(days=60)
_USUAL_DAYS = 365


class Accounts(DepartmentPage):
    """The accounts of the region's firms and incubators."""

    title = "企业账号"
    word = Permission.AUTHORITY_PROVE
    template_name = "portal/department/accounts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, those that have waited longest first."""
        selection = self.selection([*SELECTIONS])
        today, visible = self.actor.today, Membership.objects.speaking_below(self.actor)
        chosen = {
            "waiting": visible.without_authority(today),
            "expiring": visible.with_authority_until(today, today + EXPIRING),
            "proved": visible.with_authority(today),
            "all": visible,
        }[selection]
        rows = chosen.select_related("user", "organization__region").order_by("created_at", "pk")
        return self.show(
            page=self.rows_page(rows),
            selection=selection,
            selections=SELECTIONS.items(),
            waiting=visible.without_authority(today).count(),
        )


class ProveAuthority(AskPage):
    """What proves that an account may act for its organization."""

    title = "核验经办授权"
    word = Permission.AUTHORITY_PROVE
    lead = "请核对授权书、担保或统一认证与账号本人一致；核验后可以提交需求、授权和确认。"
    button = "核验通过"
    done = "已核验，账号可以办理业务。"

    def load(self, membership_id: UUID) -> Membership:
        """Return a place in a firm or an incubator of the region."""
        return self.find(self._places(), membership_id)

    def form(self, subject: Membership, data: Any = None) -> AuthorityForm:
        """Ask for the proof, for a year unless it says otherwise."""
        known = {
            "basis": subject.authority_basis or AuthorityBasis.STAMPED_LETTER.value,
            "reference": subject.authority_reference,
            "post": subject.post,
            "valid_until": self._usual_end(),
        }
        return AuthorityForm(data, initial=known)

    def call(self, subject: Membership, values: dict[str, Any]) -> Membership:
        """Record the proof."""
        return services.prove_authority(
            actor=self.actor,
            membership=subject,
            basis=AuthorityBasis(values.pop("basis")),
            now=self.now,
            **values,
        )

    def back(self, subject: Membership) -> str:
        """Lead to the list."""
        return reverse("portal:department_accounts")

    def context(self, subject: Membership) -> dict[str, Any]:
        """Say whose account it is above the form."""
        user, organization = subject.user, subject.organization
        contact = "，".join(filter(None, (user.phone, user.email)))
        return super().context(subject) | {
            "quote": f"{organization.name}（{organization.code}）\n"
            f"{user}，账号 {user.username}{f'，{contact}' if contact else ''}"
        }

    def _places(self) -> QuerySet[Membership]:
        visible = Membership.objects.speaking_below(self.actor)
        return visible.select_related("user", "organization")

    def _usual_end(self) -> date:
        return self.actor.today + timedelta(days=_USUAL_DAYS)
