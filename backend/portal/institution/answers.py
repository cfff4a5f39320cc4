"""Every answer to a referral: one press or one form, one service."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from backend.organizations.permissions import Permission
from backend.portal.forms import PlainForm
from backend.portal.institution import forms
from backend.portal.institution.pages import InstitutionPage
from backend.referrals.enums import Step
from backend.referrals.models import Referral
from backend.referrals.services import assigning, documents, endings, money, steps
from backend.referrals.services.money import DrawnMoney, LineTerms

Service = Callable[[dict[str, Any], dict[str, Any]], Referral]


def _take_step(what: dict[str, Any], values: dict[str, Any]) -> Referral:
    step = Step(values["step"])
    told = {"happened_on": values["date"], "note": values["note"]}
    if step in {Step.ACKNOWLEDGED, Step.READ}:
        return steps.acknowledge_referral(**what, **told)
    return steps.take_step(**what, step=step, **told)


def _approve(what: dict[str, Any], values: dict[str, Any]) -> Referral:
    day, note = values.pop("date"), values.pop("note")
    return money.approve_referral(**what, terms=LineTerms(**values), happened_on=day, note=note)


def _disburse(what: dict[str, Any], values: dict[str, Any]) -> Referral:
    day, note = values.pop("date"), values.pop("note")
    drawn = DrawnMoney(drawn_on=day, **{**values, "security": tuple(values["security"])})
    return money.disburse_referral(**what, money=drawn, note=note)


class Acknowledge(InstitutionPage):
    """Receipt, by one press."""

    word = Permission.REFERRAL_ANSWER

    def post(self, request: HttpRequest, referral_id: UUID) -> HttpResponse:
        """Say that the referral was received."""
        referral = self.find(self.referrals(), referral_id)
        return self.act(
            lambda: steps.acknowledge_referral(
                actor=self.actor,
                referral=referral,
                expected_revision=self.expected_revision(referral),
                happened_on=None,
                note="",
                now=self.now,
            ),
            to=reverse("portal:institution_inbox_referral", args=[referral_id]),
            done="已受理。请在约定时限内联系企业。",
        )


class Answer(InstitutionPage):
    """An answer by form; a refused one is shown again with what is wrong."""

    word = Permission.REFERRAL_ANSWER
    template_name = "portal/institution/answer.html"
    services: ClassVar[dict[str, tuple[str, Service]]] = {
        "step": ("已记录进展。", _take_step),
        "approve": ("已记录批准额度。", _approve),
        "disburse": ("已记录放款，等待企业确认。", _disburse),
        "decline": ("已反馈不予支持。", lambda what, v: endings.decline_referral(**what, **v)),
        "documents": (
            "已通知企业补充材料，审批计时暂停。",
            lambda what, v: documents.ask_for_documents(**what, **v),
        ),
        "return": ("已退回。", lambda what, v: endings.return_referral(**what, **v)),
        "hand-over": (
            "已移交。",
            lambda what, v: assigning.hand_over_referral(
                **what, username=v["handler"], note=v["note"]
            ),
        ),
        "assign": (
            "已指派。",
            lambda what, v: assigning.assign_referral(
                **what, unit_code=v["unit"], username=None, override_reason=v["override_reason"]
            ),
        ),
    }

    def post(self, request: HttpRequest, referral_id: UUID, answer: str) -> HttpResponse:
        """Make the answer and lead back to the referral, or to the inbox where it is gone."""
        referral = self.find(self.referrals(), referral_id)
        form = self._form(referral, answer)
        done, service = self.services[answer]
        what = {"actor": self.actor, "referral": referral, "now": self.now}

        def call() -> Referral:
            what["expected_revision"] = self.expected_revision(referral)
            return service(what, dict(form.cleaned_data))

        return self.submit(form, call, to=self._onward, done=done, **_named(referral, answer))

    def get(self, request: HttpRequest, referral_id: UUID, answer: str) -> HttpResponse:
        """Show the form alone, for browsers that do not unfold it."""
        referral = self.find(self.referrals(), referral_id)
        empty = forms.answer_forms(referral, actor=self.actor).get(answer)
        if empty is None:
            messages.info(request, "此推送现在不能作这项答复。")
            return redirect("portal:institution_inbox_referral", referral_id)
        return self.show(form=empty, **_named(referral, answer))

    def _form(self, referral: Referral, answer: str) -> PlainForm:
        data = self.request.POST
        match answer:
            case "step":
                return forms.StepForm(data, steps=forms.steps_ahead(referral))
            case "hand-over":
                return forms.HandOverForm(data, unit=referral.unit)
            case "assign":
                return forms.AssignForm(data, institution=self.actor.organization)
            case "approve" | "disburse" | "decline" | "documents" | "return":
                return _PLAIN[answer](data)
        raise Http404

    def _onward(self, referral: Referral) -> str:
        if self.referrals().filter(pk=referral.pk).exists():
            return reverse("portal:institution_inbox_referral", args=[referral.public_id])
        return reverse("portal:institution_inbox")


def _named(referral: Referral, answer: str) -> dict[str, Any]:
    return {"title": forms.ANSWERS[answer], "referral": referral}


_PLAIN: dict[str, type[PlainForm]] = {
    "approve": forms.ApproveForm,
    "disburse": forms.DisburseForm,
    "decline": forms.DeclineForm,
    "documents": forms.DocumentsForm,
    "return": forms.ReturnForm,
}
