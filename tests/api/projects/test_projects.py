"""/api/v1/projects/"""

import pytest

from backend.activities.notice import NOTICE_VERSION
from backend.consents.models import Disclosure
from backend.needs.enums import Attitude, NeedStatus
from backend.organizations.enums import Role
from tests.factories.activities import ProjectFactory
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import make_actor

URL = "/api/v1/projects/"


@pytest.fixture
def fund_actor(db):
    return make_actor(organization__fund=True, role=Role.INSTITUTION)


@pytest.fixture
def fund_client(client_for, fund_actor):
    return client_for(fund_actor)


@pytest.fixture
def need(firm_actor):
    return NeedFactory(
        firm=FirmFactory(organization=firm_actor.organization, profiled=True), open=True
    )


@pytest.fixture
def listed(need):
    return ProjectFactory(need=need, listed=True)


def url(project, action=""):
    return f"{URL}{getattr(project, 'public_id', project)}/{action}"


def act(client, path, action, body=None):
    tag = client.get(path).headers["ETag"]
    return client.post(f"{path}{action}/", body or {}, headers={"If-Match": tag})


def test_a_firm_lists_its_project_on_the_notice_in_force(
    firm_client, fund_client, department_client, need
):
    made = firm_client.post(
        URL, {"need": str(need.public_id), "title": "高速光模块", "summary": "样机已完成"}
    )
    assert made.status_code == 201, made.content
    path = url(made.json()["id"])
    assert fund_client.get(path).status_code == 404
    assert department_client.get(path).status_code == 404
    old = act(firm_client, path, "publish", {"notice_version": "2020-01"})
    assert old.json()["errors"][0]["field"] == "notice_version"

    version = firm_client.get(f"{URL}notice/").json()["version"]
    listed = act(firm_client, path, "publish", {"notice_version": version})

    assert (listed.json()["status"], version) == ("listed", NOTICE_VERSION)
    assert fund_client.get(path).json()["title"] == "高速光模块"
    assert department_client.get(path).json()["need"]["firm_name"] == need.firm.organization.name


def test_an_investor_without_consent_sees_no_name_and_the_ledger_says_what_it_saw(
    fund_client, fund_actor, firm_client, listed, need
):
    shown = fund_client.get(url(listed))

    name = need.firm.organization.name
    assert shown.json()["need"]["is_masked"] is True
    assert name not in shown.content.decode()
    assert need.firm.organization.code not in shown.content.decode()
    (row,) = Disclosure.objects.filter(institution=fund_actor.organization)
    assert {"project_title", "project_summary", "code", "city"} <= set(row.fields)
    assert row.consent is None
    assert "不作担保" in shown.json()["disclaimer"]


def test_with_the_firm_s_consent_the_same_investor_sees_the_name(
    fund_client, fund_actor, listed, need
):
    FirmQualificationFactory(firm=need.firm)
    ConsentFactory(need=need, institution=fund_actor.organization)

    shown = fund_client.get(url(listed)).json()["need"]

    assert (shown["is_masked"], shown["firm_name"]) == (False, need.firm.organization.name)
    assert [one["code"] for one in shown["qualifications"]] == ["high_tech"]


def test_a_need_closed_to_others_is_shown_under_consent_only(fund_client, fund_actor, listed, need):
    need.open_to_others = False
    need.save()
    assert fund_client.get(url(listed)).status_code == 404
    assert fund_client.get(URL).json()["results"] == []
    consent = ConsentFactory(need=need, institution=fund_actor.organization)
    assert fund_client.get(url(listed)).status_code == 200

    consent.withdrawn_at = consent.granted_at
    consent.save()

    assert fund_client.get(url(listed)).status_code == 404


def test_banks_meet_the_library_only_where_a_firm_lets_them(bank_client, bank_actor, listed, need):
    assert bank_client.get(url(listed)).status_code == 404

    ConsentFactory(need=need, institution=bank_actor.organization)

    assert bank_client.get(url(listed)).status_code == 200


def test_whoever_the_firm_excluded_sees_nothing(fund_client, fund_actor, listed, need):
    NamedInstitutionFactory(
        need=need, institution=fund_actor.organization, attitude=Attitude.EXCLUDED
    )

    assert fund_client.get(URL).json()["results"] == []


@pytest.mark.parametrize("status", [NeedStatus.FUNDED, NeedStatus.EXPIRED])
def test_a_need_that_seeks_no_more_leaves_the_library(fund_client, listed, need, status):
    need.status = status
    need.save()

    assert fund_client.get(url(listed)).status_code == 404


@pytest.mark.parametrize("hint", ["name", "code", "phone", "contact"])
def test_texts_for_investors_name_nobody(firm_client, need, hint):
    organization = need.firm.organization
    told = {
        "name": organization.name,
        "code": organization.code,
        "phone": "电话 0431-8888 0000",
        "contact": need.contact_name,
    }[hint]

    refused = firm_client.post(
        URL, {"need": str(need.public_id), "title": "项目", "summary": f"详询{told}"}
    )

    assert refused.status_code == 400
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("summary", "names_somebody")
    ]


def test_a_firm_takes_its_project_down_at_once_and_twice(
    firm_client, fund_client, department_client, listed
):
    for _ in range(2):
        taken = firm_client.post(url(listed, "withdraw/"))
        assert (taken.status_code, taken.json()["status"]) == (200, "withdrawn")

    assert fund_client.get(url(listed)).status_code == 404
    assert department_client.get(url(listed)).json()["status"] == "withdrawn"


def test_only_the_firm_lists_and_only_what_was_verified(
    department_client, stranger_client, firm_client, need
):
    listed = ProjectFactory(need=need, listed=True)
    body = {"notice_version": NOTICE_VERSION}
    assert act(department_client, url(listed), "publish", body).status_code == 403
    assert stranger_client.get(url(listed)).status_code == 404
    draft = ProjectFactory(need=NeedFactory(firm=need.firm))

    early = act(firm_client, url(draft), "publish", body)

    assert (early.status_code, early.json()["code"]) == (409, "need_not_open")


def test_one_need_is_one_project(firm_client, listed, need):
    again = firm_client.post(
        URL, {"need": str(need.public_id), "title": "项目", "summary": "又一次"}
    )

    assert (again.status_code, again.json()["code"]) == (409, "project_exists")


def test_queries_do_not_grow_with_the_library(fund_client, listed, count_queries):
    fund_client.get(URL)
    few = count_queries(lambda: fund_client.get(URL))
    ProjectFactory.create_batch(5, listed=True)

    assert count_queries(lambda: fund_client.get(URL)) == few
