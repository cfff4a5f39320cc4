"""What is read and shown of requests about data."""

from rest_framework import serializers

from backend.api.fields import TextField, UnknownAsNullField, code_of
from backend.api.serializers import StrictSerializer
from backend.data_requests.enums import RequestKind, RequestStatus
from backend.data_requests.models import TEXT_MAX_LENGTH, WHAT_MAX_LENGTH, DataRequest
from backend.data_requests.services import KEPT


class DataRequestInput(StrictSerializer):
    """What the firm asks for, and why."""

    kind = code_of(dict(RequestKind.choices))
    what = TextField(max_length=WHAT_MAX_LENGTH)
    why = TextField(max_length=TEXT_MAX_LENGTH)


class RequestGrantInput(StrictSerializer):
    """What was done."""

    answer = TextField(required=False, allow_blank=True, default="", max_length=TEXT_MAX_LENGTH)


class RequestRefusalInput(StrictSerializer):
    """Why it is not done."""

    reason = TextField(max_length=TEXT_MAX_LENGTH)


class RemovedOutput(serializers.Serializer):
    """How much a deletion removed."""

    consents = serializers.IntegerField(help_text="撤回的授权。")
    needs = serializers.IntegerField(help_text="清空文字的需求。")
    papers = serializers.IntegerField(help_text="删除的附件。")
    projects = serializers.IntegerField(help_text="撤下或删除的项目。")
    descriptions = serializers.IntegerField(help_text="清空的企业简介。")
    contacts = serializers.IntegerField(help_text="删除的联系人。")
    people = serializers.IntegerField(help_text="删除了电话、邮箱、职务的账号。")


class DataRequestOutput(serializers.Serializer):
    """A request with its answer."""

    id = serializers.UUIDField(source="public_id")
    firm = serializers.UUIDField(source="firm.public_id")
    firm_name = serializers.CharField(source="firm.organization.name")
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    what = serializers.CharField()
    why = serializers.CharField()
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    status_label = serializers.CharField(source="get_status_display")
    requested_by = serializers.CharField(source="requested_by.display_name")
    requested_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="15 个工作日内答复的最后一天。")
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = UnknownAsNullField()
    removed = RemovedOutput(allow_null=True)
    kept = serializers.SerializerMethodField(help_text="删除申请中依法保留的内容；更正为 null。")

    def get_kept(self, asked: DataRequest) -> str | None:
        """Say what a deletion leaves."""
        return KEPT if asked.kind == RequestKind.DELETION else None
