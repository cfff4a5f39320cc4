"""Requests about data: asked on 我的数据, answered on the department's list."""

import pytest
from django.urls import reverse

from backend.data_requests.models import DataRequest
from backend.organizations.enums import Rank, Role
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import make_sent

DATA = "/firm/profile/data/"
NEW = "/firm/profile/data/requests/new/"
LIST = "/department/data-requests/"
ENTRIES = {"kind": "deletion", "what": "本企业资料", "why": "不再使用平台"}


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def answer_page(asked, act):
    return reverse(f"portal:department_data_requests_{act}", args=[asked.public_id])


def test_a_manager_asks_once_for_two_presses_and_reads_what_stays(browse, firm_actor, firm):
    client = browse(firm_actor)
    assert "至少保存三年" in client.get(NEW).content.decode()
    for _ in range(2):
        assert client.post(NEW, ENTRIES | {"press": "once"}).url == DATA
    asked = DataRequest.objects.get()
    text = client.get(DATA).content.decode()
    assert "删除：本企业资料" in text
    assert f"{asked.due_on.month}月{asked.due_on.day}日" in text


@pytest.mark.parametrize("changes", [{"kind": ""}, {"what": ""}, {"why": ""}, {"what": "长" * 201}])
def test_a_wrong_entry_is_refused_beside_its_field(browse, firm_actor, firm, changes):
    refused = browse(firm_actor).post(NEW, ENTRIES | changes)
    assert refused.status_code == 422
    assert refused.context["form"].errors[next(iter(changes))]


def test_whoever_may_not_ask_is_told_who_does(browse, firm):
    officer = browse(make_actor(organization=firm.organization, rank=Rank.OFFICER, proved=True))
    assert officer.get(NEW).status_code == 403
    assert "由授权已核验的企业负责人申请" in officer.get(DATA).content.decode()


def test_the_departments_manager_grants_and_the_firm_reads_it(
    browse, firm_actor, department_actor, firm
):
    NeedFactory(firm=firm, description="草稿")
    asked = DataRequestFactory(firm=firm, kind="deletion", requested_by=firm_actor.user)
    client = browse(department_actor)
    page = answer_page(asked, "grant")
    assert page in client.get(LIST).content.decode()
    assert "不能恢复" in client.get(page).content.decode()
    done = client.post(page, {"revision": asked.revision, "answer": "已删除"})
    assert done.url == LIST
    assert "已删除" in client.get(f"{LIST}?show=all").content.decode()
    assert "清空需求 1 项" in browse(firm_actor).get(DATA).content.decode()


def test_a_refused_deletion_says_which_referral_is_under_way(
    browse, firm_actor, department_actor, firm
):
    referral = make_sent(need=NeedFactory(firm=firm, in_referral=True))
    asked = DataRequestFactory(firm=firm, kind="deletion", requested_by=firm_actor.user)
    refused = browse(department_actor).post(
        answer_page(asked, "grant"), {"revision": asked.revision, "answer": ""}
    )
    assert refused.status_code == 422
    assert referral.need.code in refused.content.decode()


def test_a_refusal_needs_a_reason(browse, department_actor, firm):
    asked = DataRequestFactory(firm=firm)
    client = browse(department_actor)
    page = answer_page(asked, "refuse")
    assert client.post(page, {"revision": 1, "reason": ""}).status_code == 422
    assert client.post(page, {"revision": 1, "reason": "资料无误"}).url == LIST
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("refused", "资料无误")


def test_a_late_answer_is_marked(browse, department_actor, firm):
    DataRequestFactory(firm=firm, late=True)
    assert "已过期" in browse(department_actor).get(LIST).content.decode()


def test_an_officer_reads_and_does_not_answer(browse, department_actor, firm):
    asked = DataRequestFactory(firm=firm)
    officer = make_actor(
        organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
    )
    client = browse(officer)
    assert answer_page(asked, "grant") not in client.get(LIST).content.decode()
    assert client.get(answer_page(asked, "grant")).status_code == 403


def test_another_city_and_a_bank_find_nothing(browse, bank_actor, firm):
    asked = DataRequestFactory(firm=firm)
    city = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    assert firm.organization.name not in browse(city).get(LIST).content.decode()
    assert browse(city).get(answer_page(asked, "grant")).status_code == 404
    assert browse(bank_actor).get(LIST).status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(browse, department_actor, firm, count_queries):
    client = browse(department_actor)
    DataRequestFactory(firm=firm)
    client.get(LIST)
    few = count_queries(lambda: client.get(LIST))
    DataRequestFactory.create_batch(4)
    assert count_queries(lambda: client.get(LIST)) == few
