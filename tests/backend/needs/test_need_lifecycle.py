"""Every status meets every action; what is not in the table is refused and changes nothing."""

import pytest
from django.utils import timezone

from backend.common.errors import StateConflict
from backend.journal.models import Event
from backend.needs import services
from backend.needs.enums import NeedStatus
from backend.needs.lifecycle import TRANSITIONS, NeedAction, next_status
from tests.factories.needs import NeedFactory

ALLOWED = {
    ("draft", "submit"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("draft", "edit"): "draft",
    ("submitted", "return"): "returned",
    ("submitted", "verify"): "open",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "submit"): "submitted",
    ("returned", "withdraw"): "withdrawn",
    ("returned", "edit"): "returned",
    ("open", "withdraw"): "withdrawn",
    ("in_referral", "withdraw"): "withdrawn",
}
STATUSES = [status.value for status in NeedStatus]
ACTIONS = ["submit", "return", "verify", "withdraw", "edit"]
EVENTS = {
    "submit": "need.submitted",
    "return": "need.returned",
    "verify": "need.verified",
    "withdraw": "need.withdrawn",
    "edit": "need.changed",
}


def act(action, need, firm_actor, department_actor):
    now = timezone.now()
    as_firm = {"actor": firm_actor, "need": need, "expected_revision": need.revision}
    as_officer = {**as_firm, "actor": department_actor}
    return {
        "submit": lambda: services.submit_need(**as_firm, today=firm_actor.today, now=now),
        "return": lambda: services.return_need(**as_officer, reason="缺合同", now=now),
        "verify": lambda: services.verify_need(**as_officer, now=now),
        "withdraw": lambda: services.withdraw_need(**as_firm, now=now),
        "edit": lambda: services.update_need(**as_firm, changes={"dossier": "A"}),
    }[action]()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_allows_an_action_or_refuses_it(status, action, firm_actor, department_actor):
    trait = {} if status == "draft" else {status: True}
    need = NeedFactory(firm__organization=firm_actor.organization, **trait)

    if (status, action) in ALLOWED:
        changed = act(action, need, firm_actor, department_actor)
        assert changed.status == ALLOWED[status, action]
        assert changed.revision == need.revision + 1
    else:
        with pytest.raises(StateConflict) as refusal:
            act(action, need, firm_actor, department_actor)
        assert NeedStatus(status).label in refusal.value.message

    need.refresh_from_db()
    assert need.status == ALLOWED.get((status, action), status)
    recorded = list(Event.objects.filter(subject_id=need.public_id).values_list("type", flat=True))
    assert recorded == ([EVENTS[action]] if (status, action) in ALLOWED else [])


@pytest.mark.parametrize("action", list(NeedAction))
@pytest.mark.parametrize("status", ["funded", "withdrawn", "expired"])
def test_an_ended_need_stays_ended(status, action):
    with pytest.raises(StateConflict, match="无"):
        next_status(status, action)


def test_every_status_but_the_first_can_be_reached():
    assert set(TRANSITIONS.values()) == set(NeedStatus) - {NeedStatus.DRAFT}
