"""What an institution does to a referral: one action each."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.referrals import inputs
from backend.api.v1.referrals.serializers import ReferralOutput
from backend.organizations.permissions import Permission
from backend.referrals.enums import Step
from backend.referrals.services import assigning, documents, endings, money, steps
from backend.referrals.services.money import DrawnMoney, LineTerms
from backend.referrals.tracks import TRACKS


def _answers(name: type) -> Any:
    return extend_schema(request=name, responses=ReferralOutput)


class ReferralAnswersMixin:
    """Answers of institutions; add ``answer_permission_words`` to the viewset's words."""

    answer_permission_words = {
        "acknowledge": Permission.REFERRAL_ANSWER,
        "step": Permission.REFERRAL_ANSWER,
        "contact": Permission.REFERRAL_ANSWER,
        "survey": Permission.REFERRAL_ANSWER,
        "approve": Permission.REFERRAL_ANSWER,
        "disburse": Permission.REFERRAL_ANSWER,
        "void_drawdown": Permission.REFERRAL_ANSWER,
        "decline": Permission.REFERRAL_ANSWER,
        "give_back": Permission.REFERRAL_ANSWER,
        "documents": Permission.REFERRAL_ANSWER,
        "hand_over": Permission.REFERRAL_ANSWER,
        "assign": Permission.REFERRAL_ASSIGN,
    }

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, id: str) -> Response:
        """Say that the referral was received; for an investor, that it was read."""
        values = self.read_input(inputs.AcknowledgeInput)
        return self._done(
            steps.acknowledge_referral(
                **self._what(), happened_on=values.get("date"), note=values["note"]
            )
        )

    @_answers(inputs.StepInput)
    @action(detail=True, methods=["post"])
    def step(self, request: Request, id: str) -> Response:
        """Record a step of the track; forward only, repeated without effect."""
        values = self.read_input(inputs.StepInput)
        return self._take(Step(values["step"]), values)

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, id: str) -> Response:
        """Record the first contact with the firm; for an investor, the meeting."""
        values = self.read_input(inputs.AcknowledgeInput)
        return self._take(TRACKS[self.get_object().track].contacted, values)

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def survey(self, request: Request, id: str) -> Response:
        """Record the visit to the firm."""
        values = self.read_input(inputs.AcknowledgeInput)
        return self._take(Step.VISITED, values)

    @_answers(inputs.ApproveInput)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Record the approval with its line; a later line replaces an earlier one."""
        values = self.read_input(inputs.ApproveInput)
        day, note = values.pop("date", None), values.pop("note")
        return self._done(
            money.approve_referral(
                **self._what(), terms=LineTerms(**values), happened_on=day, note=note
            )
        )

    @_answers(inputs.DisburseInput)
    @action(detail=True, methods=["post"])
    def disburse(self, request: Request, id: str) -> Response:
        """Record money that reached the firm; any number of times."""
        values = self.read_input(inputs.DisburseInput)
        day, note = values.pop("date"), values.pop("note")
        drawn = DrawnMoney(drawn_on=day, **{**values, "security": tuple(values["security"])})
        return self._done(money.disburse_referral(**self._what(), money=drawn, note=note))

    @_answers(inputs.VoidInput)
    @action(detail=True, methods=["post"], url_path="void-drawdown")
    def void_drawdown(self, request: Request, id: str) -> Response:
        """Take a drawdown back that was reported by mistake."""
        referral = self.get_object()
        values = self.read_input(inputs.VoidInput)
        money.void_drawdown(
            actor=self.actor,
            referral=referral,
            drawdown=self.find_drawdown(referral, values["drawdown"]),
            reason=values["reason"],
            expected_revision=self.expected_revision(),
            now=timezone.now(),
        )
        return self._done(referral)

    @_answers(inputs.DeclineInput)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: str) -> Response:
        """Decline for coded reasons."""
        values = self.read_input(inputs.DeclineInput)
        return self._done(endings.decline_referral(**self._what(), **values))

    @extend_schema(
        operation_id="referrals_return_create",
        request=inputs.ReturnReferralInput,
        responses={200: ReferralOutput, 204: None},
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, id: str) -> Response:
        """Give the referral back: a branch to the unit above it, else to the department.

        204 where the branch sees it no more.
        """
        values = self.read_input(inputs.ReturnReferralInput)
        return self._done(endings.return_referral(**self._what(), **values))

    @_answers(inputs.AskDocumentsInput)
    @action(detail=True, methods=["post"])
    def documents(self, request: Request, id: str) -> Response:
        """Name documents that are missing; the decision clock rests until they are given."""
        values = self.read_input(inputs.AskDocumentsInput)
        return self._done(documents.ask_for_documents(**self._what(), **values))

    @_answers(inputs.HandOverInput)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, id: str) -> Response:
        """Hand the referral over to a colleague."""
        values = self.read_input(inputs.HandOverInput)
        return self._done(
            assigning.hand_over_referral(
                **self._what(), username=values["handler"], note=values["note"]
            )
        )

    @_answers(inputs.AssignInput)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, id: str) -> Response:
        """Assign the referral to a unit below and to a person there."""
        values = self.read_input(inputs.AssignInput)
        return self._done(
            assigning.assign_referral(
                **self._what(),
                unit_code=values.get("unit"),
                username=values.get("handler"),
                override_reason=values["override_reason"],
            )
        )

    def _take(self, step: Step, values: dict[str, Any]) -> Response:
        return self._done(
            steps.take_step(
                **self._what(), step=step, happened_on=values.get("date"), note=values["note"]
            )
        )
