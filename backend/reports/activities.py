"""Figures on activities, the project library and investors' intents, with the rows they count.

A figure is the number of its rows, or the sum of their amounts, as they were known at the end of
the day. Amounts of intents and investments stand alone: they are no lines and no drawdowns and
are never added to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.activities.enums import ActivityKind, IntentLevel, Part, ParticipationStatus
from backend.activities.models import Activity, Intent, IntentStep, Participation, Project
from backend.common.workdays import HOURS
from backend.organizations.querysets import OrganizationQuerySet
from backend.reports.scope import Scope

_ONE_DAY = timedelta(days=1)


class ActivityFigure(models.TextChoices):
    """What is counted."""

    ACTIVITIES = "activities", "举办活动"
    JOINT_EVENTS = "held_joint_event", "举办联合活动"
    ROADSHOWS = "held_roadshow", "举办科技金融路演"
    CONTESTS = "held_contest", "举办创新创业大赛"
    TRAININGS = "held_training", "举办培训"
    FIRM_ATTENDANCES = "firm_attendances", "企业参加活动"
    FIRMS = "activity_firms", "参加活动的企业"
    INSTITUTION_ATTENDANCES = "institution_attendances", "机构参加活动"
    AWARDS = "awards", "大赛获奖"
    PROJECTS = "projects", "新入项目库项目"
    INTENTS = "intents", "投资意向"
    INTENTS_STATED = "intents_stated", "授权反馈意向金额的投资意向"
    INTENT_AMOUNT = "intent_amount", "投资意向金额"
    INVESTMENTS = "investments", "实现投资"
    INVESTMENTS_STATED = "investments_stated", "授权反馈金额的投资"
    INVESTED_AMOUNT = "invested_amount", "投资金额"


_OF_KIND: Final = MappingProxyType(
    {
        ActivityKind.JOINT_EVENT: ActivityFigure.JOINT_EVENTS,
        ActivityKind.ROADSHOW: ActivityFigure.ROADSHOWS,
        ActivityKind.CONTEST: ActivityFigure.CONTESTS,
        ActivityKind.TRAINING: ActivityFigure.TRAININGS,
    }
)
_HELD, _CAME = "主办单位登记已举办的活动，按结束日期", "主办单位登记到场，按活动结束日期"
_ENTERED = "企业首次发布到项目库的日期"
_DECLARED = "投资机构提出意向的日期，至截止日未放弃"
_NAMED = _DECLARED + "；金额为企业授权反馈的最近一次意向金额，与批准额度、投放金额不相加"
_INVESTED = "投资机构报告已投资、企业授权反馈，按投资日期"
_PAID = _INVESTED + "；金额为企业授权反馈的投资金额，与批准额度、投放金额不相加"
# The unit of each figure, and what it counts by which day.
COUNTED: Final[Mapping[ActivityFigure, tuple[str, str]]] = MappingProxyType(
    {
        ActivityFigure.ACTIVITIES: ("场", _HELD),
        ActivityFigure.JOINT_EVENTS: ("场", _HELD),
        ActivityFigure.ROADSHOWS: ("场", _HELD),
        ActivityFigure.CONTESTS: ("场", _HELD),
        ActivityFigure.TRAININGS: ("场", _HELD),
        ActivityFigure.FIRM_ATTENDANCES: ("户次", _CAME),
        ActivityFigure.FIRMS: ("户", _CAME),
        ActivityFigure.INSTITUTION_ATTENDANCES: ("家次", _CAME),
        ActivityFigure.AWARDS: ("项", "主办单位登记的奖项，按活动结束日期"),
        ActivityFigure.PROJECTS: ("个", _ENTERED),
        ActivityFigure.INTENTS: ("项", _DECLARED),
        ActivityFigure.INTENTS_STATED: ("项", _NAMED),
        ActivityFigure.INTENT_AMOUNT: ("元", _NAMED),
        ActivityFigure.INVESTMENTS: ("笔", _INVESTED),
        ActivityFigure.INVESTMENTS_STATED: ("笔", _PAID),
        ActivityFigure.INVESTED_AMOUNT: ("元", _PAID),
    }
)


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """What stands behind a figure; ``organization`` is empty where the reader may not know it."""

    kind: str
    id: UUID
    day: date
    title: str
    organization: str
    amount_yuan: int | None = None


Rows = Mapping[ActivityFigure, list[ActivityRow]]


def load_activity_rows(scope: Scope) -> Rows:
    """Return the rows behind every figure of a period; a fixed number of queries.

    Activities count on their last day, in the region of their host; what firms did there counts
    with the activity. Projects and intents count in the region that the firm lay in, on the day
    of the entry.
    """
    found: dict[ActivityFigure, list[ActivityRow]] = {figure: [] for figure in ActivityFigure}
    for parts in (_of_held(scope), _of_projects(scope), _of_intents(scope), _of_money(scope)):
        for figure, row in parts:
            found[figure].append(row)
    return found


def list_activity_rows(*, scope: Scope, figure: ActivityFigure) -> list[ActivityRow]:
    """Return the rows behind a figure, in the order of their days."""
    return sorted(load_activity_rows(scope)[figure], key=lambda row: (row.day, str(row.id)))


def count_activity_rows(rows: Rows, figure: ActivityFigure) -> int:
    """Return a figure: its rows, or what they come to where it is an amount."""
    if COUNTED[figure][0] == "元":
        return sum(row.amount_yuan or 0 for row in rows[figure])
    return len(rows[figure])


_Parts = Iterator[tuple[ActivityFigure, ActivityRow]]


def _of_held(scope: Scope) -> _Parts:
    held = (
        Activity.objects.visible_to(scope.actor)
        .held()
        .filter(
            OrganizationQuerySet.inside(scope.region, path="host__"),
            ends_on__gte=scope.start,
            ends_on__lt=scope.end,
            held_at__lt=scope.cutoff,
        )
    )
    for one in held.select_related("host"):
        row = ActivityRow("activity", one.public_id, one.ends_on, one.title, one.host.name)
        yield ActivityFigure.ACTIVITIES, row
        yield _OF_KIND[ActivityKind(one.kind)], row
    yield from _of_participants(scope, held)


def _of_participants(scope: Scope, held: QuerySet[Activity]) -> _Parts:
    """Yield who came; of a firm that somebody else oversees, that it came, without its name."""
    known = Participation.objects.visible_to(scope.actor).filter(pk=OuterRef("pk"))
    present = (
        Participation.objects.filter(
            activity__in=held.values("pk"),
            status=ParticipationStatus.ATTENDED,
            recorded_at__lt=scope.cutoff,
        )
        .annotate(is_known=Exists(known))
        .select_related("activity", "organization")
        .order_by("activity__ends_on", "pk")
    )
    firms: set[int] = set()
    for one in present:
        is_firm = one.part == Part.ENTRANT
        row = ActivityRow(
            "participation",
            one.public_id,
            one.activity.ends_on,
            one.activity.title,
            one.organization.name if one.is_known or not is_firm else "",
        )
        if not is_firm:
            yield ActivityFigure.INSTITUTION_ATTENDANCES, row
            continue
        yield ActivityFigure.FIRM_ATTENDANCES, row
        if one.firm_id not in firms:
            firms.add(one.firm_id)
            yield ActivityFigure.FIRMS, row
        if one.awarded_at is not None and one.awarded_at < scope.cutoff:
            yield ActivityFigure.AWARDS, replace(row, title=f"{row.title}：{one.award}")


def _days(scope: Scope) -> tuple[datetime, datetime]:
    """Return the moments between which an entry of the period was made."""
    last = min(HOURS.end_of(scope.end - _ONE_DAY), scope.cutoff)
    return HOURS.end_of(scope.start - _ONE_DAY), last


def _of_projects(scope: Scope) -> _Parts:
    first, last = _days(scope)
    listed = (
        Project.objects.visible_to(scope.actor)
        .filter(
            scope.inside(firm="need__firm"), first_listed_at__gte=first, first_listed_at__lt=last
        )
        .select_related("need__firm__organization")
    )
    for one in listed:
        day, firm = HOURS.local(one.first_listed_at).date(), one.need.firm.organization
        yield (
            ActivityFigure.PROJECTS,
            ActivityRow("project", one.public_id, day, one.title, firm.name),
        )


def _intents(scope: Scope) -> QuerySet[Intent]:
    """Return the intents of firms that the reader sees in the region."""
    visible = Intent.objects.visible_to(scope.actor)
    return visible.filter(scope.inside(firm="project__need__firm"))


def _of_intents(scope: Scope) -> _Parts:
    """Yield the intents of the period, with what they last named on the way to money."""
    first, last = _days(scope)
    standing = _intents(scope).filter(
        Q(dropped_at__isnull=True) | Q(dropped_at__gte=scope.cutoff),
        declared_at__gte=first,
        declared_at__lt=last,
    )
    named = dict(
        IntentStep.objects.filter(
            intent__in=standing.values("pk"),
            recorded_at__lt=scope.cutoff,
            is_amount_told=True,
            amount_yuan__isnull=False,
        )
        .exclude(level=IntentLevel.INVESTED)
        .order_by("intent_id", "-pk")
        .distinct("intent_id")
        .values_list("intent_id", "amount_yuan")
    )
    for one in standing.select_related("project", "institution"):
        row = _row_of(one, HOURS.local(one.declared_at).date(), named.get(one.pk))
        yield ActivityFigure.INTENTS, row
        if one.pk in named:
            yield ActivityFigure.INTENTS_STATED, row
            yield ActivityFigure.INTENT_AMOUNT, row


def _of_money(scope: Scope) -> _Parts:
    """Yield the investments by the day that their last word names."""
    told = (
        IntentStep.objects.filter(
            intent__in=_intents(scope).values("pk"),
            level=IntentLevel.INVESTED,
            recorded_at__lt=scope.cutoff,
            is_told=True,
        )
        .order_by("intent_id", "-pk")
        .distinct("intent_id")
        .select_related("intent__project", "intent__institution")
    )
    for step in told:
        if not scope.start <= step.happened_on < scope.end:
            continue
        amount = step.amount_yuan if step.is_amount_told else None
        row = _row_of(step.intent, step.happened_on, amount)
        yield ActivityFigure.INVESTMENTS, row
        if amount is not None:
            yield ActivityFigure.INVESTMENTS_STATED, row
            yield ActivityFigure.INVESTED_AMOUNT, row


def _row_of(intent: Intent, day: date, amount: int | None) -> ActivityRow:
    title, institution = intent.project.title, intent.institution.name
    return ActivityRow("intent", intent.public_id, day, title, institution, amount)
