"""What is read and shown of an incubator's tenants."""

from rest_framework import serializers

from backend.api.serializers import StrictSerializer
from backend.api.v1.rosters.serializers import WorkbookField
from backend.firms.models import Tenancy
from backend.needs.enums import NeedStatus
from backend.referrals.enums import ReferralStatus


class TenantsInput(StrictSerializer):
    """A form with a workbook; rows without dates of their own take those given here."""

    file = WorkbookField(help_text="Excel 工作簿（.xlsx），不超过 10 MiB；孵化载体代码可不填。")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, default=None, help_text="不含当日。")
    dry_run = serializers.BooleanField(default=False, help_text="只检查，不写入。")


class TenantOutput(serializers.Serializer):
    """A stay in the incubator, and what the firm lets the incubator do."""

    id = serializers.UUIDField(source="public_id")
    firm = serializers.CharField(source="firm.organization.code")
    firm_name = serializers.CharField(source="firm.organization.name")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    may_speak = serializers.SerializerMethodField(help_text="企业同意由本载体代办。")
    shares_progress = serializers.SerializerMethodField(help_text="企业同意本载体查看需求进展。")

    def get_may_speak(self, tenancy: Tenancy) -> bool:
        """Tell whether the firm lets the incubator speak for it."""
        return tenancy.consented_at is not None

    def get_shares_progress(self, tenancy: Tenancy) -> bool:
        """Tell whether the firm lets the incubator see where its needs stand."""
        return tenancy.consented_at is not None or tenancy.progress_shared_at is not None


class TenantReferralOutput(serializers.Serializer):
    """How far a need is at one institution."""

    institution_name = serializers.CharField()
    status = serializers.ChoiceField(choices=ReferralStatus)
    status_label = serializers.CharField()
    sent_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class TenantNeedOutput(serializers.Serializer):
    """Where a tenant's need stands."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=NeedStatus)
    status_label = serializers.CharField()
    summary = serializers.CharField()
    referrals = TenantReferralOutput(many=True)


class TenantProgressOutput(serializers.Serializer):
    """Where a tenant's needs stand."""

    firm_name = serializers.CharField()
    needs = TenantNeedOutput(many=True)
