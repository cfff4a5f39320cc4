"""The journal, for auditors: read, never changed."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.permissions import Permission


class AuditEventFilter(filters.FilterSet):
    """By what happened, to what, by whom and when."""

    type = filters.ChoiceFilter(choices=EventType.choices)
    subject_type = filters.CharFilter(max_length=40)
    subject_id = filters.UUIDFilter()
    organization = filters.UUIDFilter(field_name="organization_id")
    user = filters.UUIDFilter(field_name="user__public_id")
    occurred_from = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_before = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")
    ordering = filters.OrderingFilter(fields={"occurred_at": "occurred_at"})

    class Meta:
        model = Event
        fields: list[str] = []


class AuditEventOutput(serializers.ModelSerializer):
    """One event."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField(source="get_type_display")
    user = serializers.UUIDField(source="user.public_id", allow_null=True, default=None)
    organization = serializers.UUIDField(source="organization_id", allow_null=True)

    class Meta:
        model = Event
        fields = [
            "id",
            "type",
            "title",
            "occurred_at",
            "user",
            "organization",
            "subject_type",
            "subject_id",
            "payload",
        ]
        read_only_fields = fields


class AuditEventViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Everything that happened on the platform, the latest first."""

    queryset = Event.objects.none()
    serializer_class = AuditEventOutput
    filterset_class = AuditEventFilter
    permission_words = {"list": Permission.EVENT_VIEW, "retrieve": Permission.EVENT_VIEW}

    def get_queryset(self) -> QuerySet[Event]:
        """Start from what the auditor sees, the latest first."""
        events = Event.objects.visible_to(self.actor).select_related("user")
        return events.order_by("-occurred_at")
