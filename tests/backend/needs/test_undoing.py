"""A verification or a return that was a slip is taken back: by whom, until when, and when not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.journal.services import sweep
from backend.needs import services
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.undoing import UNDO_MINUTES, list_undoable
from backend.organizations.enums import Role
from backend.recommendations.services.undoing import undo_decision, undo_decisions
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.recommendations import RecommendationFactory


def verify(actor, need) -> Need:
    return services.verify_need(actor=actor, need=need, expected_revision=None, now=timezone.now())


def send_back(actor, need) -> Need:
    return services.return_need(
        actor=actor, need=need, reason="请补充合同", expected_revision=None, now=timezone.now()
    )


def undo(actor, need, *, later: timedelta = timedelta(0), revision: int | None = None) -> Need:
    return undo_decision(
        actor=actor, need=need, expected_revision=revision, now=timezone.now() + later
    )


def undoable(actor, *, later: timedelta = timedelta(0)) -> list[Need]:
    return list(list_undoable(actor=actor, now=timezone.now() + later))


@pytest.mark.parametrize("decide", [verify, send_back])
def test_a_slip_is_taken_back_and_stands_in_the_journal(department_actor, decide):
    decided = decide(department_actor, NeedFactory(submitted=True))
    assert undoable(department_actor) == [decided]

    undone = undo(department_actor, decided, revision=decided.revision)

    undone.refresh_from_db()
    assert undone.status == NeedStatus.SUBMITTED
    assert (undone.verified_at, undone.verified_by, undone.expires_on) == (None, None, None)
    assert (undone.returned_at, undone.returned_reason) == (None, "")
    assert undone.revision == decided.revision + 1
    latest = Event.objects.filter(subject_id=undone.public_id).order_by("-pk").first()
    assert latest.type == "need.decision_undone"
    assert undoable(department_actor) == []


def test_it_can_be_decided_anew_afterwards(department_actor):
    need = undo(department_actor, verify(department_actor, NeedFactory(submitted=True)))

    assert send_back(department_actor, need).status == NeedStatus.RETURNED


def test_only_whoever_decided_takes_it_back(department_actor):
    colleague = make_actor(organization=department_actor.organization, role=Role.DEPARTMENT)
    decided = verify(department_actor, NeedFactory(submitted=True))

    assert undoable(colleague) == []
    with pytest.raises(NotPermitted):
        undo(colleague, decided)


def test_a_firm_takes_nothing_back(department_actor, firm_actor):
    need = NeedFactory(submitted=True, firm__organization=firm_actor.organization)
    decided = verify(department_actor, need)

    assert undoable(firm_actor) == []
    with pytest.raises(NotPermitted):
        undo(firm_actor, decided)


def test_after_some_minutes_it_is_too_late(department_actor):
    decided = verify(department_actor, NeedFactory(submitted=True))
    just_over = timedelta(minutes=UNDO_MINUTES, seconds=1)

    assert undoable(department_actor, later=just_over) == []
    with pytest.raises(StateConflict) as refused:
        undo(department_actor, decided, later=just_over)
    assert refused.value.code == "too_late"


def test_what_has_happened_since_stays(department_actor, firm_actor):
    need = NeedFactory(submitted=True, firm__organization=firm_actor.organization)
    decided = send_back(department_actor, need)
    services.update_need(
        actor=firm_actor, need=decided, changes={"dossier": "A"}, expected_revision=None
    )

    assert undoable(department_actor) == []
    with pytest.raises(StateConflict) as refused:
        undo(department_actor, decided)
    assert refused.value.code == "nothing_to_undo"


def test_what_was_referred_meanwhile_stays(department_actor):
    decided = verify(department_actor, NeedFactory(submitted=True))
    services.refer_needs(actor=department_actor, needs=[decided], now=timezone.now())

    with pytest.raises(StateConflict):
        undo(department_actor, decided)


def test_a_need_that_nobody_decided_on_has_nothing_to_undo(department_actor):
    with pytest.raises(StateConflict):
        undo(department_actor, NeedFactory(open=True))


def test_what_a_recommendation_opened_is_not_undone(department_actor):
    need = services.verify_recommended_need(
        actor=department_actor, need=NeedFactory(submitted=True), now=timezone.now()
    )

    assert undoable(department_actor) == []
    with pytest.raises(StateConflict) as refused:
        undo(department_actor, need)
    assert refused.value.code == "recommended"


def test_a_return_with_which_a_recommendation_went_back_stays(department_actor):
    need = NeedFactory(submitted=True)
    RecommendationFactory(need=need, department=department_actor.organization, submitted=True)
    decided = send_back(department_actor, need)
    sweep(now=timezone.now())

    with pytest.raises(StateConflict) as refused:
        undo(department_actor, decided)
    assert refused.value.code == "recommendation_returned"
    decided.refresh_from_db()
    assert decided.status == NeedStatus.RETURNED


def test_a_recommendation_of_a_return_undone_in_time_stays_on_its_way(department_actor):
    need = NeedFactory(submitted=True)
    recommendation = RecommendationFactory(
        need=need, department=department_actor.organization, submitted=True
    )
    undo(department_actor, send_back(department_actor, need))
    sweep(now=timezone.now())

    recommendation.refresh_from_db()
    assert recommendation.status == "submitted"


def test_a_stale_revision_is_refused(department_actor):
    decided = verify(department_actor, NeedFactory(submitted=True))

    with pytest.raises(StaleRevision):
        undo(department_actor, decided, revision=decided.revision - 1)


def test_several_are_taken_back_each_for_itself(department_actor):
    first, second = (
        verify(department_actor, need) for need in NeedFactory.create_batch(2, submitted=True)
    )
    never = NeedFactory(open=True)

    done = undo_decisions(
        actor=department_actor,
        needs=[(need, need.revision) for need in (first, never, second)],
        now=timezone.now(),
    )

    assert [need.pk for need in done.decided] == [first.pk, second.pk]
    assert [need.pk for need, _ in done.refused] == [never.pk]
