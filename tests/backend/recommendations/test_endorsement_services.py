"""An incubator's word for a tenant's need."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.firms.tenancies import set_progress_sharing
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.recommendations.selectors import list_endorsable_needs
from backend.recommendations.services.endorsing import endorse_need, withdraw_endorsement
from tests.factories.firms import TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def incubator():
    return make_actor(organization__incubator=True, role=Role.INCUBATOR, proved=True)


@pytest.fixture
def need(incubator):
    """Of a tenant that lets the incubator see how far it is, and no more."""
    need = NeedFactory(submitted=True)
    tenancy = TenancyFactory(firm=need.firm, incubator=incubator.organization)
    share(tenancy)
    return need


def share(tenancy, *, is_given=True):
    firm = make_actor(organization=tenancy.firm.organization, proved=True)
    return set_progress_sharing(actor=firm, tenancy=tenancy, is_given=is_given, now=timezone.now())


def endorse(actor, need, **changes):
    values = {"endorsed_on": actor.today, "person": "赵主任", "text": "订单真实。", **changes}
    return endorse_need(actor=actor, need=need, values=values)


def take_back(actor, endorsement):
    return withdraw_endorsement(
        actor=actor,
        endorsement=endorsement,
        reason="企业迁出",
        expected_revision=endorsement.revision,
        now=timezone.now(),
    )


def test_an_endorsement_stands_until_it_is_taken_back_and_may_be_given_anew(incubator, need):
    first = endorse(incubator, need)
    with pytest.raises(StateConflict) as refusal:
        endorse(incubator, need)
    assert refusal.value.code == "already_endorsed"
    taken = take_back(incubator, first)
    assert (taken.withdrawn_by, taken.withdrawn_reason) == (incubator.user, "企业迁出")
    with pytest.raises(StateConflict):
        take_back(incubator, taken)
    endorse(incubator, need)
    kinds = Event.objects.filter(type__startswith="endorsement").order_by("pk")
    assert [event.type for event in kinds] == [
        "endorsement.given",
        "endorsement.withdrawn",
        "endorsement.given",
    ]


def test_without_the_firms_leave_there_is_nothing_to_endorse(incubator):
    need = NeedFactory(submitted=True)
    tenancy = TenancyFactory(firm=need.firm, incubator=incubator.organization)
    assert not list_endorsable_needs(incubator).exists()
    with pytest.raises(NotPermitted) as refusal:
        endorse(incubator, need)
    assert refusal.value.code == "not_a_tenant"
    share(tenancy)
    assert list(list_endorsable_needs(incubator)) == [need]
    share(tenancy, is_given=False)
    assert not list_endorsable_needs(incubator).exists()


def test_after_the_stay_and_for_strangers_there_is_nothing_either(incubator, need):
    stranger = make_actor(organization__incubator=True, role=Role.INCUBATOR, proved=True)
    with pytest.raises(NotPermitted):
        endorse(stranger, need)
    need.firm.tenancies.update(valid_until=timezone.localdate())
    with pytest.raises(NotPermitted):
        endorse(incubator, need)


def test_authority_is_proved_to_give_and_not_to_take_back(incubator, need):
    endorsement = endorse(incubator, need)
    unproved = make_actor(organization=incubator.organization, role=Role.INCUBATOR)
    with pytest.raises(StateConflict) as refusal:
        endorse(unproved, need)
    assert refusal.value.code == "authority_not_proved"
    assert take_back(unproved, endorsement).withdrawn_at is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "required"),
        ({"text": "无逾期记录"}, "credit_report_content"),
        ({"person": ""}, "required"),
        ({"endorsed_on": timezone.localdate() + timedelta(days=2)}, "out_of_range"),
    ],
)
def test_an_endorsement_says_who_when_and_why(incubator, need, changes, code):
    with pytest.raises(InvalidInput) as refusal:
        endorse(incubator, need, **changes)
    assert [problem.code for problem in refusal.value.problems] == [code]


@pytest.mark.parametrize("state", ["withdrawn", "expired", "funded"])
def test_a_need_that_has_ended_is_not_endorsed(incubator, need, state):
    ended = NeedFactory(firm=need.firm, **{state: True})
    with pytest.raises(StateConflict):
        endorse(incubator, ended)


def test_only_the_firm_decides_who_sees_its_progress(incubator):
    tenancy = TenancyFactory(incubator=incubator.organization)
    with pytest.raises(NotPermitted):
        set_progress_sharing(actor=incubator, tenancy=tenancy, is_given=True, now=timezone.now())
    unproved = make_actor(organization=tenancy.firm.organization)
    with pytest.raises(StateConflict):
        set_progress_sharing(actor=unproved, tenancy=tenancy, is_given=True, now=timezone.now())
    shared = share(tenancy)
    assert shared.progress_shared_at is not None
    hidden = set_progress_sharing(
        actor=unproved, tenancy=shared, is_given=False, now=timezone.now()
    )
    assert (hidden.progress_shared_at, hidden.progress_shared_by) == (None, None)


def test_a_stay_that_has_ended_is_shared_no_more(incubator):
    tenancy = TenancyFactory(
        incubator=incubator.organization, valid_until=timezone.localdate() - timedelta(days=1)
    )
    with pytest.raises(StateConflict) as refusal:
        share(tenancy)
    assert refusal.value.code == "tenancy_ended"
