"""Made-up activities, projects and intents, on the made-up firms; everything says so.

The host is the made-up department of a city, so that nothing looks like an activity of a real
one. What has been held happened some weeks before the loading.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.activities.enums import FirmAnswer, IntentLevel, Part
from backend.activities.models import Activity, Participation, Project
from backend.activities.notice import NOTICE_VERSION
from backend.activities.services import activities, intents, participants, projects
from backend.common.errors import StateConflict
from backend.needs.models import Need
from backend.organizations.actors import Actor, resolve_actor
from backend.organizations.querysets import OrganizationQuerySet
from matching.vocabulary import TECH_FIELDS

_OFFICER, _INVESTOR, _FIRM = "demo-city-officer", "demo-vc-manager", "demo-firm-1"
_ENTRANTS = 6
_LISTED = 4
_WEEKS_AGO, _WEEKS_AHEAD = timedelta(weeks=5), timedelta(weeks=3)


@transaction.atomic
def load_activities(*, now: datetime) -> int:
    """Load a contest and a roadshow that were held, an event to come, projects and intents, once.

    Return how many activities are new. Goes through the services that people use; raises
    StateConflict when the demonstration's firms and accounts are not there.
    """
    today = timezone.localdate(now)
    officer, investor = (_find(name, now) for name in (_OFFICER, _INVESTOR))
    if Activity.objects.filter(host=officer.organization).exists():
        return 0
    needs = _choose_needs(officer)
    before = now - _WEEKS_AGO
    past = replace(officer, today=timezone.localdate(before))
    contest = _plan(
        past, before, kind="contest", title="演示·创新创业大赛（长春赛区）", capacity=50
    )
    roadshow = _plan(past, before, kind="roadshow", title="演示·科技金融路演", capacity=3)
    for activity, entering in ((contest, needs), (roadshow, needs[:3])):
        _let_come(past, investor, activity, entering, now=before)
    for level, held in zip(
        ("一等奖", "二等奖"),
        Participation.objects.filter(activity=contest, part=Part.ENTRANT).order_by("pk"),
        strict=False,
    ):
        participants.award(
            actor=past, participation=held, level=level, expected_revision=None, now=before
        )
    for activity in (contest, roadshow):
        activities.hold_activity(
            actor=past,
            activity=activity,
            summary="演示：项目路演，投资机构点评。",
            expected_revision=None,
            now=before,
        )
    ahead = _plan(
        officer,
        now,
        kind="joint_event",
        title="演示·银企对接会",
        starts_on=today + _WEEKS_AHEAD,
        co_organizers=[investor.organization.code],
    )
    for need in needs[:2]:
        participants.enter_firm(actor=officer, activity=ahead, firm=need.firm, need=need, now=now)
    _intend(investor, _list_projects(now), contest, now=now)
    return 3


def _find(username: str, now: datetime) -> Actor:
    user = User.objects.filter(username=username).first()
    actor = user and resolve_actor(user, today=timezone.localdate(now))
    if actor is None:
        raise StateConflict(
            "demonstration_missing", f"没有演示账号 {username}；请先运行 load_demo。"
        )
    return actor


def _choose_needs(officer: Actor) -> list[Need]:
    """Return open needs of the city's firms, one per firm, those that seek equity first."""
    inside = OrganizationQuerySet.inside(officer.region, path="firm__organization__")
    rows = Need.objects.open().with_firm().filter(inside, open_to_others=True).order_by("pk")
    sought = {"equity", "convertible"}
    ordered = sorted(rows, key=lambda need: not sought & set(need.financing_types or ()))
    by_firm: dict[int, Need] = {}
    for need in ordered:
        by_firm.setdefault(need.firm_id, need)
    return list(by_firm.values())[:_ENTRANTS]


def _plan(officer: Actor, now: datetime, **values: object) -> Activity:
    day = officer.today
    activity = activities.create_activity(
        actor=officer,
        values={
            "region": officer.region,
            "place": "演示会场",
            "starts_on": day,
            "description": "演示数据，不是真实活动。",
            **values,
        },
    )
    return activities.announce_activity(
        actor=officer, activity=activity, expected_revision=None, now=now
    )


def _let_come(
    officer: Actor, investor: Actor, activity: Activity, needs: list[Need], *, now: datetime
) -> None:
    participants.register_institution(
        actor=officer,
        activity=activity,
        institution=investor.organization,
        part=Part.JUDGE,
        now=now,
    )
    for number, need in enumerate(needs, start=1):
        field = next(iter(need.firm.tech_fields or ()), None)
        label = TECH_FIELDS.get(field, "科技成果") if field else "科技成果"
        held = participants.enter_firm(
            actor=officer,
            activity=activity,
            firm=need.firm,
            need=need,
            title=f"演示项目{number}（{label}）",
            summary="演示：已有样机和首批订单，资金用于量产线建设和市场推广。",
            now=now,
        )
        held = participants.admit(actor=officer, participation=held, expected_revision=None)
        participants.note_presence(
            actor=officer, participation=held, came=True, expected_revision=None, now=now
        )


def _list_projects(now: datetime) -> list[Project]:
    """List what was presented; a firm that has an account lists its own, the last stays a draft."""
    own = _find(_FIRM, now)
    nobody = User.objects.filter(username="demo-firms").first() or own.user
    listed = []
    for project in Project.objects.with_parties().order_by("pk")[:_LISTED]:
        organization = project.need.firm.organization
        if organization.pk == own.organization.pk:
            projects.list_project(
                actor=own,
                project=project,
                notice_version=NOTICE_VERSION,
                expected_revision=None,
                now=now,
            )
        else:
            project.status, project.notice_version = "listed", NOTICE_VERSION
            project.first_listed_at = project.listed_at = now
            project.listed_by = nobody
            project.save_revision()
        listed.append(project)
    return listed


def _intend(investor: Actor, found: list[Project], contest: Activity, *, now: datetime) -> None:
    levels = (
        (IntentLevel.COMMITTED, 20_000_000),
        (IntentLevel.CONSIDERING, 8_000_000),
        (IntentLevel.OBSERVING, None),
    )
    for project, (level, amount) in zip(found, levels, strict=False):
        intent = intents.declare_intent(
            actor=investor,
            project=project,
            level=level,
            amount_yuan=amount,
            activity=contest,
            note="演示意向",
            now=now,
        )
        if level is IntentLevel.COMMITTED:
            # Firms of the demonstration have no account of their own, so nobody is asked here.
            intent.answer, intent.answered_at = FirmAnswer.INTERESTED, now
            intent.save_revision()
