"""An officer proves that accounts of firms may act for them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.organizations.enums import AuthorityBasis, Role
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db

ACCOUNTS = "portal:department_accounts"


def entries(**changes):
    return {
        "basis": AuthorityBasis.STAMPED_LETTER,
        "reference": "授权书〔2026〕3号",
        "post": "财务负责人",
        "valid_until": (timezone.localdate() + timedelta(days=365)).isoformat(),
        **changes,
    }


def address(actor):
    return reverse(f"{ACCOUNTS}_prove", args=[actor.membership.public_id])


def test_new_accounts_wait_on_the_home_page_and_are_proved_from_the_list(browse, department_actor):
    firm = make_actor(organization__name="长春新光源有限公司")
    client = browse(department_actor)
    home = client.get(reverse("portal:department")).content.decode()
    assert "待核验账号" in home

    listed = client.get(reverse(ACCOUNTS)).content.decode()
    assert "长春新光源有限公司" in listed
    assert firm.user.username in listed

    answer = client.post(address(firm), entries())
    assert answer.status_code == 302
    firm.membership.refresh_from_db()
    assert firm.membership.has_authority(timezone.localdate())
    assert (firm.membership.post, firm.membership.authority_proved_by) == (
        "财务负责人",
        department_actor.user,
    )
    assert "长春新光源有限公司" not in client.get(reverse(ACCOUNTS)).content.decode()
    assert "授权书〔2026〕3号" in client.get(reverse(ACCOUNTS) + "?show=proved").content.decode()


def test_what_is_wrong_stands_beside_its_field(browse, department_actor):
    firm = make_actor()
    past = timezone.localdate().isoformat()
    answer = browse(department_actor).post(address(firm), entries(valid_until=past, reference=" "))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这个字段是必填项" in page or "必填" in page
    firm.membership.refresh_from_db()
    assert firm.membership.authority_proved_at is None

    answer = browse(department_actor).post(address(firm), entries(valid_until=past))
    assert answer.status_code == 422
    assert "不超过三年" in answer.content.decode()


def test_authority_that_ran_out_waits_anew(browse, department_actor):
    firm = make_actor(proved=True)
    place = firm.membership
    place.authority_valid_until = timezone.localdate()
    place.save()
    page = browse(department_actor).get(reverse(ACCOUNTS)).content.decode()
    assert "到期" in page
    assert firm.user.username in page


def test_accounts_of_other_regions_banks_and_strangers_are_not_there(
    browse, department_actor, bank_actor, firm_actor, stranger_actor
):
    city = make_actor(
        organization__department=True, organization__region__code="220100", role=Role.DEPARTMENT
    )
    client = browse(city)
    page = client.get(reverse(ACCOUNTS) + "?show=all").content.decode()
    assert firm_actor.user.username in page
    assert stranger_actor.user.username not in page
    assert bank_actor.user.username not in page
    assert client.get(address(stranger_actor)).status_code == 404
    assert browse(department_actor).post(address(bank_actor), entries()).status_code == 404
    assert browse(firm_actor).get(reverse(ACCOUNTS)).status_code == 404
    assert browse(None).get(reverse(ACCOUNTS)).status_code == 302


def test_a_page_of_many_accounts_takes_as_many_queries_as_one_of_few(
    browse, department_actor, count_queries
):
    client = browse(department_actor)
    make_actor()
    few = count_queries(lambda: client.get(reverse(ACCOUNTS)))
    for _ in range(5):
        make_actor()
    assert count_queries(lambda: client.get(reverse(ACCOUNTS))) == few
