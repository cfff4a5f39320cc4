"""A department's announcements: drafted, published, corrected, withdrawn."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from backend.announcements import services
from backend.announcements.enums import AUDIENCES
from backend.announcements.limits import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.announcements.models import Announcement
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.portal.department.forms import text
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.department.scopes import regions_of
from backend.portal.forms import CodeField, CodesField, DayField, PlainForm

SELECTIONS = {"published": "已发布", "draft": "草稿", "withdrawn": "已撤下"}


class AnnouncementForm(PlainForm):
    """What is made known, to whom, and for how long."""

    title = forms.CharField(label="标题", max_length=TITLE_MAX_LENGTH)
    text = forms.CharField(
        label="正文",
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="分段请空一行；发布后修改会注明修改时间，原文留存在日志中。",
    )
    roles = CodesField(AUDIENCES, label="面向", required=False, help_text="不勾选为所有用户。")
    region = forms.CharField()
    valid_from = DayField(label="展示起日")
    valid_until = DayField(label="展示止日（不含）", required=False, help_text="不填写为长期展示。")
    is_pinned = forms.BooleanField(label="置顶", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = CodeField(
            regions_of(actor), label="地区", empty="本部门辖区", required=False
        )
        self.order_fields(["title", "text", "roles", "region", "valid_from"])


class WithdrawForm(PlainForm):
    """Why it is shown no more."""

    reason = text("撤下原因", REASON_MAX_LENGTH, help_text="只在本部门内可见。")


class Announcements(DepartmentPage):
    """The department's own, by state."""

    title = "公告管理"
    word = Permission.ANNOUNCEMENT_EDIT
    template_name = "portal/department/announcements.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        rows = Announcement.objects.own(self.actor).with_parties().filter(status=selection)
        return self.show(
            page=self.rows_page(rows.order_by("-is_pinned", "-published_at", "-pk")),
            selection=selection,
            selections=SELECTIONS.items(),
        )


class AnnouncementAct(AskPage):
    """A form about one announcement of the department."""

    word = Permission.ANNOUNCEMENT_EDIT

    def load(self, announcement_id: UUID) -> Announcement:
        """Return the announcement."""
        return self.find(self._own(), announcement_id)

    def back(self, subject: Announcement | None) -> str:
        """Lead to the announcement, or to the list."""
        return _address(subject) if subject else reverse("portal:department_announcements")

    def form(self, subject: Announcement | None, data: Any = None) -> PlainForm:
        """Ask what it says."""
        return AnnouncementForm(data, actor=self.actor, initial=self._known(subject))

    def _known(self, subject: Announcement | None) -> dict[str, Any]:
        if subject is None:
            return {"valid_from": timezone.localdate()}
        own = subject.region_id == self.actor.region
        known = {name: getattr(subject, name) for name in services.EDITABLE_FIELDS}
        return known | {"region": "" if own else subject.region_id}

    def said(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with the department's own region where none was chosen."""
        return values | {"region": values["region"] or self.actor.region}

    def _own(self) -> QuerySet[Announcement]:
        return Announcement.objects.own(self.actor).with_parties()


class New(AnnouncementAct):
    """A new draft."""

    title = "起草公告"
    lead = "保存为草稿，预览无误后再发布。"
    button = "保存草稿"
    done = "已保存草稿，请预览后发布。"

    def load(self) -> None:
        """Nothing is named."""
        return

    def call(self, subject: None, values: dict[str, Any]) -> Announcement:
        """Keep the draft."""
        return services.draft_announcement(actor=self.actor, values=self.said(values))

    def onward(self, subject: None, result: Announcement) -> str:
        """Lead to the draft as its readers will see it."""
        return _address(result)


class Edit(AnnouncementAct):
    """Other words, days or readers."""

    title = "修改公告"
    button = "保存"
    done = "已保存。"

    def call(self, subject: Announcement, values: dict[str, Any]) -> Announcement:
        """Keep what changed."""
        return services.update_announcement(
            actor=self.actor,
            announcement=subject,
            changes=self.said(values),
            expected_revision=self.expected_revision(subject),
            now=self.now,
        )


class Publish(DepartmentPage):
    """Published by a press."""

    post_word = Permission.ANNOUNCEMENT_EDIT

    def post(self, request: HttpRequest, announcement_id: UUID) -> HttpResponse:
        """Show it to everybody whom it concerns."""
        found = self.find(Announcement.objects.own(self.actor), announcement_id)
        return self.act(
            lambda: services.publish_announcement(
                actor=self.actor,
                announcement=found,
                expected_revision=self.expected_revision(found),
                now=self.now,
            ),
            to=_address(found),
            done="公告已发布。",
        )


class Withdraw(AnnouncementAct):
    """Shown to nobody any more."""

    title = "撤下公告"
    lead = "撤下后用户不再看到；本部门仍可查阅，不能恢复。"
    button = "撤下"
    tone = "danger"
    done = "公告已撤下。"

    def form(self, subject: Announcement, data: Any = None) -> WithdrawForm:
        """Ask for the reason."""
        return WithdrawForm(data)

    def context(self, subject: Announcement) -> dict[str, Any]:
        """Show the title above the form."""
        return super().context(subject) | {"quote": subject.title}

    def call(self, subject: Announcement, values: dict[str, Any]) -> Announcement:
        """Withdraw it."""
        return services.withdraw_announcement(
            actor=self.actor,
            announcement=subject,
            expected_revision=self.expected_revision(subject),
            now=self.now,
            **values,
        )


def _address(announcement: Announcement) -> str:
    return reverse("portal:announcements_detail", args=[announcement.public_id])
