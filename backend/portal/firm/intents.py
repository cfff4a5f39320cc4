"""What investors intend with the firm's projects, and what the firm says to it."""

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.activities.enums import FirmAnswer
from backend.activities.limits import NOTE_MAX_LENGTH
from backend.activities.models import Intent
from backend.activities.services import intents
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.portal.forms import PlainForm


class AnswerForm(PlainForm):
    """Whether the firm wishes to talk."""

    answer = forms.ChoiceField(
        label="是否愿意对接", choices=FirmAnswer.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="想对机构说的话",
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="机构会看到这段话；请勿写入联系方式，是否让机构看到由授权决定。",
    )


class AnswerIntent(FirmPage):
    """One investor's intent: how far it has come, and the firm's answer, which may change."""

    title = "投资意向"
    word = Permission.INTENT_VIEW
    post_word = Permission.INTENT_ANSWER
    template_name = "portal/firm/intent.html"

    def intents(self) -> QuerySet[Intent]:
        """Return what was declared towards the firm's projects."""
        return Intent.objects.visible_to(self.actor).with_story()

    def get(self, request: HttpRequest, intent_id: UUID) -> HttpResponse:
        """Show the story and the answer so far."""
        intent = self.find(self.intents(), intent_id)
        given = {"answer": intent.answer, "note": intent.answer_note}
        return self.show(form=AnswerForm(initial=given), intent=intent)

    def post(self, request: HttpRequest, intent_id: UUID) -> HttpResponse:
        """Tell the institution."""
        intent = self.find(self.intents(), intent_id)
        form = AnswerForm(request.POST)
        return self.submit(
            form,
            lambda: intents.answer_intent(
                actor=self.actor,
                intent=intent,
                answer=FirmAnswer(form.cleaned_data["answer"]),
                note=form.cleaned_data["note"],
                expected_revision=self.expected_revision(intent),
                now=self.now,
            ),
            to=lambda _: reverse("portal:firm_projects_intent", args=[intent_id]),
            done="已答复，机构会收到通知。",
            intent=intent,
        )
