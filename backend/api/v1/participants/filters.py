"""Filters and orders of participants."""

from django_filters import rest_framework as filters

from backend.activities.enums import ActivityKind, Part, ParticipationStatus
from backend.activities.models import Participation


class EntryFilter(filters.FilterSet):
    """By part and status; for the participants of one activity."""

    part = filters.ChoiceFilter(choices=Part.choices)
    status = filters.MultipleChoiceFilter(choices=ParticipationStatus.choices)
    ordering = filters.OrderingFilter(fields={"applied_at": "applied_at"})


class ParticipantFilter(EntryFilter):
    """By activity and kind too."""

    activity = filters.UUIDFilter(field_name="activity__public_id")
    kind = filters.MultipleChoiceFilter(
        field_name="activity__kind", choices=ActivityKind.choices, label="活动类别"
    )

    class Meta:
        model = Participation
        fields: list[str] = []
