"""Filters and orders of contacts."""

from django_filters import rest_framework as filters

from backend.partners.models import Contact


class ContactFilter(filters.FilterSet):
    """By unit, and whether still in office."""

    organization = filters.UUIDFilter(field_name="organization__public_id")
    is_active = filters.BooleanFilter()
    ordering = filters.OrderingFilter(fields={"created_at": "created_at"})

    class Meta:
        model = Contact
        fields: list[str] = []
