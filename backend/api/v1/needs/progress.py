"""Where a need stands with its institutions, in sentences."""

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.referrals.serializers import ClockOutput
from backend.needs.enums import NeedStatus
from backend.organizations.permissions import Permission
from backend.referrals.enums import ReferralStatus
from backend.referrals.progress import describe_progress


class ReferralProgressOutput(serializers.Serializer):
    """One institution."""

    id = serializers.UUIDField()
    institution = serializers.CharField()
    institution_name = serializers.CharField()
    status = serializers.ChoiceField(choices=ReferralStatus)
    status_label = serializers.CharField()
    text = serializers.CharField()
    missing_documents = serializers.ListField(child=serializers.CharField())
    clocks = ClockOutput(many=True)


class NeedProgressOutput(serializers.Serializer):
    """Where a need stands and what happens next."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=NeedStatus)
    status_label = serializers.CharField()
    summary = serializers.CharField()
    text = serializers.CharField()
    announcements = serializers.ListField(child=serializers.CharField())
    referrals = ReferralProgressOutput(many=True)


class NeedProgressMixin:
    """The progress of a need; add ``progress_permission_words`` to the viewset's words."""

    progress_permission_words = {"progress": Permission.REFERRAL_VIEW}

    @extend_schema(responses=NeedProgressOutput, filters=False)
    @action(detail=True)
    @transaction.atomic
    def progress(self, request: Request, id: str) -> Response:
        """Say where the need stands with each institution and what happens next."""
        need = self.get_object()
        refuse_unknown_parameters(request, set())
        body = describe_progress(need=need, actor=self.actor, now=timezone.now())
        return Response(NeedProgressOutput(body).data)
