"""Several needs are verified at once; each stands for itself."""

from django.utils import timezone

from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.needs.batches import verify_needs
from backend.needs.enums import NeedStatus
from tests.factories.needs import NeedFactory


def verify(actor, *needs):
    return verify_needs(
        actor=actor, needs=[(need, need.revision) for need in needs], now=timezone.now()
    )


def test_what_may_not_be_verified_keeps_nothing_back_and_leaves_no_trace(department_actor):
    own = NeedFactory(submitted=True, created_by=department_actor.user)
    first, last = NeedFactory.create_batch(2, submitted=True)
    done = verify(department_actor, first, own, last)
    assert [need.pk for need in done.decided] == [first.pk, last.pk]
    assert [need.pk for need, _ in done.refused] == [own.pk]
    own.refresh_from_db()
    assert own.status == NeedStatus.SUBMITTED
    assert Event.objects.filter(type=EventType.NEED_VERIFIED).count() == 2


def test_refusals_are_told_by_reason(department_actor):
    drafts = NeedFactory.create_batch(2, open=True)
    own = NeedFactory(submitted=True, created_by=department_actor.user)
    reasons = verify(department_actor, *drafts, own).refused_by_reason()
    assert sorted(map(len, reasons.values())) == [1, 2]
    assert [need.code for need in drafts] in reasons.values()


def test_nothing_asked_is_nothing_done(department_actor):
    done = verify(department_actor)
    assert (done.decided, done.refused) == ([], [])
