"""A firm enters by itself: its record, its first account; the proof of authority comes later."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from backend.accounts.models import User
from backend.accounts.passwords import check_password
from backend.common.errors import InvalidInput, StateConflict
from backend.firms.models import Firm
from backend.firms.services import create_firm
from backend.firms.validators import check_new_firm
from backend.organizations.enums import OrganizationKind, Rank, Role
from backend.organizations.models import Membership, Organization
from backend.organizations.services import grant_membership


@transaction.atomic
def register_firm(
    *,
    uscc: str,
    name: str,
    region: str | None,
    username: str,
    display_name: str,
    phone: str,
    password: str,
    today: date,
) -> Membership:
    """Open a firm's record and the account of the person who registers it.

    The account may draft needs and look at matches; it acts for the firm only after an officer
    has checked its authority. A firm that has a record already takes people in by itself, so
    that nobody comes to see a firm's data by knowing its code.
    """
    check_new_firm(uscc)
    if Organization.objects.filter(kind=OrganizationKind.FIRM, code=uscc).exists():
        raise StateConflict(
            "firm_exists",
            "该企业已建档。请由本企业负责人在“成员”页添加您的账号，"
            "或持盖章授权书联系所在地科技管理部门。",
        )
    user = User(username=username, display_name=display_name, phone=phone)
    check_password(password, user)
    user.set_password(password)
    _check_user(user)
    firm: Firm = create_firm(actor=None, uscc=uscc, name=name, region=region, today=today)
    user.save()
    return grant_membership(
        actor=None,
        user=user,
        organization=firm.organization,
        role=Role.FIRM,
        rank=Rank.MANAGER,
    )


def _check_user(user: User) -> None:
    if User.objects.filter(username=user.username).exists():
        raise InvalidInput.of("username", "username_taken", "此用户名已被使用，请换一个。")
    try:
        user.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput.of(field, "invalid", "；".join(messages)) from error
