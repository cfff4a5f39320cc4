"""What third parties found of a firm: list, read, record, retract."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.fields import (
    CodeField,
    NumberField,
    TextField,
    UnknownAsNullField,
    WholeNumberField,
    code_of,
)
from backend.api.serializers import StrictSerializer
from backend.firms import evaluations as services
from backend.firms.enums import EvaluationKind, EvaluationSource
from backend.firms.evaluation_records import (
    DOCUMENT_NUMBER_MAX_LENGTH,
    EVALUATOR_MAX_LENGTH,
    GRADE_MAX_LENGTH,
    LARGEST_SCALE,
    LARGEST_VALUE_YUAN,
    MOST_PATENTS,
    REASON_MAX_LENGTH,
)
from backend.firms.evaluation_rules import kinds_refusal
from backend.organizations.permissions import Permission


class KindField(CodeField):
    """A kind of evaluation; the refusal says that ratings of credit are none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(EvaluationKind.choices, **kwargs)
        self.error_messages["invalid_choice"] = kinds_refusal("{input}")


class EvaluationInput(StrictSerializer):
    """A result; ``score`` with ``scale``, ``value_yuan`` with ``patents``, or ``grade``."""

    kind = KindField()
    source = code_of(dict(EvaluationSource.choices))
    evaluator = TextField(max_length=EVALUATOR_MAX_LENGTH)
    evaluator_uscc = TextField(required=False, allow_blank=True, default="", max_length=18)
    evaluated_on = serializers.DateField()
    valid_until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="不含当日；长期有效填 null。"
    )
    score = NumberField(
        decimal_places=2, max_value=LARGEST_SCALE, required=False, allow_null=True, default=None
    )
    scale = NumberField(
        decimal_places=2,
        max_value=LARGEST_SCALE,
        required=False,
        allow_null=True,
        default=None,
        help_text="满分，例如 100。",
    )
    value_yuan = WholeNumberField(
        max_value=LARGEST_VALUE_YUAN, required=False, allow_null=True, default=None
    )
    patents = WholeNumberField(
        max_value=MOST_PATENTS, required=False, allow_null=True, default=None
    )
    grade = TextField(required=False, allow_blank=True, default="", max_length=GRADE_MAX_LENGTH)
    document_number = TextField(
        required=False, allow_blank=True, default="", max_length=DOCUMENT_NUMBER_MAX_LENGTH
    )


class RetractionInput(StrictSerializer):
    """Why the evaluation should not have been recorded."""

    reason = TextField(max_length=REASON_MAX_LENGTH)


class EvaluationOutput(serializers.Serializer):
    """An evaluation on record; a retracted one stays, with the reason."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=EvaluationKind.choices)
    name = serializers.CharField(source="get_kind_display")
    evaluator = serializers.CharField()
    evaluator_uscc = UnknownAsNullField()
    evaluated_on = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    scale = serializers.FloatField(allow_null=True)
    value_yuan = serializers.IntegerField(allow_null=True)
    patents = serializers.IntegerField(allow_null=True)
    grade = UnknownAsNullField()
    document_number = UnknownAsNullField()
    source = serializers.ChoiceField(choices=EvaluationSource.choices)
    recorded_at = serializers.DateTimeField()
    retracted_at = serializers.DateTimeField(allow_null=True)
    retracted_reason = UnknownAsNullField()


class FirmEvaluationsMixin:
    """Evaluations of one firm by third parties."""

    evaluation_words = {
        "evaluations": Permission.FIRM_VIEW,
        "record_evaluation": Permission.FIRM_EDIT,
        "evaluation": Permission.FIRM_VIEW,
        "retract_evaluation": Permission.FIRM_EDIT,
    }

    @extend_schema(responses=EvaluationOutput(many=True))
    @action(detail=True, filterset_class=None)
    def evaluations(self, request: Request, id: str) -> Response:
        """List the evaluations on record, the latest first, retracted ones included."""
        page = self.paginate_queryset(self.filter_queryset(self.get_object().evaluations.all()))
        return self.get_paginated_response(EvaluationOutput(page, many=True).data)

    @extend_schema(request=EvaluationInput, responses={201: EvaluationOutput})
    @evaluations.mapping.post
    def record_evaluation(self, request: Request, id: str) -> Response:
        """Note what a third party found; nothing is overwritten, no rating of credit is kept."""
        firm = self.get_object()
        values = self.read_input(EvaluationInput)
        evaluation = services.record_evaluation(
            actor=self.actor,
            firm=firm,
            kind=values.pop("kind"),
            source=EvaluationSource(values.pop("source")),
            values=values,
            now=timezone.now(),
        )
        return Response(EvaluationOutput(evaluation).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=EvaluationOutput)
    @action(detail=True, url_path="evaluations/<uuid:evaluation_id>", filterset_class=None)
    def evaluation(self, request: Request, id: str, evaluation_id: str) -> Response:
        """Show one evaluation."""
        found = self.find(self.get_object().evaluations.all(), evaluation_id)
        return Response(EvaluationOutput(found).data)

    @extend_schema(request=RetractionInput, responses=EvaluationOutput)
    @action(detail=True, methods=["post"], url_path="evaluations/<uuid:evaluation_id>/retract")
    def retract_evaluation(self, request: Request, id: str, evaluation_id: str) -> Response:
        """Say that an evaluation was recorded by mistake; it stays, with the reason."""
        rows = self.get_object().evaluations.select_related("firm")
        evaluation = services.retract_evaluation(
            actor=self.actor,
            evaluation=self.find(rows, evaluation_id),
            now=timezone.now(),
            **self.read_input(RetractionInput),
        )
        return Response(EvaluationOutput(evaluation).data)
