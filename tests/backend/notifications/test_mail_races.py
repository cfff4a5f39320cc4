"""Two workers at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core import mail
from django.db import connection

from backend.common.workdays import HOURS
from backend.notifications.enums import Importance
from backend.notifications.models import Mail, Notification
from backend.notifications.services import collecting, sending
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.notifications import NotificationFactory
from tests.factories.organizations import make_actor

MORNING = datetime(2026, 11, 26, 8, 30, tzinfo=HOURS.zone)
WORKERS = 4


def tell(actor, *, importance):
    firm = getattr(actor.organization, "firm", None) or FirmFactory(organization=actor.organization)
    need = NeedFactory(firm=firm, open=True)
    return NotificationFactory(
        recipient=actor.membership, subject_id=need.public_id, importance=importance
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("importance", Importance.values)
@pytest.mark.parametrize("_round", range(3))
def test_workers_at_the_same_moment_send_each_person_one_mail(settings, importance, _round):
    settings.MAIL_ENABLED = True
    mail.outbox = []
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        people = [make_actor(proved=True) for _ in range(3)]
        for person in people:
            person.user.email = f"{person.user.username}@example.com"
            person.user.save()
            for _ in range(3):
                tell(person, importance=importance)
    start = Barrier(WORKERS)

    def work():
        try:
            start.wait(timeout=10)
            collecting.collect(now=MORNING)
            return sending.send_due(now=MORNING)
        finally:
            connection.close()

    with time_machine.travel(MORNING, tick=False), ThreadPoolExecutor(WORKERS) as pool:
        sent = sum(one.result(timeout=60) for one in [pool.submit(work) for _ in range(WORKERS)])
        collecting.collect(now=MORNING)
        sent += sending.send_due(now=MORNING)

    assert sent == len(people) == Mail.objects.count()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(
        person.user.email for person in people
    )
    assert Notification.objects.filter(mail=None).count() == 0
    assert all("您有 3 项需求已通过核验" in one.body for one in mail.outbox)
