"""Who at an institution works on a referral: a unit below, and a person there."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.models import Membership, Organization
from backend.partners.models import ServiceRegion
from backend.reference.regions import lies_in
from backend.referrals import policies
from backend.referrals.enums import Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import Referral
from backend.referrals.models.referrals import NAME_MAX_LENGTH
from backend.referrals.services.working import (
    finish,
    lock_referral,
    require_need_stands,
    write_step,
)
from backend.referrals.validators import check_note


@transaction.atomic
def assign_referral(
    *,
    actor: Actor,
    referral: Referral,
    expected_revision: int | None,
    now: datetime,
    unit_code: str | None = None,
    username: str | None = None,
    override_reason: str = "",
) -> Referral:
    """Assign a referral to one's own unit or one below it, and to a person there.

    A unit that does not serve the firm's region, or has as many referrals of the list as it can
    take, gets one only with a reason. Without a unit the referral stays where it is.
    """
    referral = lock_referral(referral)
    policies.require_can_assign(actor, referral)
    unit = _unit_below(actor, referral, unit_code) if unit_code else referral.unit
    handler = _member_of(unit, username) if username else None
    if referral.unit_id == unit.pk and referral.handler == (handler and handler.user):
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.ASSIGNED, status=referral.status)
    reason = check_note("override_reason", override_reason)
    if unit.pk != referral.unit_id:
        _check_fit(referral, unit, reason)
    return _move(referral=referral, unit=unit, handler=handler, reason=reason, actor=actor, now=now)


@transaction.atomic
def hand_over_referral(
    *,
    actor: Actor,
    referral: Referral,
    username: str,
    expected_revision: int | None,
    now: datetime,
    note: str = "",
) -> Referral:
    """Hand a referral over to a colleague of the unit in charge."""
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    handler = _member_of(referral.unit, username)
    if referral.handler_id == handler.user_id:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.ASSIGNED, status=referral.status)
    return _move(
        referral=referral,
        unit=referral.unit,
        handler=handler,
        reason=check_note("note", note),
        actor=actor,
        now=now,
    )


@transaction.atomic
def name_manager(
    *,
    actor: Actor,
    referral: Referral,
    name: str,
    expected_revision: int | None,
    now: datetime,
) -> Referral:
    """Keep the name of a client manager of the unit in charge who has no account.

    It takes the place of a handler, and a handler takes the place of it. Only the institution
    reads it: that person has agreed to nothing.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    name = _clean_name(name)
    if referral.manager_name == name:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.ASSIGNED, status=referral.status)
    return _move(
        referral=referral,
        unit=referral.unit,
        handler=None,
        reason="",
        actor=actor,
        now=now,
        manager_name=name,
    )


def _clean_name(name: str) -> str:
    problems = ProblemList()
    if not name.strip():
        problems.add("name", "required", "请填写客户经理姓名。")
    problems.check_length("name", name, NAME_MAX_LENGTH)
    problems.refuse()
    return name.strip()


def _move(
    *,
    referral: Referral,
    unit: Organization,
    handler: Membership | None,
    reason: str,
    actor: Actor,
    now: datetime,
    manager_name: str = "",
) -> Referral:
    left = referral.unit.code
    referral.manager_name = manager_name
    referral.unit = unit
    referral.handler = handler.user if handler else None
    data = {"from": left, "to": unit.code}
    named = {"manager": manager_name} if manager_name else {}
    write_step(
        referral=referral,
        step=Step.ASSIGNED,
        actor=actor,
        now=now,
        note=reason,
        data={**data, **named},
    )
    return finish(
        referral=referral,
        actor=actor,
        event=EventType.REFERRAL_ASSIGNED,
        now=now,
        payload={**data, "has_handler": handler is not None},
    )


def _unit_below(actor: Actor, referral: Referral, code: str) -> Organization:
    """Find a unit by code: the actor's own or one below it, within the addressed institution."""
    unit = (
        # Locked, so that two assignments at once do not both take its last place.
        Organization.objects.select_for_update(of=("self",))
        .filter(code=code, kind=referral.institution.kind, is_active=True)
        .first()
    )
    if unit is None or not (
        policies.is_above(actor.organization, unit)
        and policies.is_above(referral.institution, unit)
    ):
        raise InvalidInput.of(
            "unit", "not_below", f"“{code}”不是本机构或下级机构，请填写下级机构代码。"
        )
    return unit


def _member_of(unit: Organization, username: str) -> Membership:
    place = (
        Membership.objects.active()
        .filter(organization=unit, user__username=username, role=Role.INSTITUTION)
        .select_related("user")
        .first()
    )
    if place is None:
        raise InvalidInput.of(
            "handler", "not_a_member", f"“{username}”不是{unit.name}的在职人员，请核对账号。"
        )
    return place


def _check_fit(referral: Referral, unit: Organization, reason: str) -> None:
    """Refuse a unit that does not serve the region or is full, unless a reason was given."""
    if reason:
        return
    served = list(
        ServiceRegion.objects.filter(organization=unit).values_list("region_id", flat=True)
    )
    region = referral.need.firm.organization.region_id
    if served and not any(lies_in(region, code) for code in served):
        raise StateConflict(
            "region_not_served",
            f"{unit.name}的服务区域不含企业所在地（{region}）；确需指派，请填写 override_reason。",
        )
    taken = Referral.objects.at_work().filter(
        unit=unit, list_row__referral_list=referral.list_row.referral_list_id
    )
    if unit.capacity is not None and taken.count() >= unit.capacity:
        raise StateConflict(
            "unit_is_full",
            f"{unit.name}本批名额 {unit.capacity} 个已用完；确需指派，请填写 override_reason。",
        )
