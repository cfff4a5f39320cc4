"""What an announcement may say; services ask here before they write."""

from datetime import date

from backend.announcements.enums import AUDIENCES
from backend.announcements.limits import REASON_MAX_LENGTH, TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.announcements.models import Announcement
from backend.common.problems import ProblemList, shown
from backend.organizations.validators import check_region
from backend.reference.regions import lies_in

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def check_announcement(announcement: Announcement, *, department_region: str | None) -> None:
    """Refuse an announcement without words, without a day, or for a region of somebody else."""
    problems = ProblemList()
    for field, label, limit in (
        ("title", "标题", TITLE_MAX_LENGTH),
        ("text", "正文", TEXT_MAX_LENGTH),
    ):
        words = getattr(announcement, field)
        if not words.strip():
            problems.add(field, "required", f"请填写{label}。")
        problems.check_length(field, words, limit)
    problems.check_codes("roles", announcement.roles, AUDIENCES)
    _check_region(problems, announcement.region_id, department_region)
    _check_days(problems, announcement)
    problems.refuse()


def _check_region(problems: ProblemList, region: str | None, own: str | None) -> None:
    if region is None:
        problems.add("region", "required", "请选择地区。")
        return
    check_region(problems, region)
    if not problems and not lies_in(region, own):
        problems.add("region", "outside", f"地区“{shown(region)}”不在本部门辖区内。")


def _check_days(problems: ProblemList, announcement: Announcement) -> None:
    first, end = announcement.valid_from, announcement.valid_until
    for field, day in (("valid_from", first), ("valid_until", end)):
        if day is not None and not EARLIEST <= day <= LATEST:
            problems.add(field, "out_of_range", f"日期 {day} 应在 {EARLIEST} 至 {LATEST} 之间。")
    problems.check_period(first, end)


def check_reason(reason: str) -> str:
    """Return a reason without blanks around it; refuse none and one that is too long."""
    problems = ProblemList()
    if not reason.strip():
        problems.add("reason", "required", "请填写撤下原因。")
    problems.check_length("reason", reason, REASON_MAX_LENGTH)
    problems.refuse()
    return reason.strip()
