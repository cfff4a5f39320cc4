"""Who signs lists, as a department's managers say in a page."""

import pytest
from django.urls import reverse

from backend.referrals.enums import ApprovalPost
from backend.referrals.models import ApprovalSeat
from backend.referrals.services.approval import get_chain
from tests.factories.lists import make_office

CHAIN = reverse("portal:department_lists_chain")


@pytest.fixture
def office(db):
    return make_office()


def test_the_chain_stands_there_with_who_could_sign(browse, office):
    text = browse(office.head).get(CHAIN).content.decode()
    for post in ApprovalPost:
        assert post.label in text
    assert "3 人可以签批" in text  # whoever it is may draft and submit
    assert "2 人可以签批" in text  # the two managers


def test_a_manager_says_who_signs(browse, office):
    told = {
        "handler_rank": "",
        "leader_on": "on",
        "leader_rank": "manager",
        "leader_title": "副厅长",
        "press": "one",
    }
    answer = browse(office.head).post(CHAIN, told, follow=True)
    chain = get_chain(office.department)
    assert [(seat.post, seat.rank, seat.title) for seat in chain] == [
        ("handler", "", ""),
        ("leader", "manager", "副厅长"),
    ]
    assert "没有符合条件的成员" in answer.content.decode()


def test_a_chain_of_one_is_refused_and_changes_nothing(browse, office):
    answer = browse(office.head).post(CHAIN, {"handler_rank": ""})
    assert answer.status_code == 422
    assert "其后至少一个岗位" in answer.content.decode()
    assert not ApprovalSeat.objects.exists()


def test_officers_read_it_and_change_nothing(browse, office):
    client = browse(office.officer)
    assert "由本部门负责人设置" in client.get(CHAIN).content.decode()
    assert client.post(CHAIN, {"leader_on": "on"}).status_code == 403


def test_firms_do_not_find_it(browse, firm_actor):
    assert browse(firm_actor).get(CHAIN).status_code == 404
