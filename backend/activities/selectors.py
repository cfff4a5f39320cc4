"""What is read of projects and intents, by who reads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.activities.models import Intent, IntentStep, Project
from backend.consents.disclosure import (
    NO_GROUNDS,
    Shown,
    describe,
    list_disclosable,
    list_grounds,
    record_shown,
    shown_by,
)
from backend.consents.enums import Channel, Direction
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.lines import list_lines
from backend.referrals.models import Referral


def show_projects(
    projects: Sequence[Project], *, actor: Actor, channel: Channel, now: datetime
) -> dict[int, dict[str, Any]]:
    """Return what the reader sees of each project's need, and note what institutions were shown.

    A fixed number of queries. Call it in the transaction that shows.
    """
    if not actor.is_institution:
        return {project.pk: _own_view(project.need) for project in projects}
    unit = actor.organization
    records = list_disclosable({project.need_id for project in projects}, day=actor.today)
    pairs = [(project.need_id, unit.pk) for project in projects]
    grounds = list_grounds(pairs, day=actor.today, direction=Direction.TO_INSTITUTION)
    views: dict[int, dict[str, Any]] = {}
    shown: list[Shown] = []
    for project in projects:
        record = records[project.need_id]
        basis = grounds.get((project.need_id, unit.pk), NO_GROUNDS)
        view = describe(record, basis.groups, institution_code=unit.code)
        views[project.pk] = view
        texts = {"project_title": project.title, "project_summary": project.summary}
        shown += shown_by(record=record, grounds=basis, description=view | texts)
    record_shown(institution=unit, user=actor.user, channel=channel, shown=shown, now=now)
    return views


def _own_view(need: Need) -> dict[str, Any]:
    organization = need.firm.organization
    return {
        "code": need.code,
        "is_masked": False,
        "firm_name": organization.name,
        "uscc": organization.code,
        "region": organization.region_code,
    }


def list_steps(intent: Intent, *, actor: Actor) -> list[IntentStep]:
    """Return the steps that the reader may know of; they are loaded already.

    The department knows those of which the firm let it be told when they were recorded.
    """
    steps = list(intent.steps.all())
    return [step for step in steps if step.is_told] if actor.is_department else steps


@dataclass(frozen=True, slots=True)
class Known:
    """How far the reader knows an intent to be; None is "not told"."""

    level: str | None
    amount_yuan: int | None


def what_is_known(intent: Intent, *, actor: Actor) -> Known:
    """Return the level and amount as the reader knows them."""
    steps = list_steps(intent, actor=actor)
    if not steps:
        return Known(None, None)
    return Known(steps[-1].level, amount_known(steps[-1], actor=actor))


def amount_known(step: IntentStep, *, actor: Actor) -> int | None:
    """Return a step's amount, for the department only what it was to be told."""
    return None if actor.is_department and not step.is_amount_told else step.amount_yuan


def list_referrals_of(intents: Collection[Intent]) -> dict[int, UUID]:
    """Return the newest referral of each intent's need at its institution or one above.

    An officer puts the need on a list as any other; the intent then leads to the referral. Two
    queries.
    """
    if not intents:
        return {}
    lines = list_lines({intent.institution_id for intent in intents})
    newest: dict[tuple[int, int], UUID] = {}
    rows = (
        Referral.objects.filter(need__in={intent.project.need_id for intent in intents})
        .order_by("pk")
        .values_list("need_id", "institution_id", "public_id")
    )
    for need, institution, public_id in rows:
        newest[need, institution] = public_id
    found = {
        intent.pk: [
            newest[intent.project.need_id, unit]
            for unit in lines.get(intent.institution_id, ())
            if (intent.project.need_id, unit) in newest
        ]
        for intent in intents
    }
    return {pk: ids[0] for pk, ids in found.items() if ids}
