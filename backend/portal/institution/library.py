"""The project library as an institution reads it, and the intents that it declares."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from backend.activities.enums import IntentLevel
from backend.activities.models import Intent, Project
from backend.activities.selectors import list_referrals_of, show_projects
from backend.activities.services import intents
from backend.consents.enums import Channel
from backend.organizations.permissions import Permission
from backend.portal.institution.library_forms import AdvanceForm, DeclareForm, DropForm
from backend.portal.institution.pages import InstitutionPage

_PAGE_SIZE = 20
_LONGEST_SEARCH = 60
# Two forms of one page have a note each.
_DROP_ID = "id_drop_%s"


class LibraryPage(InstitutionPage):
    """A page about projects; the rules on rows do not know the library, the policy decides."""

    word = Permission.PROJECT_VIEW
    holds_confidential_rows = False

    def projects(self) -> QuerySet[Project]:
        """Return what the institution may read of the library, the newest first."""
        visible = Project.objects.visible_to(self.actor)
        return visible.with_parties().order_by("-listed_at", "-pk")

    def intents(self) -> QuerySet[Intent]:
        """Return the intents of this institution and those below it, the newest first."""
        visible = Intent.objects.visible_to(self.actor)
        return visible.with_story().order_by("-declared_at", "-pk")

    def described(self, projects: Sequence[Project]) -> dict[int, dict[str, Any]]:
        """Return what may be known of each project's need; the ledger keeps that it was shown."""
        return show_projects(projects, actor=self.actor, channel=Channel.PORTAL, now=self.now)


class Library(LibraryPage):
    """What firms have listed."""

    title = "项目库"
    template_name = "portal/institution/projects.html"

    @transaction.atomic
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page; title and summary can be searched."""
        sought = request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
        chosen = self.projects()
        if sought:
            chosen = chosen.filter(Q(title__icontains=sought) | Q(summary__icontains=sought))
        page = Paginator(chosen, _PAGE_SIZE).get_page(request.GET.get("page"))
        projects = list(page)
        needs = self.described(projects)
        own = self._own(projects)
        return self.show(
            page=page,
            sought=sought,
            rows=[(one, needs[one.pk], own.get(one.pk)) for one in projects],
        )

    def _own(self, projects: Sequence[Project]) -> dict[int, Intent]:
        standing = Intent.objects.visible_to(self.actor).filter(
            project__in=[one.pk for one in projects],
            institution=self.actor.organization,
            dropped_at__isnull=True,
        )
        return {intent.project_id: intent for intent in standing}


class LibraryProject(LibraryPage):
    """One project, and the form that declares an intent."""

    post_word = Permission.INTENT_DECLARE
    template_name = "portal/institution/project.html"

    @transaction.atomic
    def get(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """Show the project."""
        project = self.find(self.projects(), project_id)
        return self.show(form=DeclareForm(), **self._context(project))

    def post(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """Declare the intent; the firm is told."""
        project = self.find(self.projects(), project_id)
        form = DeclareForm(request.POST)
        return self.submit(
            form,
            lambda: intents.declare_intent(
                actor=self.actor, project=project, now=self.now, **form.values()
            ),
            to=_address,
            done="意向已提出，企业会收到通知。",
            **self._context(project),
        )

    def _context(self, project: Project) -> dict[str, Any]:
        own = self.intents().filter(
            project=project, institution=self.actor.organization, dropped_at__isnull=True
        )
        return {
            "title": project.title,
            "project": project,
            # Looked up, and noted as shown, only where the page is shown again.
            "need": SimpleLazyObject(lambda: self.described([project])[project.pk]),
            "own": own.first(),
        }


class Intents(LibraryPage):
    """Every intent of the institution and the units below it."""

    title = "我的意向"
    word = Permission.INTENT_VIEW
    template_name = "portal/institution/intents.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        page = Paginator(self.intents(), _PAGE_SIZE).get_page(request.GET.get("page"))
        return self.show(page=page)


class IntentPage(LibraryPage):
    """A page about one intent; its project may have left the library meanwhile."""

    word = Permission.INTENT_VIEW
    post_word = Permission.INTENT_DECLARE
    template_name = "portal/institution/intent.html"

    def context(self, intent: Intent, **forms: Any) -> dict[str, Any]:
        """Return the story, where it led, and the forms that carry it on."""
        named = {"level": intent.level, "amount_yuan": intent.amount_yuan}
        return {
            "title": f"意向：{intent.project.title}",
            "intent": intent,
            "is_listed": self.projects().filter(pk=intent.project_id).exists(),
            "referral": list_referrals_of([intent]).get(intent.pk),
            "advance_form": AdvanceForm(intent=intent, initial=named),
            "drop_form": DropForm(auto_id=_DROP_ID),
            "is_invested": intent.level == IntentLevel.INVESTED,
        } | forms


class IntentDetail(IntentPage):
    """How far an intent has come, and the form that carries it on."""

    def get(self, request: HttpRequest, intent_id: UUID) -> HttpResponse:
        """Show the story."""
        return self.show(**self.context(self.find(self.intents(), intent_id)))

    def post(self, request: HttpRequest, intent_id: UUID) -> HttpResponse:
        """Carry the intent on, or correct what was said last."""
        intent = self.find(self.intents(), intent_id)
        form = AdvanceForm(request.POST, intent=intent)
        return self.submit(
            form,
            lambda: intents.advance_intent(
                actor=self.actor,
                intent=intent,
                expected_revision=self.expected_revision(intent),
                now=self.now,
                **form.values(),
            ),
            to=_address,
            done="已更新。",
            **self.context(intent, advance_form=form),
        )


class DropIntent(IntentPage):
    """Giving an intent up."""

    word = Permission.INTENT_DECLARE

    def post(self, request: HttpRequest, intent_id: UUID) -> HttpResponse:
        """Say so, with the reason if one likes; the firm is told."""
        intent = self.find(self.intents(), intent_id)
        form = DropForm(request.POST, auto_id=_DROP_ID)
        return self.submit(
            form,
            lambda: intents.drop_intent(
                actor=self.actor,
                intent=intent,
                note=form.cleaned_data["note"],
                expected_revision=self.expected_revision(intent),
                now=self.now,
            ),
            to=_address,
            done="意向已放弃；以后可以另行提出。",
            **self.context(intent, drop_form=form),
        )


def _address(intent: Intent) -> str:
    return reverse("portal:institution_projects_intent", args=[intent.public_id])
