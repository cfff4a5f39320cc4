"""Who is told of a firm's needs: its own people, and the incubators that speak for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import QuerySet

from backend.consents.models import Consent
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.notifications.messages.common import (
    data_request_of,
    drawdown_of,
    intent_of,
    need_of,
    referral_of,
    sheets_named,
    today_of,
)
from backend.notifications.people import Person, members_of, people_of_firms
from backend.notifications.registry import Told
from backend.referrals.enums import CaseState, ReferralStatus, Step
from backend.referrals.models import Matter, Referral
from backend.referrals.tracks import TRACKS

_Tells = Callable[[Event], Iterable[Told]]
# Told by another message, or done by the firm itself.
_TOLD_ELSEWHERE = frozenset({Step.CONFIRMED, Step.CONTESTED, Step.RECONCILED})
_TAKEN_BACK = frozenset({NeedStatus.WITHDRAWN, NeedStatus.EXPIRED})


def about_need(event: Event) -> Iterable[Told]:
    """Tell of the need that an event is about."""
    need = need_of(event)
    if need is not None:
        yield Told(_people(need.firm_id, event), need.public_id)


def about_data_request(event: Event) -> Iterable[Told]:
    """Tell the firm's own people of a request about its data; no incubator asks for it."""
    asked = data_request_of(event)
    if asked is not None:
        own = asked.firm.organization_id
        yield Told(members_of([own]).get(own, []), asked.public_id)


def _people(firm_id: int, event: Event) -> list[Person]:
    return people_of_firms([firm_id], today_of(event))[firm_id]


def about_referral(is_meant: Callable[[Event, Referral], bool]) -> _Tells:
    """Tell of a referral, when the event is meant."""

    def tells(event: Event) -> Iterable[Told]:
        referral = referral_of(event)
        if referral is not None and is_meant(event, referral):
            yield Told(_people(referral.need.firm_id, event), referral.public_id)

    return tells


def always(_event: Event, _referral: Referral) -> bool:
    """Every event of the type is meant."""
    return True


def is_decided(event: Event, referral: Referral) -> bool:
    """Say "the institution approved"."""
    return event.payload["step"] == TRACKS[referral.track].decided


def is_another_step(event: Event, referral: Referral) -> bool:
    """Money is told with its drawdown; where the firm lets no amounts pass there is none."""
    step = event.payload["step"]
    if step in _TOLD_ELSEWHERE or is_decided(event, referral):
        return False
    return step != TRACKS[referral.track].funded or not referral.drawdowns.exists()


def has_left_the_institution(event: Event, _referral: Referral) -> bool:
    """A branch that gives it back to the unit above is the institution's own affair."""
    return "from" not in event.payload


def was_ended_by_others(event: Event, referral: Referral) -> bool:
    """Recalls are told once per list, the next choice and the end of the need by themselves."""
    return event.payload.get("step") == Step.WITHDRAWN and referral.need.status not in _TAKEN_BACK


def is_case(state: CaseState) -> _Tells:
    """Tell of a silence that an officer decided in a certain way."""
    return about_referral(lambda event, _: event.payload["state"] == state)


def about_sent_needs(event: Event) -> Iterable[Told]:
    """One message per need of a list, however many institutions it goes to."""
    rows = Referral.objects.filter(list_row__referral_list__public_id=event.subject_id)
    yield from _by_need(event, rows)


def about_recalled_needs(event: Event) -> Iterable[Told]:
    """Needs of which a referral ended with the recall; what is at work goes on."""
    times = {sheet.pk: sheet.recall.recalled_at for sheet in sheets_named(event)}
    rows = Referral.objects.filter(
        sheet__in=times, status=ReferralStatus.WITHDRAWN, ended_at__in=set(times.values())
    )
    yield from _by_need(event, rows)


def _by_need(event: Event, rows: QuerySet[Referral]) -> Iterable[Told]:
    found: dict[tuple[int, UUID], int] = defaultdict(int)
    for firm_id, public_id in rows.values_list("need__firm_id", "need__public_id"):
        found[firm_id, public_id] += 1
    people = people_of_firms({firm_id for firm_id, _ in found}, today_of(event))
    for (firm_id, public_id), count in found.items():
        yield Told(people[firm_id], public_id, count)


def about_drawdown(*states: str) -> _Tells:
    """Tell of a drawdown, in certain states of its review or at all."""

    def tells(event: Event) -> Iterable[Told]:
        if states and event.payload["state"] not in states:
            return
        drawdown = drawdown_of(event)
        if drawdown is not None:
            need = drawdown.referral.need
            yield Told(_people(need.firm_id, event), drawdown.public_id)

    return tells


def about_matter(event: Event) -> Iterable[Told]:
    """Tell of the matter that an event is about."""
    matter = (
        Matter.objects.filter(public_id=event.subject_id).select_related("referral__need").first()
    )
    if matter is not None:
        yield Told(_people(matter.referral.need.firm_id, event), matter.public_id)


def about_consent(event: Event) -> Iterable[Told]:
    """Tell of a consent that ends."""
    consent = Consent.objects.filter(public_id=event.subject_id).select_related("need").first()
    if consent is not None:
        # Both directions of a pair end alike: one message.
        topic = f"{consent.need_id}:{consent.institution_id}:{event.payload['ends_on']}"
        people = _people(consent.need.firm_id, event)
        yield Told(people, consent.public_id, topic=topic)


def about_intent(event: Event) -> Iterable[Told]:
    """Tell of what an investor intends; each step is one message."""
    intent = intent_of(event)
    if intent is not None:
        yield Told(_people(intent.project.need.firm_id, event), intent.public_id)
