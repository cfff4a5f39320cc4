"""What activities, projects and intents may say; services ask here before they write."""

import re
from datetime import date

from backend.activities.enums import PRESENTING_KINDS, ActivityKind, IntentLevel
from backend.activities.limits import (
    AMOUNT_MAX_YUAN,
    AWARD_MAX_LENGTH,
    DESCRIPTION_MAX_LENGTH,
    MOST_PLACES,
    NOTE_MAX_LENGTH,
    PLACE_MAX_LENGTH,
    SUMMARY_MAX_LENGTH,
    TITLE_MAX_LENGTH,
)
from backend.activities.models import Activity, Project
from backend.common.problems import ProblemList, shown
from backend.needs.models import Need
from backend.organizations.validators import check_region

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)
_STATING = frozenset({IntentLevel.COMMITTED, IntentLevel.INVESTED})
# Any run of digits long enough to call, however it is spaced.
_CALLABLE = re.compile(r"(?:\d[ -]?){7,}")


def check_activity(activity: Activity) -> None:
    """Refuse an activity whose days, places or texts cannot be right."""
    problems = ProblemList()
    if not activity.title.strip():
        problems.add("title", "required", "请填写活动名称。")
    for field, limit in (
        ("title", TITLE_MAX_LENGTH),
        ("place", PLACE_MAX_LENGTH),
        ("partners", NOTE_MAX_LENGTH),
        ("description", DESCRIPTION_MAX_LENGTH),
    ):
        problems.check_length(field, getattr(activity, field), limit)
    check_region(problems, activity.region_id)
    _check_days(problems, activity)
    if activity.capacity is not None and not 1 <= activity.capacity <= MOST_PLACES:
        problems.add(
            "capacity",
            "out_of_range",
            f"名额 {activity.capacity} 应在 1 至 {MOST_PLACES} 之间；不限请留空。",
        )
    problems.refuse()


def _check_days(problems: ProblemList, activity: Activity) -> None:
    first, last, until = activity.starts_on, activity.ends_on, activity.apply_until
    for field, day in (("starts_on", first), ("ends_on", last)):
        if day is None:
            problems.add(field, "required", "请填写日期。")
        elif not EARLIEST <= day <= LATEST:
            problems.add(field, "out_of_range", f"日期 {day} 应在 {EARLIEST} 至 {LATEST} 之间。")
    if first and last and first > last:
        problems.add("ends_on", "before_start", f"结束日期 {last} 早于开始日期 {first}。")
    if until and last and until > last:
        problems.add("apply_until", "after_end", f"报名截止日 {until} 晚于结束日期 {last}。")


def check_entry(*, kind: ActivityKind, need: Need | None, title: str, summary: str) -> None:
    """Refuse an entry that does not say what the firm comes with."""
    problems = ProblemList()
    if kind in PRESENTING_KINDS and not title.strip():
        problems.add("title", "required", f"{kind.label}需填写项目名称。")
    if kind is not ActivityKind.TRAINING and need is None and not summary.strip():
        problems.add("summary", "required", "请写明项目摘要，或选择一项融资需求。")
    problems.check_length("title", title, TITLE_MAX_LENGTH)
    problems.check_length("summary", summary, SUMMARY_MAX_LENGTH)
    problems.refuse()


def check_project(project: Project) -> None:
    """Refuse texts that are missing, too long, or tell whose project it is."""
    problems = ProblemList()
    organization = project.need.firm.organization
    hints = {organization.name, organization.code, project.need.contact_name}
    for field, limit in (("title", TITLE_MAX_LENGTH), ("summary", SUMMARY_MAX_LENGTH)):
        text = getattr(project, field)
        if not text.strip():
            problems.add(field, "required", "请填写。")
        problems.check_length(field, text, limit)
        found = [hint for hint in sorted(filter(None, hints)) if hint in text]
        if found or _CALLABLE.search(text):
            problems.add(
                field,
                "names_somebody",
                f"此处对投资机构公开，不能写入{'、'.join(found) or '电话等号码'}；"
                "企业名称和联系方式由机构经企业授权后另行看到。",
            )
    problems.refuse()


def check_level(*, level: IntentLevel, amount_yuan: int | None, day: date, today: date) -> None:
    """Refuse an impossible amount or day; whoever commits or has invested names an amount."""
    problems = ProblemList()
    if level in _STATING and amount_yuan is None:
        problems.add("amount_yuan", "required", f"“{level.label}”须填写金额（元）。")
    if amount_yuan is not None and not 1 <= amount_yuan <= AMOUNT_MAX_YUAN:
        problems.add(
            "amount_yuan",
            "out_of_range",
            f"金额 {shown(amount_yuan)} 元应在 1 至 {AMOUNT_MAX_YUAN} 之间，单位为元。",
        )
    if not EARLIEST <= day <= today:
        problems.add("date", "out_of_range", f"日期 {day} 应在 {EARLIEST} 至今天（{today}）之间。")
    problems.refuse()


def check_text(field: str, text: str, *, limit: int = NOTE_MAX_LENGTH, required: bool) -> str:
    """Return a text without blanks at its ends; refuse a missing or overlong one."""
    problems = ProblemList()
    text = text.strip()
    if required and not text:
        problems.add(field, "required", "请填写。")
    problems.check_length(field, text, limit)
    problems.refuse()
    return text


def check_award(level: str) -> str:
    """Return an award's level; refuse a missing or overlong one."""
    return check_text("level", level, limit=AWARD_MAX_LENGTH, required=True)
