"""One need: what it asks, where it stands, what suits it, and what would."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.matches.answers import Part, answer_for_need
from backend.matches.found_needs import find_need
from backend.matches.inquiries import answer_calendar, explore_need
from backend.matches.near_miss_advice import advise, issuers_of_qualifications
from backend.needs.lifecycle import EDITABLE, TRANSITIONS, NeedAction
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.portal.firm.forms import WhatIfForm
from backend.portal.firm.pages import FirmPage
from backend.portal.firm.questions import place_of
from backend.portal.firm.step_chart import draw_steps, largest_amount
from backend.referrals.counterparts import contact_of_other_side
from backend.referrals.progress import find_progress
from backend.referrals.traces import trace_need, trace_referral

_SHOWN_MATCHES = 20
_PRINTED_MATCHES = 10
_SHOWN_NEAR_MISSES = 6
_AMOUNT = "amount_max_yuan"


class NeedPage(FirmPage):
    """A page about one need and what it finds."""

    word = Permission.MATCH_VIEW

    def ask(self, need: Need, part: Part, top: int) -> dict[str, Any]:
        """Return one part of what the need finds; what is shown of matches is kept for learning."""
        body = answer_for_need(actor=self.actor, need_id=need.public_id, part=part, top=top)
        if body is None:
            raise Http404
        return json.loads(body)

    def near_misses(self, need: Need, top: int) -> list[dict[str, Any]]:
        """Return products that do not fit yet, each change with who helps and by when."""
        found = self.ask(need, Part.NEAR_MISSES, top)["near_misses"]
        issuers = issuers_of_qualifications() if found else {}
        return [
            {**miss, "advice": [advise(change, issuers) for change in miss["changes"]]}
            for miss in found
        ]

    def progress(self, need: Need) -> dict[str, Any]:
        """Return where the need stands: its own way, and that of each referral."""
        found = find_progress(need=need, actor=self.actor, now=self.now)
        sent = min((one.sent_at for one, _ in found.referrals), default=None)
        return {
            "summary": found.summary,
            "announcements": found.announcements,
            "trace": trace_need(need, sent_on=timezone.localdate(sent) if sent else None),
            "referrals": [
                {
                    "row": referral,
                    "view": view,
                    "trace": trace_referral(referral, view.reported),
                    "contact": contact_of_other_side(
                        referral, actor=self.actor, described=None, day=self.actor.today
                    ),
                }
                for referral, view in found.referrals
            ],
        }

    def what_if(self, need_id: UUID, amount: int | None) -> dict[str, Any]:
        """Return what the need would find over the amount, and under one amount."""
        found = find_need(actor=self.actor, need_id=need_id)
        if found is None:
            raise Http404
        values = [] if amount is None else [amount]
        answer = explore_need(found, field=_AMOUNT, values=values, as_of=self.actor.today)
        shown, largest = amount or answer["current"], largest_amount(answer)
        return {
            "what_if": answer,
            "tried": named_shift(answer["alternatives"][0], answer) if values else None,
            "amount_shown": shown,
            "amount_largest": largest,
            "chart": draw_steps(answer["steps"], current=shown, largest=largest),
        }


class NeedDetail(NeedPage):
    """Everything about one need."""

    template_name = "portal/firm/need.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show the need with its current matches."""
        need = self.find(self.needs(), need_id)
        questions = self.ask(need, Part.QUESTIONS, _SHOWN_MATCHES)["questions"]
        return self.show(
            title=f"需求 {need.code}",
            need=need,
            found=self.ask(need, Part.MATCHES, _SHOWN_MATCHES),
            near_misses=self.near_misses(need, _SHOWN_NEAR_MISSES),
            questions=[
                (one["text"], place_of(one, need)) for one in questions if one["asks"] == "firm"
            ],
            undisclosed=[one["text"] for one in questions if one["asks"] != "firm"],
            progress=self.progress(need),
            is_editable=need.status in EDITABLE,
            can_withdraw=(need.status, NeedAction.WITHDRAW) in TRANSITIONS,
            **self.what_if(need_id, None),
        )


class NeedPrint(NeedPage):
    """One page of paper: the need, what suits it, what is one step away."""

    template_name = "portal/firm/need_print.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show what fits on the page."""
        need = self.find(self.needs(), need_id)
        return self.show(
            title=f"需求 {need.code}",
            need=need,
            found=self.ask(need, Part.MATCHES, _PRINTED_MATCHES),
            near_misses=self.near_misses(need, 3),
            progress=self.progress(need),
        )


class NeedWhatIf(NeedPage):
    """What another amount would bring; alone as a page, or as a part of the need's page."""

    template_name = "portal/firm/need_what_if.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Compare the need with what it would find under another amount."""
        need = self.find(self.needs(), need_id)
        form = WhatIfForm(request.GET)
        amount = form.cleaned_data["amount"] if form.is_valid() else None
        try:
            context = self.what_if(need_id, amount)
        except InvalidInput as error:
            form.add_error("amount", error.message)
            context = self.what_if(need_id, None)
        template = "portal/firm/parts/what_if.html" if request.htmx else None
        title = f"试算 {need.code}"
        return self.show(template, title=title, need=need, form=form, **context)


def named_shift(shift: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Put the products' names beside what changes."""
    products = {one["product"]: one for one in answer["products"]}
    named = {
        kind: [products[change["product"]] | change for change in shift[kind]]
        for kind in ("gained", "lost", "moved")
    }
    labels = {"gained": "增加的产品", "lost": "减少的产品", "moved": "判断改变的产品"}
    return {**shift, **named, "named": [(labels[kind], named[kind]) for kind in named]}


class NeedCalendar(NeedPage):
    """On which days the need's matches change with nothing but time passing."""

    template_name = "portal/firm/need_calendar.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show a year ahead."""
        need = self.find(self.needs(), need_id)
        body = answer_calendar(actor=self.actor, need_id=need_id, until=None)
        if body is None:
            raise Http404
        answer = json.loads(body)
        days = [named_shift(day, answer) for day in answer["days"]]
        return self.show(title=f"变化日历 {need.code}", need=need, days=days, until=answer["until"])
