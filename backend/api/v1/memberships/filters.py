"""Filters of memberships."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from backend.organizations.enums import Role
from backend.organizations.models import Membership
from backend.organizations.querysets import MembershipQuerySet


class MembershipFilter(filters.FilterSet):
    """By organization, role, and whether authority is proved and current."""

    organization = filters.UUIDFilter(field_name="organization__public_id")
    role = filters.ChoiceFilter(choices=Role.choices)
    is_active = filters.BooleanFilter()
    has_authority = filters.BooleanFilter(method="filter_authority")

    class Meta:
        model = Membership
        fields: list[str] = []

    def filter_authority(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """Leave places with, or without, a proof that counts today."""
        proved = MembershipQuerySet.with_authority_on(self.request.actor.today)
        return queryset.filter(proved) if value else queryset.exclude(proved)
