"""/api/v1/endorsements/"""

import pytest
from django.utils import timezone

from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.recommendations import EndorsementFactory

URL = "/api/v1/endorsements/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def incubator_actor(db):
    return make_actor(proved=True, organization__incubator=True, role="incubator")


@pytest.fixture
def tenancy(firm_actor, incubator_actor):
    firm = FirmFactory(organization=firm_actor.organization)
    return TenancyFactory(firm=firm, incubator=incubator_actor.organization)


def body(need, **changes):
    return {
        "need": str(need.public_id),
        "endorsed_on": timezone.localdate().isoformat(),
        "person": "赵主任",
        "text": "订单真实，团队稳定。",
        **changes,
    }


def share(client, tenancy, verb="share-progress"):
    answer = client.post(
        f"/api/v1/firms/{tenancy.firm.public_id}/tenancies/{tenancy.public_id}/{verb}/", {}
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_incubator_endorses_what_the_firm_lets_it_see(
    tenancy, firm_client, incubator_client, department_client
):
    need = NeedFactory(firm=tenancy.firm, submitted=True)
    before = incubator_client.post(URL, body(need))
    assert (before.status_code, before.json()["errors"][0]["code"]) == (400, "unknown_need")
    assert share(firm_client, tenancy)["progress_shared_at"] is not None
    given = incubator_client.post(URL, body(need))
    assert given.status_code == 201, given.content
    shown = given.json()
    assert (shown["need_code"], shown["person"]) == (need.code, "赵主任")
    for client in (firm_client, department_client):
        assert client.get(f"{URL}{shown['id']}/").json()["text"] == "订单真实，团队稳定。"
    again = incubator_client.post(URL, body(need))
    assert (again.status_code, again.json()["code"]) == (409, "already_endorsed")
    assert share(firm_client, tenancy, "hide-progress")["progress_shared_at"] is None


def test_an_incubator_takes_its_word_back(incubator_client, incubator_actor):
    mine = EndorsementFactory(incubator=incubator_actor.organization)
    at = f"{URL}{mine.public_id}/withdraw/"
    assert incubator_client.post(at, {}).status_code == 428
    assert incubator_client.post(at, {}, headers={"If-Match": '"9"'}).status_code == 412
    taken = incubator_client.post(at, {"reason": "迁出"}, headers={"If-Match": '"1"'})
    assert (taken.status_code, taken.json()["withdrawn_reason"]) == (200, "迁出")
    standing = incubator_client.get(URL, {"standing": "true"}).json()["results"]
    assert standing == []


def test_others_neither_give_nor_take_back(firm_client, firm_actor, department_client, bank_client):
    one = EndorsementFactory(need__firm__organization=firm_actor.organization)
    for client in (firm_client, department_client, bank_client):
        assert client.post(URL, body(one.need)).status_code == 403
    for client in (firm_client, department_client):
        at = f"{URL}{one.public_id}/withdraw/"
        assert client.post(at, {}, headers={"If-Match": '"1"'}).status_code == 403


def test_strangers_find_nothing(stranger_client, bank_client, anonymous_client, client_for):
    one = EndorsementFactory()
    other = client_for(make_actor(proved=True, organization__incubator=True, role="incubator"))
    for client in (stranger_client, bank_client, other):
        assert client.get(f"{URL}{one.public_id}/").status_code == 404
    assert other.get(URL).json()["results"] == []
    assert anonymous_client.get(URL).status_code == 401


def test_what_is_wrong_is_named(tenancy, firm_client, incubator_client):
    share(firm_client, tenancy)
    need = NeedFactory(firm=tenancy.firm, submitted=True)
    answer = incubator_client.post(URL, body(need, text="无逾期", person=" "))
    assert answer.status_code == 400
    wrong = incubator_client.post(URL, body(need, text="无逾期"))
    assert wrong.json()["errors"][0]["code"] == "credit_report_content"


def test_the_list_is_constant_in_queries(department_client, count_queries):
    EndorsementFactory()
    before = count_queries(lambda: department_client.get(URL))
    EndorsementFactory.create_batch(3)
    assert count_queries(lambda: department_client.get(URL)) == before
    assert len(department_client.get(URL).json()["results"]) == 4
