"""Filters and orders of consents."""

from django.db.models import Q
from django_filters import rest_framework as filters

from backend.consents.enums import ConsentStatus, Direction
from backend.consents.models import Consent
from backend.consents.querysets import ConsentQuerySet


class ConsentFilter(filters.FilterSet):
    """By need, firm, institution, direction and what became of it."""

    need = filters.UUIDFilter(field_name="need__public_id")
    firm = filters.UUIDFilter(method="filter_firm", label="企业的 id")
    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    direction = filters.ChoiceFilter(choices=Direction.choices)
    status = filters.ChoiceFilter(choices=ConsentStatus.choices, method="filter_status")
    ordering = filters.OrderingFilter(
        fields={"granted_at": "granted_at", "expires_on": "expires_on"}
    )

    class Meta:
        model = Consent
        fields: list[str] = []

    def filter_firm(self, queryset: ConsentQuerySet, name: str, value: object) -> ConsentQuerySet:
        """Leave those of one firm; institutions do not learn by it which needs are the firm's."""
        if self.request.actor.is_institution:
            return queryset.none()
        return queryset.filter(need__firm__public_id=value)

    def filter_status(self, queryset: ConsentQuerySet, name: str, value: str) -> ConsentQuerySet:
        """Leave those of which this became."""
        today = self.request.actor.today
        rules = {
            ConsentStatus.WITHDRAWN: Q(withdrawn_at__isnull=False),
            ConsentStatus.REPLACED: Q(replaced_at__isnull=False),
        }
        if value in rules:
            return queryset.filter(rules[ConsentStatus(value)])
        if value == ConsentStatus.LIVE:
            return queryset.live_on(today)
        return queryset.standing().filter(expires_on__lte=today)
