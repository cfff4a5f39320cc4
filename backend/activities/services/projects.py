"""The project library: a firm enters, lists and takes down its projects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.activities import policies
from backend.activities.enums import ProjectStatus
from backend.activities.lifecycle import Action, lead
from backend.activities.models import Project
from backend.activities.notice import NOTICE_VERSION
from backend.activities.validators import check_project
from backend.common.errors import InvalidInput, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.services import lock_need
from backend.organizations.actors import Actor

EDITABLE_FIELDS = ("title", "summary")
_SEEKING = {NeedStatus.OPEN, NeedStatus.IN_REFERRAL}


def lock_project(project: Project) -> Project:
    """Return the project, locked until the transaction ends, with its need and firm."""
    return Project.objects.select_for_update(of=("self",)).with_parties().get(pk=project.pk)


@transaction.atomic
def enter_project(*, actor: Actor, need: Need, values: Mapping[str, Any]) -> Project:
    """Describe a need of one's firm for investors; nobody else sees it before it is listed."""
    policies.require_can_keep(actor, need.firm)
    need = lock_need(need)
    if Project.objects.filter(need=need).exists():
        raise StateConflict("project_exists", f"需求 {need.code} 已有项目，请在原项目上修改。")
    project = Project(need=need, **{name: values[name] for name in EDITABLE_FIELDS})
    check_project(project)
    project.save()
    record(EventType.PROJECT_CREATED, subject=project, actor=actor, payload={"need": need.code})
    return project


@transaction.atomic
def update_project(
    *, actor: Actor, project: Project, changes: Mapping[str, Any], expected_revision: int | None
) -> Project:
    """Change the title or the summary; what is listed shows the new text at once."""
    project = lock_project(project)
    policies.require_can_keep(actor, project.need.firm)
    project.check_revision(expected_revision)
    for name in changes.keys() & set(EDITABLE_FIELDS):
        setattr(project, name, changes[name])
    check_project(project)
    project.save_revision()
    record(
        EventType.PROJECT_CHANGED,
        subject=project,
        actor=actor,
        payload={"fields": sorted(changes)},
    )
    return project


@transaction.atomic
def list_project(
    *,
    actor: Actor,
    project: Project,
    notice_version: str,
    expected_revision: int | None,
    now: datetime,
) -> Project:
    """Show a project to investors: the firm's own decision, on the notice in force."""
    project = lock_project(project)
    policies.require_can_keep(actor, project.need.firm)
    project.check_revision(expected_revision)
    if notice_version != NOTICE_VERSION:
        raise InvalidInput.of(
            "notice_version",
            "outdated",
            f"告知书现行版本为 {NOTICE_VERSION}，请阅读后再确认。",
        )
    if project.need.status not in _SEEKING:
        label = NeedStatus(project.need.status).label
        raise StateConflict(
            "need_not_open", f"需求 {project.need.code} 现为“{label}”，核验通过后才能入库。"
        )
    check_project(project)
    project.status = lead(ProjectStatus(project.status), Action.LIST)
    project.listed_at, project.listed_by = now, actor.user
    project.first_listed_at = project.first_listed_at or now
    project.notice_version = notice_version
    project.save_revision()
    record(
        EventType.PROJECT_LISTED,
        subject=project,
        actor=actor,
        payload={"need": project.need.code, "notice": notice_version},
    )
    return project


@transaction.atomic
def take_down_project(*, actor: Actor, project: Project, now: datetime) -> Project:
    """Take a project out of the library, at once and without a reason.

    Intents that were declared stand; a repetition changes nothing.
    """
    project = lock_project(project)
    policies.require_can_take_down(actor, project)
    if project.status == ProjectStatus.WITHDRAWN:
        return project
    project.status = lead(ProjectStatus(project.status), Action.WITHDRAW)
    project.withdrawn_at = now
    project.save_revision()
    record(
        EventType.PROJECT_WITHDRAWN,
        subject=project,
        actor=actor,
        payload={"need": project.need.code},
    )
    return project


@transaction.atomic
def forget_project(*, actor: Actor, project: Project) -> bool:
    """Delete a project that was never listed; tell whether it was one.

    Nobody met it, so that no record rests on it. Whether it may go is the caller's knowledge.
    """
    project = lock_project(project)
    if project.first_listed_at is not None:
        return False
    record(
        EventType.PROJECT_WITHDRAWN,
        subject=project,
        actor=actor,
        payload={"need": project.need.code, "change": "forgotten"},
    )
    project.delete()
    return True
