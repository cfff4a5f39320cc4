"""A firm registers itself through the page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.accounts.models import User
from backend.firms.models import Firm
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership
from backend.web.windows import Store
from tests.factories.reference import RegionFactory

USCC = "91220101MA0Y1B2C3D"


@pytest.fixture
def region(db):
    return RegionFactory(code="220102")


@pytest.fixture(autouse=True)
def nobody_counted(settings):
    from django.core.cache import caches

    caches["throttle"].clear()
    Store.away_until = 0.0


@pytest.fixture
def uscc():
    from matching.uscc import uscc_check_character

    body = USCC[:17]
    return body + uscc_check_character(body)


def entries(uscc, **changes):
    return {
        "uscc": uscc,
        "name": "测试科技有限公司",
        "region": "220102",
        "display_name": "王一",
        "phone": "0431-88888888",
        "username": "wang-yi",
        "password": "一个足够长的口令-2026",
        "password_again": "一个足够长的口令-2026",
        **changes,
    }


def register(client, uscc, **changes):
    return client.post(reverse("portal:register"), entries(uscc, **changes))


def test_a_firm_gets_a_record_and_an_account_without_authority(browse, region, uscc):
    answer = register(browse(None), uscc)
    assert answer.status_code == 302
    place = Membership.objects.get(user__username="wang-yi")
    assert (place.role, place.rank) == (Role.FIRM, Rank.MANAGER)
    assert place.organization.code == uscc
    assert not place.has_authority(timezone.localdate())
    assert Firm.objects.filter(organization=place.organization).exists()


def test_a_firm_that_is_here_already_is_not_entered_by_its_code(browse, region, uscc):
    register(browse(None), uscc)
    answer = register(browse(None), uscc, username="another")
    assert answer.status_code == 422
    assert "该企业已建档" in answer.content.decode()
    assert not User.objects.filter(username="another").exists()


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("uscc", "91220101MA0Y1B2C30", "校验"),
        ("password", "12345", "至少 12 位"),
        ("phone", "电话", "6–20 位"),
        ("username", "有 空格", "用户名"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(browse, region, uscc, field, value, text):
    values = {field: value}
    if field == "password":
        values["password_again"] = value
    answer = register(browse(None), **{"uscc": uscc, **values})
    assert answer.status_code == 422
    assert text in " ".join(answer.context["form"].errors[field])
    assert not User.objects.exists()
    assert not Firm.objects.exists()


def test_a_code_is_checked_while_it_is_typed(browse, region, uscc):
    client = browse(None)
    for typed, text in ((uscc[:10], "还差 8 位"), (uscc, "代码正确"), (uscc + "1", "18 位")):
        assert text in client.get(reverse("portal:register_code"), {"uscc": typed}).content.decode()


def test_an_address_that_registers_too_often_has_to_wait(browse, region, uscc):
    client = browse(None)
    for _ in range(20):
        client.post(reverse("portal:register"), {})
    answer = register(client, uscc)
    assert answer.status_code == 422
    assert "一小时后再试" in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("kurz", "至少 12 位"),
        ("198503141592", "不能只用数字"),
        ("password1234", "过于常见"),
        ("kerong-user-1", "过于相近"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(browse, region, uscc, password, text):
    values = {"username": "kerong-user-1", "password": password, "password_again": password}
    said = " ".join(register(browse(None), uscc, **values).context["form"].errors["password"])
    assert text in said
    assert not any(letter in said for letter in "abcdefghijklmnopqrstuvwxyz")
