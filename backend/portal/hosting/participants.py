"""Who takes part in an own activity: admitted, turned down, there or not, awarded."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.activities.models import Participation
from backend.activities.services import participants
from backend.organizations.permissions import Permission
from backend.portal.asking import AskPage
from backend.portal.hosting.activities import HostPage
from backend.portal.hosting.forms import AwardForm, RefuseForm


class ParticipantPage(HostPage):
    """A page about one place in an own activity."""

    word = Permission.PARTICIPANT_DECIDE

    def places(self) -> QuerySet[Participation]:
        """Return the places in own activities."""
        visible = Participation.objects.visible_to(self.actor).with_parties()
        return visible.filter(activity__host=self.actor.organization)

    def told(self, subject: Participation) -> dict[str, Any]:
        """Return what every service on a place is told."""
        return {
            "actor": self.actor,
            "participation": subject,
            "expected_revision": self.expected_revision(subject),
        }


class Admit(ParticipantPage):
    """One press: they have a place, or wait for one."""

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """Admit an applicant."""
        place = self.find(self.places(), participant_id)
        return self.act(
            lambda: participants.admit(**self.told(place)),
            to=_address_of(place),
            done="已确认；满额时转为候补。",
        )


class NotePresence(ParticipantPage):
    """One press: they came, or did not."""

    def post(self, request: HttpRequest, participant_id: UUID) -> HttpResponse:
        """Note it."""
        place = self.find(self.places(), participant_id)
        came = request.POST.get("came") != "no"
        return self.act(
            lambda: participants.note_presence(**self.told(place), came=came, now=self.now),
            to=_address_of(place),
            done="已登记到场。" if came else "已登记未到场。",
        )


class _AskAboutPlace(AskPage, ParticipantPage):
    """A form about one place."""

    def load(self, participant_id: UUID) -> Participation:
        """Return the place."""
        return self.find(self.places(), participant_id)

    def back(self, subject: Participation) -> str:
        """Lead to the activity."""
        return _address_of(subject)

    def context(self, subject: Participation) -> dict[str, Any]:
        """Say whose place it is above the form."""
        said = f"{subject.activity.title}：{subject.organization.name}"
        return super().context(subject) | {"quote": said}


class Refuse(_AskAboutPlace):
    """Turning an applicant down."""

    title = "不予入选"
    button = "提交"
    tone = "danger"
    done = "已告知报名单位。"

    def form(self, subject: Participation, data: Any = None) -> RefuseForm:
        """Ask why."""
        return RefuseForm(data)

    def call(self, subject: Participation, values: dict[str, Any]) -> Participation:
        """Turn them down."""
        return participants.refuse(**self.told(subject), **values)


class Award(_AskAboutPlace):
    """What a firm won there."""

    title = "登记奖项"
    button = "登记"
    done = "已登记，并记为企业资质。"

    def form(self, subject: Participation, data: Any = None) -> AwardForm:
        """Ask for the award."""
        return AwardForm(data)

    def call(self, subject: Participation, values: dict[str, Any]) -> Participation:
        """Record it."""
        return participants.award(**self.told(subject), **values, now=self.now)


def _address_of(place: Participation) -> str:
    return reverse("portal:activities_one", args=[place.activity.public_id])
