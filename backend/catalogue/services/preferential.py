"""Changes to institutions' preferential policies: draft, edit, publish, withdraw."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.catalogue import policies
from backend.catalogue.content import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, NOTE_MAX_LENGTH
from backend.catalogue.enums import PolicyStatus
from backend.catalogue.lifecycle import check_policy_editable, check_policy_transition
from backend.catalogue.models import Policy
from backend.catalogue.services.common import (
    Provenance,
    check_institution,
    check_provenance,
    code_for,
    origin_of,
    own_provenance,
    require,
    save_new,
)
from backend.catalogue.validation import clean_date, clean_flag, clean_regions, clean_text
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization

_TEXTS = {
    "title": NAME_MAX_LENGTH,
    "content": DESCRIPTION_MAX_LENGTH,
    "rate_benefit": NAME_MAX_LENGTH,
    "note": NOTE_MAX_LENGTH,
}
_CLEANERS: dict[str, Callable[[ProblemList, str, Any], Any]] = {
    **{
        field: lambda problems, name, value: clean_text(problems, name, value, _TEXTS[name])
        for field in _TEXTS
    },
    **dict.fromkeys(("green_quota", "green_approval", "green_disbursement"), clean_flag),
    "regions": clean_regions,
    "valid_from": clean_date,
    "valid_until": clean_date,
}
POLICY_FIELDS = tuple(_CLEANERS)


@transaction.atomic
def create_policy(
    *,
    actor: Actor | None,
    institution: Organization,
    values: Mapping[str, Any],
    code: str | None = None,
    provenance: Provenance | None = None,
) -> Policy:
    """Draft a preferential policy; ``actor`` is None when the platform loads sources.

    Raises `InvalidInput`, `NotPermitted`.
    """
    check_institution(institution)
    if actor is not None:
        require(
            policies.can_edit_policies_of(actor, institution),
            "只能为本机构及下级机构起草优惠政策。",
        )
    policy = Policy(institution=institution)
    policy.code = code_for(Policy, code, institution=institution, public_id=policy.public_id)
    _apply(policy, values, actor=actor, provenance=provenance)
    save_new(policy)
    record(
        EventType.POLICY_CREATED,
        subject=policy,
        actor=actor,
        payload={"code": policy.code, "institution": institution.code},
    )
    return policy


@transaction.atomic
def update_policy(
    *,
    actor: Actor | None,
    policy: Policy,
    values: Mapping[str, Any],
    expected_revision: int | None,
    provenance: Provenance | None = None,
) -> Policy:
    """Change a policy; values that change nothing leave it as it was.

    Raises `InvalidInput`, `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    policy = _lock(policy)
    if actor is not None:
        require(
            policies.can_edit_policy(actor, policy),
            "草稿由本机构经办人修改，已发布的政策只有负责人可以修改。",
        )
    policy.check_revision(expected_revision)
    check_policy_editable(policy.status)
    known_provenance = policy.provenance
    changed = _apply(policy, values, actor=actor, provenance=provenance)
    if not changed and policy.provenance == known_provenance:
        return policy
    policy.save_revision()
    record(
        EventType.POLICY_CHANGED,
        subject=policy,
        actor=actor,
        payload={"code": policy.code, "fields": changed},
    )
    return policy


def publish_policy(
    *, actor: Actor | None, policy: Policy, expected_revision: int | None, now: datetime
) -> Policy:
    """Make a drafted policy known to everybody.

    Raises `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    return _move(
        policy,
        PolicyStatus.PUBLISHED,
        EventType.POLICY_PUBLISHED,
        actor=actor,
        expected_revision=expected_revision,
        changes={"published_at": now},
    )


def withdraw_policy(
    *, actor: Actor | None, policy: Policy, expected_revision: int | None
) -> Policy:
    """Take a published policy back, for good.

    Raises `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    return _move(
        policy,
        PolicyStatus.WITHDRAWN,
        EventType.POLICY_WITHDRAWN,
        actor=actor,
        expected_revision=expected_revision,
        changes={},
    )


@transaction.atomic
def _move(
    policy: Policy,
    target: PolicyStatus,
    event_type: EventType,
    *,
    actor: Actor | None,
    expected_revision: int | None,
    changes: Mapping[str, Any],
) -> Policy:
    policy = _lock(policy)
    if actor is not None:
        require(
            policies.can_publish_policy(actor, policy),
            "只有本机构或上级机构负责人可以发布或撤下优惠政策。",
        )
    policy.check_revision(expected_revision)
    check_policy_transition(policy.status, target)
    policy.status = target
    for field, value in changes.items():
        setattr(policy, field, value)
    policy.save_revision()
    record(event_type, subject=policy, actor=actor, payload={"code": policy.code})
    return policy


def _lock(policy: Policy) -> Policy:
    """Return the policy's newest row, locked until the transaction ends."""
    return Policy.objects.select_for_update().get(pk=policy.pk)


def _apply(
    policy: Policy,
    values: Mapping[str, Any],
    *,
    actor: Actor | None,
    provenance: Provenance | None,
) -> list[str]:
    """Set checked values on a policy and return the fields that they change."""
    problems = ProblemList()
    problems.check_fields(values.keys(), _CLEANERS)
    cleaned = {
        field: clean(problems, field, values[field])
        for field, clean in _CLEANERS.items()
        if field in values
    }
    changed = [field for field in cleaned if cleaned[field] != getattr(policy, field)]
    for field in changed:
        setattr(policy, field, cleaned[field])
    for field in ("title", "content"):
        if not getattr(policy, field):
            problems.add(field, "required", "请填写。")
    problems.check_period(policy.valid_from, policy.valid_until)
    if actor is not None:
        policy.provenance = own_provenance(policy.provenance, cleaned, changed, policy.institution)
    elif provenance is not None:
        check_provenance(problems, provenance, frozenset(POLICY_FIELDS))
        policy.provenance = dict(provenance)
    problems.refuse()
    policy.origin = origin_of(actor)
    return changed
