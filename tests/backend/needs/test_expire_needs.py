"""Open needs end when their latest date has passed."""

from datetime import timedelta

from django.utils.timezone import localdate

from backend.journal.models import Event
from backend.needs.services import expire_needs
from backend.needs.tasks import expire_needs as expire_needs_task
from tests.factories.needs import NeedFactory


def test_a_need_lives_through_its_latest_day(db):
    need = NeedFactory(open=True, needed_by=localdate())
    assert expire_needs(today=localdate()) == 0
    assert expire_needs(today=localdate() + timedelta(days=1)) == 1
    need.refresh_from_db()
    assert need.status == "expired"
    assert need.revision == 2


def test_a_second_run_does_nothing(db):
    NeedFactory(open=True, needed_by=localdate())
    tomorrow = localdate() + timedelta(days=1)
    assert expire_needs(today=tomorrow) == 1
    assert expire_needs(today=tomorrow) == 0
    assert Event.objects.filter(type="need.expired", user=None).count() == 1


def test_other_states_do_not_expire(db):
    for state in ("submitted", "returned", "in_referral", "funded", "withdrawn"):
        NeedFactory(**{state: True}, needed_by=localdate() - timedelta(days=9))
    assert expire_needs(today=localdate()) == 0


def test_the_scheduled_task_takes_the_day_of_the_platform(db):
    need = NeedFactory(open=True, needed_by=localdate() - timedelta(days=1))
    assert expire_needs_task() == 1
    need.refresh_from_db()
    assert need.status == "expired"
