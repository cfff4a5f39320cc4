"""Filters and orders of agreements."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.partners.enums import AgreementStatus
from backend.partners.models import Agreement


class AgreementFilter(filters.FilterSet):
    """By institution, department and what it is today."""

    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    department = filters.UUIDFilter(field_name="department__public_id")
    status = filters.ChoiceFilter(choices=AgreementStatus.choices, method="filter_status")
    ordering = filters.OrderingFilter(
        fields={"valid_from": "valid_from", "valid_until": "valid_until"}
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def filter_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave those that are this today."""
        today = self.request.actor.today
        rules = {
            AgreementStatus.ENDED: Q(),
            AgreementStatus.EXPIRED: Q(valid_until__lte=today),
            AgreementStatus.UNSIGNED: Q(valid_until__gt=today, signed_on__isnull=True),
            AgreementStatus.FUTURE: Q(valid_from__gt=today, signed_on__isnull=False),
            AgreementStatus.LIVE: Q(
                valid_from__lte=today, valid_until__gt=today, signed_on__isnull=False
            ),
        }
        is_ended = value == AgreementStatus.ENDED
        return queryset.filter(rules[AgreementStatus(value)], ended_at__isnull=not is_ended)
