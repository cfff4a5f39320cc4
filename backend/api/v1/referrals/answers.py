"""What an institution does to a referral: one action each."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.referrals import inputs
from backend.api.v1.referrals.serializers import ReferralOutput
from backend.organizations.permissions import Permission
from backend.referrals.enums import Step
from backend.referrals.services import assigning, documents, endings, money, offers, steps
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
        "name_manager": Permission.REFERRAL_ANSWER,
        "offer": Permission.REFERRAL_ANSWER,
        "assign": Permission.REFERRAL_ASSIGN,
    }

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, id: str) -> Response:
        """Say that the referral was received; for an investor, that it was read."""
        what = self._what()
        values = self.read_input(inputs.AcknowledgeInput)
        return self._done(
            steps.acknowledge_referral(**what, happened_on=values.get("date"), note=values["note"])
        )

    @_answers(inputs.StepInput)
    @action(detail=True, methods=["post"])
    def step(self, request: Request, id: str) -> Response:
        """Record a step of the track; forward only, repeated without effect."""
        what = self._what()
        values = self.read_input(inputs.StepInput)
        return self._take(what, Step(values["step"]), values)

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, id: str) -> Response:
        """Record the first contact with the firm; for an investor, the meeting."""
        what = self._what()
        values = self.read_input(inputs.AcknowledgeInput)
        return self._take(what, TRACKS[what["referral"].track].contacted, values)

    @_answers(inputs.AcknowledgeInput)
    @action(detail=True, methods=["post"])
    def survey(self, request: Request, id: str) -> Response:
        """Record the visit to the firm."""
        what = self._what()
        values = self.read_input(inputs.AcknowledgeInput)
        return self._take(what, Step.VISITED, values)

    @_answers(inputs.ApproveReferralInput)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Record the approval with its line; a later line replaces an earlier one."""
        what = self._what()
        values = self.read_input(inputs.ApproveReferralInput)
        day, note = values.pop("date", None), values.pop("note")
        return self._done(
            money.approve_referral(**what, terms=LineTerms(**values), happened_on=day, note=note)
        )

    @_answers(inputs.DisburseInput)
    @action(detail=True, methods=["post"])
    def disburse(self, request: Request, id: str) -> Response:
        """Record money that reached the firm; any number of times."""
        what = self._what()
        values = self.read_input(inputs.DisburseInput)
        day, note = values.pop("date"), values.pop("note")
        drawn = DrawnMoney(drawn_on=day, **{**values, "security": tuple(values["security"])})
        return self._done(money.disburse_referral(**what, money=drawn, note=note))

    @_answers(inputs.VoidInput)
    @action(detail=True, methods=["post"], url_path="void-drawdown")
    def void_drawdown(self, request: Request, id: str) -> Response:
        """Take a drawdown back that was reported by mistake."""
        what = self._what()
        values = self.read_input(inputs.VoidInput)
        drawdown = self.find_drawdown(what["referral"], values["drawdown"])
        referral = money.void_drawdown(**what, drawdown=drawdown, reason=values["reason"])
        return self._done(referral)

    @_answers(inputs.DeclineInput)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: str) -> Response:
        """Decline for coded reasons."""
        what = self._what()
        values = self.read_input(inputs.DeclineInput)
        return self._done(endings.decline_referral(**what, **values))

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
        what = self._what()
        values = self.read_input(inputs.ReturnReferralInput)
        return self._done(endings.return_referral(**what, **values))

    @_answers(inputs.AskDocumentsInput)
    @action(detail=True, methods=["post"])
    def documents(self, request: Request, id: str) -> Response:
        """Name documents that are missing; the decision clock rests until they are given."""
        what = self._what()
        values = self.read_input(inputs.AskDocumentsInput)
        return self._done(documents.ask_for_documents(**what, **values))

    @_answers(inputs.HandOverInput)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, id: str) -> Response:
        """Hand the referral over to a colleague."""
        what = self._what()
        values = self.read_input(inputs.HandOverInput)
        return self._done(
            assigning.hand_over_referral(**what, username=values["handler"], note=values["note"])
        )

    @_answers(inputs.NameManagerInput)
    @action(detail=True, methods=["post"], url_path="name-manager")
    def name_manager(self, request: Request, id: str) -> Response:
        """Name a client manager who has no account; only the institution reads it."""
        what = self._what()
        values = self.read_input(inputs.NameManagerInput)
        return self._done(assigning.name_manager(**what, **values))

    @_answers(inputs.OfferInput)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, id: str) -> Response:
        """Say which product is really worked with, and what is proposed instead."""
        what = self._what()
        values = self.read_input(inputs.OfferInput)
        return self._done(offers.name_offer(**what, **values))

    @_answers(inputs.AssignInput)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, id: str) -> Response:
        """Assign the referral to a unit below and to a person there."""
        what = self._what()
        values = self.read_input(inputs.AssignInput)
        return self._done(
            assigning.assign_referral(
                **what,
                unit_code=values.get("unit"),
                username=values.get("handler"),
                override_reason=values["override_reason"],
            )
        )

    def _take(self, what: dict[str, Any], step: Step, values: dict[str, Any]) -> Response:
        return self._done(
            steps.take_step(**what, step=step, happened_on=values.get("date"), note=values["note"])
        )
