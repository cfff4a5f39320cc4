"""Filters of sheets."""

from django_filters import rest_framework as filters

from backend.referrals.models import Sheet


class SheetFilter(filters.FilterSet):
    """By the list, as a webhook names it."""

    referral_list = filters.UUIDFilter(
        field_name="referral_list__public_id", label="需求清单或名单的编号（id）"
    )

    class Meta:
        model = Sheet
        fields: list[str] = []
