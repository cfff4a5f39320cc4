"""Codes as they are shown."""

from rest_framework import serializers

from backend.reference.models import Industry, Qualification, Region, ReportingUnit, Stage


class RegionOutput(serializers.ModelSerializer):
    """A division."""

    parent = serializers.CharField(source="parent_id", allow_null=True)

    class Meta:
        model = Region
        fields = ["code", "name", "full_name", "level", "parent", "edition"]
        read_only_fields = fields


class ReportingUnitOutput(serializers.ModelSerializer):
    """A unit that reports without a division code of its own."""

    id = serializers.CharField(source="slug")
    region = serializers.CharField(source="region_id")

    class Meta:
        model = ReportingUnit
        fields = ["id", "name", "region", "statistical_code", "kind", "note", "source"]
        read_only_fields = fields


class IndustryOutput(serializers.ModelSerializer):
    """An industry."""

    parent = serializers.CharField(source="parent_id", allow_null=True)

    class Meta:
        model = Industry
        fields = ["code", "name", "level", "parent", "edition"]
        read_only_fields = fields


class QualificationCodeOutput(serializers.ModelSerializer):
    """A qualification."""

    class Meta:
        model = Qualification
        fields = [
            "code",
            "name",
            "issuing_level",
            "validity_months",
            "definition",
            "source",
            "valid_from",
        ]
        read_only_fields = fields


class StageOutput(serializers.ModelSerializer):
    """A stage."""

    class Meta:
        model = Stage
        fields = ["code", "name", "position", "definition", "source"]
        read_only_fields = fields
