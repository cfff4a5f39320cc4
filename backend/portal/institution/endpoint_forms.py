"""What an institution fills in about its endpoints."""

from typing import Any

from django import forms

from backend.journal.enums import EventType
from backend.portal.forms import PlainForm
from backend.webhooks.models import LONGEST_URL
from backend.webhooks.registry import subscribable_types
from backend.webhooks.services import DEFAULT_OVERLAP_HOURS, LONGEST_OVERLAP_HOURS

_LABELS = dict(EventType.choices)


def event_label(name: str) -> str:
    """Say in Chinese what a type of message tells; one without a name of its own stays as it is."""
    return _LABELS.get(name, name)


class EndpointForm(PlainForm):
    """Where messages go, and of which events."""

    url = forms.CharField(
        label="接收地址",
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"type": "url", "placeholder": "https://"}),
        help_text="https 地址，端口 443 或 8443，可从公网访问。",
    )
    event_types = forms.MultipleChoiceField(
        label="订阅的事件",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选则只接收自检消息。消息只含编号，内容须凭接口密钥读取。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event_types"].choices = [
            (name, f"{event_label(name)}（{name}）") for name in subscribable_types()
        ]


class RotationForm(PlainForm):
    """How long the old secret goes on signing."""

    overlap_hours = forms.IntegerField(
        label="新旧密钥同时签名（小时）",
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        initial=DEFAULT_OVERLAP_HOURS,
        help_text="怀疑泄露时填 0：旧密钥立即失效。",
    )
