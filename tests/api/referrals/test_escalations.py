"""/api/v1/escalations/: what the department decides of a silence."""

import pytest

from backend.referrals.enums import CaseState
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.partners import AgreementFactory
from tests.factories.referrals import EscalationCaseFactory

URL = "/api/v1/escalations/"


@pytest.fixture
def case(referral, agreement):
    following = OrganizationFactory(bank=True)
    AgreementFactory(department=agreement.department, institution=following)
    ProductFactory(institution=following)
    return EscalationCaseFactory(referral=referral, next_institution=following)


def post(client, case, action, body):
    path = f"{URL}{case.public_id}/"
    tag = client.get(path).headers["ETag"]
    return client.post(f"{path}{action}/", body, headers={"If-Match": tag})


def test_the_department_finds_the_proposal(department_client, case):
    (row,) = department_client.get(URL, {"state": "proposed"}).json()["results"]

    assert row["next_institution"] == case.next_institution.code
    assert row["firm_name"] == case.referral.need.firm.organization.name


def test_a_confirmation_drafts_a_supplementary_list_and_tells_the_firm(
    department_client, firm_client, case
):
    done = post(department_client, case, "confirm", {}).json()

    assert (done["state"], done["supplement"] is not None) == ("confirmed", True)
    told = firm_client.get(f"/api/v1/needs/{case.referral.need.public_id}/progress/").json()
    assert case.next_institution.name in told["announcements"][0]


def test_another_institution_needs_a_reason(department_client, case):
    other = OrganizationFactory(bank=True)

    answer = post(department_client, case, "confirm", {"institution": other.code})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "note"


def test_an_institution_without_an_agreement_is_refused(department_client, case):
    other = OrganizationFactory(bank=True)

    answer = post(
        department_client, case, "confirm", {"institution": other.code, "note": "企业来电"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "no_agreement")
    case.refresh_from_db()
    assert case.state == CaseState.PROPOSED


def test_declining_needs_a_reason(department_client, case):
    assert post(department_client, case, "decline", {"reason": ""}).status_code == 400
    done = post(department_client, case, "decline", {"reason": "机构已电话说明"})
    assert done.json()["state"] == "declined"


@pytest.mark.parametrize("who", ["bank_client", "firm_client", "stranger_client"])
def test_nobody_else_sees_the_desk(who, request, case):
    client = request.getfixturevalue(who)

    assert client.get(URL).status_code == 403
    assert client.get(f"{URL}{case.public_id}/").status_code == 404
