"""Filters and orders of firms and of their figures."""

from django.core.validators import RegexValidator
from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from backend.api.filters import RegionCodeFilter
from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS
from backend.firms.models import Fact, Firm, FirmQualification
from backend.organizations.querysets import OrganizationQuerySet
from matching.vocabulary import QUALIFICATIONS

INDUSTRY_FORM = RegexValidator(r"^[A-T][0-9]{0,4}\Z", "应为行业代码或其开头，例如 C39。")


class FirmFilter(filters.FilterSet):
    """By name or code, region and below, industry and finer, qualification ever held."""

    q = filters.CharFilter(method="filter_text", max_length=100, label="名称片段或完整代码")
    region = RegionCodeFilter(method="filter_region", label="行政区划代码")
    industry = filters.CharFilter(lookup_expr="startswith", validators=[INDUSTRY_FORM])
    qualification = filters.ChoiceFilter(
        choices=list(QUALIFICATIONS.items()), method="filter_qualification"
    )
    is_demonstration = filters.BooleanFilter(field_name="organization__is_demonstration")
    ordering = filters.OrderingFilter(
        fields={
            "created_at": "created_at",
            "founded_on": "founded_on",
            "organization__name": "name",
        }
    )

    class Meta:
        model = Firm
        fields: list[str] = []

    def filter_text(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave firms whose name contains the text, or whose code it is."""
        return queryset.filter(Q(organization__name__icontains=value) | Q(organization__code=value))

    def filter_region(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave firms in a division or below."""
        return queryset.filter(OrganizationQuerySet.inside(value, path="organization__"))

    def filter_qualification(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Leave firms with a record of a qualification, whatever its period."""
        return queryset.filter(
            pk__in=FirmQualification.objects.filter(code=value).values("firm_id")
        )


class FactFilter(filters.FilterSet):
    """By figure and source."""

    field = filters.ChoiceFilter(choices=list(FACT_FIELDS.items()))
    source = filters.ChoiceFilter(choices=FactSource.choices)

    class Meta:
        model = Fact
        fields: list[str] = []
