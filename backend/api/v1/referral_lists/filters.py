"""Filters and orders of referral lists and their rows."""

from django_filters import rest_framework as filters

from backend.referrals.enums import ListKind, ListStatus, RowOrigin
from backend.referrals.models import ReferralList


class ReferralListFilter(filters.FilterSet):
    """By state, kind and department."""

    status = filters.ChoiceFilter(choices=ListStatus.choices)
    kind = filters.ChoiceFilter(choices=ListKind.choices)
    department = filters.CharFilter(field_name="department__code", max_length=64)
    is_automatic = filters.BooleanFilter(
        field_name="reassessment", lookup_expr="isnull", exclude=True
    )
    ordering = filters.OrderingFilter(fields={"created_at": "created_at", "sent_at": "sent_at"})

    class Meta:
        model = ReferralList
        fields: list[str] = []


class ListRowFilter(filters.FilterSet):
    """By need, institution, origin, and whether the row was taken off.

    Names no model: the view's own is the list that the rows belong to.
    """

    need = filters.CharFilter(field_name="need__code", max_length=20)
    institution = filters.CharFilter(field_name="institution__code", max_length=64)
    origin = filters.ChoiceFilter(choices=RowOrigin.choices)
    is_removed = filters.BooleanFilter(field_name="removed_at", lookup_expr="isnull", exclude=True)
