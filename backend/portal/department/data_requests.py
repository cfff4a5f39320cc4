"""What firms ask about their data, and the department's answers."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.data_requests import services
from backend.data_requests.enums import RequestKind
from backend.data_requests.models import TEXT_MAX_LENGTH, DataRequest
from backend.organizations.permissions import Permission
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.forms import PlainForm

SELECTIONS = {"open": "待答复", "all": "全部"}


class DataRequests(DepartmentPage):
    """Requests of the firms of the region and below, those due first."""

    title = "数据请求"
    word = Permission.DATA_REQUEST_VIEW
    template_name = "portal/department/data_requests.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what waits, or all."""
        selection = self.selection([*SELECTIONS])
        visible = DataRequest.objects.visible_to(self.actor)
        rows = visible.open() if selection == "open" else visible
        page = self.rows_page(rows.for_display().by_urgency())
        return self.show(
            page=page,
            rows=[(one, one.is_overdue(self.actor.today)) for one in page],
            selection=selection,
            selections=SELECTIONS.items(),
            waiting=visible.open().count(),
            may_answer=self.actor.has(Permission.DATA_REQUEST_ANSWER),
        )


class GrantForm(PlainForm):
    """What was done."""

    answer = forms.CharField(
        label="答复",
        required=False,
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="更正请写明已改的内容。",
    )


class RefusalForm(PlainForm):
    """Why it is not done."""

    reason = forms.CharField(
        label="理由", max_length=TEXT_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )


class _Answer(AskPage):
    """An answer to one request."""

    word = Permission.DATA_REQUEST_ANSWER

    def load(self, data_request_id: UUID) -> DataRequest:
        """Return the request."""
        return self.find(DataRequest.objects.visible_to(self.actor).for_display(), data_request_id)

    def context(self, subject: DataRequest) -> dict[str, Any]:
        """Show above the form what is asked for."""
        quote = (
            f"{subject.firm.organization.name}申请{subject.get_kind_display()}："
            f"{subject.what}\n理由：{subject.why}"
        )
        if subject.kind == RequestKind.DELETION:
            quote += f"\n{services.KEPT}"
        return super().context(subject) | {"quote": quote}

    def back(self, subject: DataRequest) -> str:
        """Lead to the list."""
        return reverse("portal:department_data_requests")


class Grant(_Answer):
    """It is done; of a deletion this is the deletion."""

    title = "办理更正或删除申请"
    button = "确认办理"
    lead = (
        "更正请先改好再确认；删除一经确认立即执行，不能恢复：撤回全部授权和需求，"
        "删除联系方式、未推送需求的文字和附件。"
    )
    done = "已办理，企业已收到通知。"

    def form(self, subject: DataRequest, data: Any = None) -> GrantForm:
        """Ask what was done."""
        return GrantForm(data)

    def call(self, subject: DataRequest, values: dict[str, Any]) -> DataRequest:
        """Grant the request."""
        return services.grant_request(
            actor=self.actor,
            data_request=subject,
            expected_revision=self.expected_revision(subject),
            now=self.now,
            **values,
        )


class Refuse(_Answer):
    """It is not done."""

    title = "不予办理更正或删除申请"
    button = "不予办理"
    tone = "danger"
    done = "已答复企业。"

    def form(self, subject: DataRequest, data: Any = None) -> RefusalForm:
        """Ask for the reason."""
        return RefusalForm(data)

    def call(self, subject: DataRequest, values: dict[str, Any]) -> DataRequest:
        """Refuse the request."""
        return services.refuse_request(
            actor=self.actor,
            data_request=subject,
            expected_revision=self.expected_revision(subject),
            now=self.now,
            **values,
        )
