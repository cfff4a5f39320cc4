"""Activities that a department or an incubator holds, from the plan to what came of it."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.activities.enums import ActivityStatus
from backend.activities.models import Activity
from backend.activities.services import activities
from backend.organizations.enums import Role
from backend.organizations.permissions import Permission
from backend.portal.asking import AskPage
from backend.portal.hosting.forms import ActivityForm, CancelForm, HoldForm
from backend.portal.pages import Page

_PAGE_SIZE = 20
HOSTS: frozenset[Role] = frozenset({Role.DEPARTMENT, Role.INCUBATOR})
SELECTIONS = {"own": "本单位主办", "all": "全部活动"}
_EDITABLE = frozenset({ActivityStatus.DRAFT, ActivityStatus.ANNOUNCED})


class HostPage(Page):
    """A page for those who hold activities."""

    roles: ClassVar[frozenset[Role]] = HOSTS
    word = Permission.ACTIVITY_EDIT

    def own(self) -> QuerySet[Activity]:
        """Return the activities that the own organization hosts."""
        return self.visible().filter(host=self.actor.organization)

    def visible(self) -> QuerySet[Activity]:
        """Return the visible activities with what is counted of them."""
        visible = Activity.objects.visible_to(self.actor)
        return visible.with_parties().with_counts().order_by("-starts_on", "-pk")


class Activities(HostPage):
    """What the own organization holds, and what others do."""

    title = "活动管理"
    template_name = "portal/hosting/activities.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        wanted = request.GET.get("show")
        selection = wanted if wanted in SELECTIONS else "own"
        rows = self.own() if selection == "own" else self.visible()
        return self.show(
            page=Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")),
            selection=selection,
            selections=SELECTIONS.items(),
        )


class Detail(HostPage):
    """One own activity, who takes part, and what can be done next."""

    template_name = "portal/hosting/activity.html"

    def get(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Show it with a page of those who take part."""
        activity = self.find(self.own(), activity_id)
        rows = activity.participations.with_parties().order_by("part", "applied_at", "pk")
        return self.show(
            title=activity.title,
            activity=activity,
            page=Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")),
            is_editable=activity.status in _EDITABLE,
            has_begun=activity.starts_on <= self.actor.today,
        )


class New(HostPage):
    """A plan; nobody else sees it before it is announced."""

    title = "筹备活动"
    template_name = "portal/hosting/activity_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=ActivityForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the plan."""
        form = ActivityForm(request.POST)
        return self.submit(
            form,
            lambda: activities.create_activity(actor=self.actor, values=form.values()),
            to=_address_of,
            done="已保存，发布以后各单位可以看到并报名。",
        )


class Edit(HostPage):
    """An activity that was neither held nor cancelled, changed."""

    title = "修改活动"
    template_name = "portal/hosting/activity_form.html"

    def get(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Show the form as the activity stands."""
        activity = self.find(self.own(), activity_id)
        return self.show(form=ActivityForm(activity=activity), activity=activity)

    def post(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Keep the changes."""
        activity = self.find(self.own(), activity_id)
        form = ActivityForm(request.POST, activity=activity)

        def update() -> Activity:
            return activities.update_activity(
                actor=self.actor,
                activity=activity,
                changes=form.values(),
                expected_revision=self.expected_revision(activity),
            )

        return self.submit(form, update, to=_address_of, done="已保存。", activity=activity)


class Announce(HostPage):
    """Letting everybody know."""

    def post(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Announce it; applications come in."""
        activity = self.find(self.own(), activity_id)
        return self.act(
            lambda: activities.announce_activity(
                actor=self.actor,
                activity=activity,
                expected_revision=self.expected_revision(activity),
                now=self.now,
            ),
            to=_address_of(activity),
            done="已发布，企业和机构可以报名。",
        )


class _AskAboutActivity(AskPage, HostPage):
    """A form that ends an own activity in one way or another."""

    def load(self, activity_id: UUID) -> Activity:
        """Return the activity."""
        return self.find(self.own(), activity_id)

    def back(self, subject: Activity) -> str:
        """Lead to the activity."""
        return _address_of(subject)

    def told(self, subject: Activity) -> dict[str, Any]:
        """Return what both services are told."""
        return {
            "actor": self.actor,
            "activity": subject,
            "expected_revision": self.expected_revision(subject),
            "now": self.now,
        }


class Hold(_AskAboutActivity):
    """That it took place, and how."""

    title = "登记举办"
    lead = "登记以后计入活动统计；请随后登记各单位是否到场。"
    button = "登记举办"
    done = "已登记举办。"

    def form(self, subject: Activity, data: Any = None) -> HoldForm:
        """Ask how it went."""
        return HoldForm(data)

    def call(self, subject: Activity, values: dict[str, Any]) -> Activity:
        """Say that it took place."""
        return activities.hold_activity(**self.told(subject), **values)


class Cancel(_AskAboutActivity):
    """Giving it up."""

    title = "取消活动"
    button = "取消活动"
    tone = "danger"
    done = "活动已取消。"

    def form(self, subject: Activity, data: Any = None) -> CancelForm:
        """Ask why."""
        return CancelForm(data)

    def call(self, subject: Activity, values: dict[str, Any]) -> Activity:
        """Cancel it."""
        return activities.cancel_activity(**self.told(subject), **values)


def _address_of(activity: Activity) -> str:
    return reverse("portal:activities_one", args=[activity.public_id])
