"""An institution's preferential policies: list, write, publish, withdraw."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.catalogue import policies, services
from backend.catalogue.enums import PolicyStatus
from backend.catalogue.models import Policy
from backend.organizations.permissions import Permission
from backend.portal.institution.offer_forms import PolicyForm
from backend.portal.institution.pages import InstitutionPage

_PAGE_SIZE = 30


class PolicyPage(InstitutionPage):
    """A page about the policies of the institution and of the units below it."""

    word = Permission.POLICY_VIEW

    def policies(self) -> QuerySet[Policy]:
        """Return the own policies."""
        own = Policy.objects.visible_to(self.actor).own_of(self.actor)
        return own.select_related("institution__parent__parent__parent")

    def may(self, policy: Policy) -> dict[str, bool]:
        """Tell what this actor may do to a policy now."""
        publishes = policies.can_publish_policy(self.actor, policy)
        return {
            "may_edit": policy.status != PolicyStatus.WITHDRAWN
            and policies.can_edit_policy(self.actor, policy),
            "may_publish": publishes and policy.status == PolicyStatus.DRAFT,
            "may_withdraw": publishes and policy.status == PolicyStatus.PUBLISHED,
        }


def address_of(policy: Policy) -> str:
    """Return where a policy is shown."""
    return reverse("portal:institution_policies_one", args=[policy.public_id])


class PolicyList(PolicyPage):
    """The own policies, the newest first."""

    title = "优惠政策"
    template_name = "portal/institution/policies.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of policies."""
        page = Paginator(self.policies().order_by("-pk"), _PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        return self.show(page=page, may_edit=self.actor.has(Permission.POLICY_EDIT))


class PolicyDetail(PolicyPage):
    """One policy and what may be done to it."""

    template_name = "portal/institution/policy.html"

    def get(self, request: HttpRequest, policy_id: UUID) -> HttpResponse:
        """Show the policy."""
        policy = self.find(self.policies(), policy_id)
        return self.show(title=policy.title, policy=policy, **self.may(policy))


class NewPolicy(PolicyPage):
    """A draft."""

    title = "新建优惠政策"
    word = Permission.POLICY_EDIT
    template_name = "portal/institution/policy_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=PolicyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft."""
        form = PolicyForm(request.POST)

        def create() -> Policy:
            return services.create_policy(
                actor=self.actor, institution=self.actor.organization, values=form.values()
            )

        return self.submit(form, create, to=address_of, done="已保存为草稿，发布前不公开。")


class EditPolicy(PolicyPage):
    """A draft, or as manager a published policy, changed."""

    word = Permission.POLICY_EDIT
    template_name = "portal/institution/policy_form.html"

    def get(self, request: HttpRequest, policy_id: UUID) -> HttpResponse:
        """Show the form as the policy stands."""
        policy = self.find(self.policies(), policy_id)
        return self.show(form=PolicyForm(policy=policy), **self._context(policy))

    def post(self, request: HttpRequest, policy_id: UUID) -> HttpResponse:
        """Keep the changes."""
        policy = self.find(self.policies(), policy_id)
        form = PolicyForm(request.POST, policy=policy)

        def update() -> Policy:
            return services.update_policy(
                actor=self.actor,
                policy=policy,
                values=form.values(),
                expected_revision=self.expected_revision(policy),
            )

        return self.submit(form, update, to=address_of, done="已保存。", **self._context(policy))

    def _context(self, policy: Policy) -> dict[str, Any]:
        return {"title": f"修改：{policy.title}", "policy": policy}


class PublishPolicy(PolicyPage):
    """Making a draft known to everybody."""

    word = Permission.POLICY_PUBLISH

    def post(self, request: HttpRequest, policy_id: UUID) -> HttpResponse:
        """Publish."""
        policy = self.find(self.policies(), policy_id)
        return self.act(
            lambda: services.publish_policy(
                actor=self.actor,
                policy=policy,
                expected_revision=self.expected_revision(policy),
                now=self.now,
            ),
            to=address_of(policy),
            done="已发布。",
        )


class WithdrawPolicy(PolicyPage):
    """Taking a published policy back, for good."""

    word = Permission.POLICY_PUBLISH

    def post(self, request: HttpRequest, policy_id: UUID) -> HttpResponse:
        """Withdraw."""
        policy = self.find(self.policies(), policy_id)
        return self.act(
            lambda: services.withdraw_policy(
                actor=self.actor,
                policy=policy,
                expected_revision=self.expected_revision(policy),
            ),
            to=address_of(policy),
            done="已撤下。",
        )
