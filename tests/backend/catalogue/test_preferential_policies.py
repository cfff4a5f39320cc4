"""Drafting, changing, publishing and withdrawing preferential policies."""

import pytest
from django.utils import timezone

from backend.catalogue import services
from backend.catalogue.enums import PolicyStatus
from backend.catalogue.lifecycle import POLICY_TRANSITIONS
from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import PolicyFactory
from tests.factories.organizations import make_actor
from tests.factories.reference import RegionFactory


@pytest.fixture
def officer(bank_actor):
    return make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )


def create(actor, **values):
    code = values.pop("code", None)
    return services.create_policy(
        actor=actor,
        institution=actor.organization,
        code=code,
        values={"title": "绿色通道", "content": "审批优先。", **values},
    )


def change(actor, policy, *, expected_revision=None, **values):
    return services.update_policy(
        actor=actor, policy=policy, values=values, expected_revision=expected_revision
    )


def publish(actor, policy):
    return services.publish_policy(
        actor=actor, policy=policy, expected_revision=None, now=timezone.now()
    )


def withdraw(actor, policy):
    return services.withdraw_policy(actor=actor, policy=policy, expected_revision=None)


def test_an_officer_drafts_and_a_manager_publishes_changes_and_withdraws(bank_actor, officer):
    policy = change(officer, create(officer, green_approval=True), rate_benefit="下浮 10 个基点")
    with pytest.raises(NotPermitted):
        publish(officer, policy)
    policy = publish(bank_actor, policy)
    with pytest.raises(NotPermitted):
        change(officer, policy, note="新")
    policy = withdraw(bank_actor, change(bank_actor, policy, note="新"))

    types = Event.objects.about("policy", policy.public_id).order_by("pk")
    assert [event.type for event in types] == [
        "policy.created",
        "policy.changed",
        "policy.published",
        "policy.changed",
        "policy.withdrawn",
    ]
    assert policy.provenance["rate_benefit"] == {
        "status": "published",
        "source": f"{bank_actor.organization.name}填报",
    }


@pytest.mark.parametrize("source", PolicyStatus)
@pytest.mark.parametrize("target", [PolicyStatus.PUBLISHED, PolicyStatus.WITHDRAWN])
def test_every_step_outside_the_table_is_refused(bank_actor, source, target):
    policy = PolicyFactory(institution=bank_actor.organization, status=source)
    step = {PolicyStatus.PUBLISHED: publish, PolicyStatus.WITHDRAWN: withdraw}[target]

    if target in POLICY_TRANSITIONS[source]:
        assert step(bank_actor, policy).status == target
        return
    with pytest.raises(StateConflict):
        step(bank_actor, policy)
    policy.refresh_from_db()
    assert policy.status == source


def test_a_withdrawn_policy_cannot_be_changed(bank_actor):
    policy = PolicyFactory(institution=bank_actor.organization, withdrawn=True)

    with pytest.raises(StateConflict):
        change(bank_actor, policy, note="新")


def test_the_second_of_two_is_told_and_nothing_new_leaves_no_trace(bank_actor, officer):
    policy = create(bank_actor)

    assert change(bank_actor, policy, title="绿色通道", expected_revision=1).revision == 1
    change(bank_actor, policy, title="新标题", expected_revision=1)
    with pytest.raises(StaleRevision):
        change(officer, policy, title="别的", expected_revision=1)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"title": ""}, "title", "required"),
        ({"content": None}, "content", "required"),
        ({"title": "长" * 201}, "title", "too_long"),
        ({"regions": ["999999"]}, "regions", "unknown_code"),
        ({"green_quota": "yes"}, "green_quota", "wrong_type"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-02-01"}, "valid_until", "period_empty"),
        ({"discount": 1}, "discount", "unknown_field"),
        ({"code": "a b"}, "code", "invalid_code"),
    ],
)
def test_a_wrong_value_is_refused_by_field(bank_actor, values, field, code):
    with pytest.raises(InvalidInput) as error:
        create(bank_actor, **values)

    assert [(problem.field, problem.code) for problem in error.value.problems] == [(field, code)]


def test_a_code_is_used_once_and_a_region_is_kept(bank_actor):
    RegionFactory(code="220100")
    assert create(bank_actor, code="p", regions=["220100"]).regions == ["220100"]

    with pytest.raises(InvalidInput) as error:
        create(bank_actor, code="p")
    assert error.value.problems[0].code == "duplicate_code"


def test_others_may_not_touch_a_policy(bank_actor, firm_actor, incubator_actor, department_actor):
    policy = PolicyFactory()

    for actor in (bank_actor, firm_actor, incubator_actor, department_actor):
        with pytest.raises(NotPermitted):
            change(actor, policy, note="新")
        with pytest.raises(NotPermitted):
            withdraw(actor, policy)
    with pytest.raises(NotPermitted):
        create(incubator_actor)
