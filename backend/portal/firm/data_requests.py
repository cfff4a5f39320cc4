"""A firm's manager asks for a correction or a deletion of its data."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.data_requests import services
from backend.data_requests.enums import RequestKind
from backend.data_requests.models import TEXT_MAX_LENGTH, WHAT_MAX_LENGTH, DataRequest
from backend.firms.services import choose_firm
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.portal.forms import CodeField, PlainForm


class DataRequestForm(PlainForm):
    """What is asked for, and why."""

    kind = CodeField(dict(RequestKind.choices), label="申请")
    what = forms.CharField(
        label="内容",
        max_length=WHAT_MAX_LENGTH,
        help_text="更正请写明哪一项、应改为什么；删除写“本企业资料”即可。",
    )
    why = forms.CharField(
        label="理由", max_length=TEXT_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )


class NewDataRequest(FirmPage):
    """The form."""

    title = "申请更正或删除"
    word = Permission.DATA_REQUEST_OPEN
    template_name = "portal/firm/data_request_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form and what a deletion leaves."""
        return self.show(form=DataRequestForm(), **self._told())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Hand the request to the department."""
        form = DataRequestForm(request.POST)

        def ask() -> DataRequest:
            values = dict(form.cleaned_data)
            return services.open_request(
                actor=self.actor,
                firm=choose_firm(self.actor, uscc=None),
                kind=RequestKind(values["kind"]),
                what=values["what"],
                why=values["why"],
                now=self.now,
            )

        return self.submit(
            form,
            ask,
            to=lambda _: reverse("portal:firm_profile_data"),
            done="申请已提交，由所在地科技管理部门答复。",
            **self._told(),
        )

    def _told(self) -> dict[str, Any]:
        return {"kept": services.KEPT, "workdays": services.ANSWER_WORKDAYS}
