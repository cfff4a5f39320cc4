"""Filters and orders of referrals; none of them tells what the row itself does not show."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters

from backend.referrals.enums import ENDED, ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.tracks import TRACK_LABELS


class ReferralFilter(filters.FilterSet):
    """By status, track, unit, handler, what is unread, at work or overdue."""

    status = filters.MultipleChoiceFilter(choices=ReferralStatus.choices)
    track = filters.ChoiceFilter(choices=list(TRACK_LABELS.items()))
    need = filters.UUIDFilter(field_name="need__public_id")
    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    unit = filters.CharFilter(field_name="unit__code", max_length=64)
    mine = filters.BooleanFilter(method="filter_mine", label="由我承办")
    unread = filters.BooleanFilter(field_name="is_unread", label="未读")
    at_work = filters.BooleanFilter(method="filter_at_work", label="办理中")
    overdue = filters.BooleanFilter(method="filter_overdue", label="已逾期")
    due_until = filters.DateFilter(
        field_name="next_due_on", lookup_expr="lte", label="最近到期日不晚于"
    )
    ordering = filters.OrderingFilter(fields={"sent_at": "sent_at", "next_due_on": "next_due_on"})

    class Meta:
        model = Referral
        fields: list[str] = []

    def filter_mine(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Leave what the reader handles, or what others do."""
        mine = {"handler": self.request.user}
        return queryset.filter(**mine) if value else queryset.exclude(**mine)

    def filter_at_work(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Leave what has not ended, or what has."""
        ended = {"status__in": sorted(ENDED)}
        return queryset.exclude(**ended) if value else queryset.filter(**ended)

    def filter_overdue(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Leave those of which a clock is overdue, or those of which none is."""
        late = Q(next_due_on__lt=timezone.localdate(), ended_at__isnull=True)
        return queryset.filter(late) if value else queryset.exclude(late)
