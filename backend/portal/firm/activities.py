"""Activities: what is announced, applying to one, and leaving it."""

from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.activities.limits import SUMMARY_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.activities.models import Activity, Participation
from backend.activities.services import participants
from backend.firms.services import choose_firm
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.portal.forms import PlainForm

_PAGE_SIZE = 20


class EntryForm(PlainForm):
    """An application: with one of the firm's needs, or a project in words."""

    need = forms.ModelChoiceField(
        queryset=None,
        to_field_name="public_id",
        label="带来的融资需求",
        empty_label="不带需求",
        required=False,
    )
    title = forms.CharField(label="项目名称", required=False, max_length=TITLE_MAX_LENGTH)
    summary = forms.CharField(
        label="项目摘要",
        required=False,
        max_length=SUMMARY_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="路演和大赛请写明项目；不要写入企业名称和联系方式。",
    )


class ActivityPage(FirmPage):
    """A page about activities."""

    word = Permission.ACTIVITY_VIEW

    def activities(self) -> QuerySet[Activity]:
        """Return the announced activities, the latest first."""
        visible = Activity.objects.visible_to(self.actor)
        return visible.with_parties().with_counts().order_by("-starts_on", "-pk")

    def own_entries(self) -> QuerySet[Participation]:
        """Return the firm's own places."""
        entries = Participation.objects.visible_to(self.actor).with_parties()
        return entries.order_by("-applied_at", "-pk")


class Activities(ActivityPage):
    """What is announced, and where the firm applied."""

    title = "对接活动"
    template_name = "portal/firm/activities.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of activities with the firm's own applications."""
        page = Paginator(self.activities(), _PAGE_SIZE).get_page(request.GET.get("page"))
        entries = self.own_entries().filter(activity__in=[one.pk for one in page])
        own = {entry.activity_id: entry for entry in reversed(entries)}
        return self.show(page=page, rows=[(one, own.get(one.pk)) for one in page])


class ActivityDetail(ActivityPage):
    """One activity, and the firm's application to it."""

    post_word = Permission.PARTICIPANT_APPLY
    template_name = "portal/firm/activity.html"

    def get(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Show it, with the form for an application."""
        activity = self.find(self.activities(), activity_id)
        return self.show(form=self._form(), **self._context(activity))

    def post(self, request: HttpRequest, activity_id: UUID) -> HttpResponse:
        """Apply; the host decides."""
        activity = self.find(self.activities(), activity_id)
        form = self._form(data=request.POST)
        return self.submit(
            form,
            lambda: participants.enter_firm(
                actor=self.actor,
                activity=activity,
                firm=choose_firm(self.actor, uscc=None),
                now=self.now,
                **form.cleaned_data,
            ),
            to=lambda _: reverse("portal:firm_activities_one", args=[activity_id]),
            done="已报名，主办单位确认后会通知您。",
            **self._context(activity),
        )

    def _form(self, **kwargs: object) -> EntryForm:
        form = EntryForm(**kwargs)
        form.fields["need"].queryset = self.needs().order_by("-pk")
        return form

    def _context(self, activity: Activity) -> dict[str, object]:
        entries = self.own_entries().filter(activity=activity)
        return {"title": activity.title, "activity": activity, "entries": entries}


class LeaveActivity(ActivityPage):
    """One press: the firm does not come."""

    word = Permission.PARTICIPANT_APPLY

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """Give the place up; whoever waits longest moves up."""
        entry = self.find(self.own_entries(), participant_id)
        return self.act(
            lambda: participants.leave(
                actor=self.actor,
                participation=entry,
                expected_revision=self.expected_revision(entry),
            ),
            to=reverse("portal:firm_activities_one", args=[entry.activity.public_id]),
            done="已退出此活动。",
        )
