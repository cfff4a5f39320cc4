"""Who signs a department's lists: each department, of whatever region and agency, says its own."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.enums import Rank
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.portal.department.pages import AskPage
from backend.portal.forms import PlainForm
from backend.referrals.enums import ApprovalPost
from backend.referrals.models import ApprovalSeat
from backend.referrals.models.approvals import TITLE_MAX_LENGTH
from backend.referrals.services import approval

_FIRST = ApprovalPost.HANDLER
_FIELDS = ("on", "rank", "title")


class ChainForm(PlainForm):
    """For each post whether it signs, and which rank and title its holder has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for post in ApprovalPost:
            if post is not _FIRST:
                self.fields[f"{post}_on"] = forms.BooleanField(
                    label=f"由{post.label}签批", required=False
                )
            self.fields[f"{post}_rank"] = forms.ChoiceField(
                label=f"{post.label}的职级", choices=[("", "不限"), *Rank.choices], required=False
            )
            self.fields[f"{post}_title"] = forms.CharField(
                label=f"{post.label}的职务",
                required=False,
                max_length=TITLE_MAX_LENGTH,
                help_text="须与成员资料中的职务完全一致；不填写为不限。",
            )

    @property
    def posts(self) -> list[tuple[ApprovalPost, list[forms.BoundField]]]:
        """Return each post with its fields."""
        return [
            (
                post,
                [
                    self[name]
                    for name in (f"{post}_{field}" for field in _FIELDS)
                    if name in self.fields
                ],
            )
            for post in ApprovalPost
        ]

    def seats(self) -> list[ApprovalSeat]:
        """Return the chain that was asked for, in the order of posts."""
        values = self.cleaned_data
        return [
            ApprovalSeat(
                post=post, rank=values[f"{post}_rank"], title=values[f"{post}_title"].strip()
            )
            for post in ApprovalPost
            if values.get(f"{post}_on", True)
        ]


class Chain(AskPage):
    """The chain as it stands, who could sign for each post, and a form for managers."""

    title = "签批设置"
    word = Permission.LIST_VIEW
    post_word = Permission.ORGANIZATION_EDIT
    template_name = "portal/department/chain.html"
    lead = "清单由经办人送审，再依次签批；一人在一轮中只能签一个岗位，起草人不能签批。"
    button = "保存"
    done = "签批岗位已保存；正在签批的清单按新的岗位继续。"

    def load(self) -> Organization:
        """Return the department."""
        return self.actor.organization

    def form(self, subject: Organization, data: Any = None) -> ChainForm:
        """Ask who signs, with what holds now at hand."""
        known: dict[str, Any] = {f"{post}_on": False for post in ApprovalPost}
        for seat in approval.get_chain(subject):
            known |= {
                f"{seat.post}_on": True,
                f"{seat.post}_rank": seat.rank,
                f"{seat.post}_title": seat.title,
            }
        return ChainForm(data, initial=known)

    def context(self, subject: Organization) -> dict[str, Any]:
        """Show each post with the number of people who could sign for it."""
        return {
            "back": self.back(subject),
            "chain": approval.describe_chain(subject),
            "can_configure": self.actor.has(Permission.ORGANIZATION_EDIT),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the chain."""
        subject = self.load()
        form = self.form(subject, request.POST)
        return self.submit(
            form,
            lambda: approval.configure_chain(
                actor=self.actor, department=subject, seats=form.seats()
            ),
            to=lambda _: reverse("portal:department_lists_chain"),
            done=self.done,
            **self.context(subject),
        )

    def back(self, subject: Organization) -> str:
        """Lead to the lists."""
        return reverse("portal:department_lists")
