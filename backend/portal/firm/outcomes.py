"""What a firm answers on the way: documents given, money confirmed or contested."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.permissions import Permission
from backend.portal.firm.forms import ContestForm
from backend.portal.firm.pages import FirmPage
from backend.referrals.models import Drawdown, Referral
from backend.referrals.services import documents, outcomes


class ReferralAct(FirmPage):
    """One press about one referral; leads back to the need."""

    def referrals(self) -> QuerySet[Referral]:
        """Return where the firm's needs went."""
        return Referral.objects.visible_to(self.actor).with_story()

    def press(self, referral: Referral, call: Callable[..., Any], done: str) -> HttpResponse:
        """Make the call with what every service on a referral is told."""
        return self.act(
            lambda: call(
                actor=self.actor,
                referral=referral,
                expected_revision=self.expected_revision(referral),
                now=self.now,
            ),
            to=reverse("portal:firm_need", args=[referral.need.public_id]),
            done=done,
        )

    def drawdown(self, referral: Referral, key: UUID) -> Drawdown:
        """Return one of the referral's drawdowns."""
        found = referral.drawdowns.filter(public_id=key).first()
        if found is None:
            raise Http404
        return found


class GiveDocuments(ReferralAct):
    """All documents that the institution waits for were handed over."""

    word = Permission.DOCUMENT_GIVE

    def post(self, request: HttpRequest, referral_id: UUID) -> HttpResponse:
        """Say so; the institution's clock goes on."""
        referral = self.find(self.referrals(), referral_id)
        names = documents.missing_names(referral)
        return self.press(
            referral,
            lambda **what: documents.give_documents(**what, names=names),
            "已告知机构材料补齐。",
        )


class ConfirmOutcome(ReferralAct):
    """Money came as reported."""

    word = Permission.OUTCOME_CONFIRM

    def post(self, request: HttpRequest, referral_id: UUID, drawdown: UUID) -> HttpResponse:
        """Confirm the drawdown."""
        referral = self.find(self.referrals(), referral_id)
        found = self.drawdown(referral, drawdown)
        return self.press(
            referral,
            lambda **what: outcomes.confirm_outcome(**what, drawdown=found),
            "已确认到账，谢谢。",
        )


class ContestOutcome(ReferralAct):
    """Money did not come as reported."""

    title = "对放款提出异议"
    word = Permission.OUTCOME_CONFIRM
    template_name = "portal/firm/contest.html"

    def get(self, request: HttpRequest, referral_id: UUID, drawdown: UUID) -> HttpResponse:
        """Ask what is not so."""
        referral = self.find(self.referrals(), referral_id)
        return self.show(
            form=ContestForm(), referral=referral, drawdown=self.drawdown(referral, drawdown)
        )

    def post(self, request: HttpRequest, referral_id: UUID, drawdown: UUID) -> HttpResponse:
        """Let the department look into it."""
        referral = self.find(self.referrals(), referral_id)
        found = self.drawdown(referral, drawdown)
        form = ContestForm(request.POST)
        return self.submit(
            form,
            lambda: outcomes.contest_outcome(
                actor=self.actor,
                referral=referral,
                drawdown=found,
                expected_revision=self.expected_revision(referral),
                now=self.now,
                **form.cleaned_data,
            ),
            to=lambda _: reverse("portal:firm_need", args=[referral.need.public_id]),
            done="异议已提交，科技管理部门将核实。",
            referral=referral,
            drawdown=found,
        )
