"""What contacts and agreements may say; services ask here before they write."""

import re
from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backend.common.problems import ProblemList, shown
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.lines import line_of
from backend.organizations.models import Membership
from backend.partners.models import LONGEST_CLOCK, Agreement, Contact

CLOCKS = ("acknowledge", "contact", "decide", "read", "answer")
REASON_MAX_LENGTH = 300
NOT_A_MEMBER = "账号不是该单位的成员。"
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,28}[0-9]( ?转 ?[0-9]{1,6})?")
_CONTACT_TEXTS = {"name": 60, "post": 60, "phone": 40, "email": 254}
_AGREEMENT_TEXTS = {
    "document_number": 80,
    "title": 200,
    "sponsor": 60,
    "department_unit": 100,
    "institution_unit": 100,
}
_CONTACT_SIDES = {
    "department_contact": "department",
    "institution_contact": "institution",
    "second_contact": "institution",
}


def check_contact(contact: Contact) -> None:
    """Refuse a contact who could not be called, or whose cover could not."""
    problems = ProblemList()
    _check_texts(problems, contact, _CONTACT_TEXTS, required=("name", "phone"))
    if contact.phone and not _PHONE.fullmatch(contact.phone):
        problems.add(
            "phone",
            "invalid_phone",
            f"电话“{shown(contact.phone)}”有误：应为数字，可含空格、短横、括号、+、“转”分机。",
        )
    if contact.email:
        try:
            validate_email(contact.email)
        except ValidationError:
            problems.add("email", "invalid_email", f"邮箱“{shown(contact.email)}”格式有误。")
    if contact.user_id is not None and not _belongs(contact):
        problems.add("user", "not_a_member", NOT_A_MEMBER)
    _check_absence(problems, contact)
    problems.refuse()


def _belongs(contact: Contact) -> bool:
    return (
        Membership.objects.active()
        .filter(user=contact.user, organization=contact.organization)
        .exists()
    )


def _check_absence(problems: ProblemList, contact: Contact) -> None:
    start, end, cover = contact.absent_from, contact.absent_until, contact.covered_by
    if (start is None) != (end is None):
        missing = "absent_from" if start is None else "absent_until"
        problems.add(missing, "required", "不在岗须填写起止两个日期（均含当日）。")
    elif start is not None and end is not None and start > end:
        problems.add("absent_until", "period_empty", f"止日 {end} 不能早于起日 {start}。")
    if start is not None and cover is None:
        problems.add("covered_by", "required", "不在岗期间须指定代理人，请先登记代理人。")
    if cover is None:
        return
    if cover.pk == contact.pk:
        problems.add("covered_by", "covers_itself", "不能由本人代理。")
    elif cover.organization_id != contact.organization_id or not cover.is_active:
        problems.add("covered_by", "unsuitable", "代理人应为同一单位的在岗联系人。")
    elif cover.covered_by_id == contact.pk and contact.pk and _are_away_together(contact, cover):
        problems.add(
            "covered_by", "both_away", f"{cover.name} 同期不在岗且由 {contact.name} 代理，请另选。"
        )


def _are_away_together(one: Contact, other: Contact) -> bool:
    ends = (one.absent_from, one.absent_until, other.absent_from, other.absent_until)
    if None in ends:
        return False
    return one.absent_from <= other.absent_until and other.absent_from <= one.absent_until


def check_agreement(agreement: Agreement, *, today: date) -> None:
    """Refuse an agreement whose sides, contacts, dates or clocks do not fit together."""
    problems = ProblemList()
    required = ("document_number", "title", "department_unit", "institution_unit")
    _check_texts(problems, agreement, _AGREEMENT_TEXTS, required=required)
    if agreement.institution.kind not in OFFERING_KINDS or not agreement.institution.is_active:
        problems.add("institution", "unsuitable", f"“{agreement.institution}”不是可用的金融机构。")
    problems.check_period(agreement.valid_from, agreement.valid_until)
    if agreement.signed_on is not None and agreement.signed_on > today:
        problems.add("signed_on", "in_the_future", f"签订日期 {agreement.signed_on} 晚于今天。")
    for clock in CLOCKS:
        days = getattr(agreement, f"{clock}_workdays")
        if days is not None and not 1 <= days <= LONGEST_CLOCK:
            problems.add(
                f"{clock}_workdays",
                "out_of_range",
                f"时限 {days} 个工作日应在 1 至 {LONGEST_CLOCK} 之间；不约定请留空。",
            )
    _check_contacts(problems, agreement)
    problems.refuse()


def _check_contacts(problems: ProblemList, agreement: Agreement) -> None:
    for field, side in _CONTACT_SIDES.items():
        contact: Contact | None = getattr(agreement, field)
        if contact is None:
            continue
        organization = getattr(agreement, side)
        if organization.pk not in line_of(contact.organization):
            problems.add(field, "wrong_side", f"联系人不属于“{organization}”或其下级。")
        elif not contact.is_active:
            problems.add(field, "inactive", "联系人已离岗，请另选。")
    if agreement.second_contact_id and (
        agreement.second_contact_id == agreement.institution_contact_id
    ):
        problems.add("second_contact", "same_person", "第二联系人应与联系人不同。")


def check_reason(reason: str) -> None:
    """Refuse a missing or overlong reason."""
    problems = ProblemList()
    if not reason.strip():
        problems.add("reason", "required", "请填写终止原因。")
    problems.check_length("reason", reason, REASON_MAX_LENGTH)
    problems.refuse()


def _check_texts(
    problems: ProblemList, row: object, limits: dict[str, int], *, required: Collection[str]
) -> None:
    for field, limit in limits.items():
        text = getattr(row, field)
        if field in required and not text.strip():
            problems.add(field, "required", "请填写。")
        problems.check_length(field, text, limit)
