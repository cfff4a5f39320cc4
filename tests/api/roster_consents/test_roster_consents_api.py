"""/api/v1/roster-consents/ and the rosters drawn from them."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from backend.consents.models import RosterConsent
from tests.factories.consents import RosterConsentFactory
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.partners import AgreementFactory

URL = "/api/v1/roster-consents/"
LISTS = "/api/v1/referral-lists/"


@pytest.fixture
def firm(firm_actor):
    found = FirmFactory(organization=firm_actor.organization, qualifications_known=True)
    FirmQualificationFactory(firm=found, code="high_tech", valid_until=None)
    return found


def body(client, firm, *banks, **values):
    return {
        "firm": str(firm.public_id),
        "institutions": [bank.code for bank in banks],
        "groups": ["identity", "standing"],
        "text_version": client.get(f"{URL}text/").json()["version"],
        **values,
    }


def test_a_firm_agrees_and_takes_it_back(firm_client, firm, bank_actor):
    bank = bank_actor.organization
    answer = firm_client.post(f"{URL}grant/", body(firm_client, firm, bank))
    assert answer.status_code == 201, answer.content
    (given,) = answer.json()["consents"]
    assert (given["status"], given["groups"]) == ("live", ["identity", "standing"])
    assert bank.name in given["wording"]
    text = firm_client.get(f"{URL}text/").json()
    assert given["text_sha256"] == hashlib.sha256(text["body"].encode()).hexdigest()

    again = firm_client.post(f"{URL}grant/", body(firm_client, firm, bank))
    assert again.json()["consents"][0]["id"] == given["id"]
    wider = body(firm_client, firm, bank, groups=["identity", "figures"])
    (other,) = firm_client.post(f"{URL}grant/", wider).json()["consents"]
    assert other["id"] != given["id"]

    gone = firm_client.post(f"{URL}{other['id']}/withdraw/", {})
    assert gone.json()["status"] == "withdrawn"
    assert RosterConsent.objects.standing().count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"groups": ["standing"]}, "groups"),
        ({"expires_on": (localdate() + timedelta(days=500)).isoformat()}, "expires_on"),
        ({"institutions": ["NOBODY"]}, "institutions"),
    ],
)
def test_what_cannot_be_names_its_field(firm_client, firm, bank_actor, values, field):
    asked = body(firm_client, firm, bank_actor.organization) | values
    answer = firm_client.post(f"{URL}grant/", asked)
    assert answer.status_code == 400
    assert [error["field"].split(".")[0] for error in answer.json()["errors"]] == [field]


def test_another_wording_than_was_read_is_a_conflict(firm_client, firm, bank_actor):
    asked = body(firm_client, firm, bank_actor.organization, text_version="2020-01")
    assert firm_client.post(f"{URL}grant/", asked).status_code == 409


def test_each_side_sees_its_own(
    firm_client, bank_client, department_client, stranger_actor, client_for, firm, bank_actor
):
    consent = RosterConsentFactory(firm=firm, institution=bank_actor.organization)
    RosterConsentFactory()
    for client in (firm_client, bank_client):
        rows = client.get(URL).json()["results"]
        assert [row["id"] for row in rows] == [str(consent.public_id)]
    assert bank_client.get(URL).json()["results"][0]["wording"] is None
    assert department_client.get(f"{URL}{consent.public_id}/").json()["wording"]
    stranger = client_for(stranger_actor)
    assert stranger.get(f"{URL}{consent.public_id}/").status_code == 404
    assert bank_client.post(f"{URL}{consent.public_id}/withdraw/", {}).status_code == 403


def test_a_department_drafts_edits_and_previews_a_roster(
    department_client, department_actor, firm, bank_actor
):
    bank = bank_actor.organization
    AgreementFactory(department=department_actor.organization, institution=bank)
    RosterConsentFactory(firm=firm, institution=bank)
    made = department_client.post(f"{LISTS}rosters/", {"qualifications": ["high_tech"]})
    assert made.status_code == 201, made.content
    drafted = made.json()
    assert (drafted["kind"], drafted["firm_count"]) == ("roster", 1)
    path = f"{LISTS}{drafted['id']}/"
    (row,) = department_client.get(f"{path}firms/").json()["results"]
    assert row["firm_name"] == firm.organization.name
    preview = department_client.get(f"{path}preview/", {"institution": bank.code}).json()
    (shown,) = preview["sheets"][0]["content"]["rows"]
    assert shown["uscc"] == firm.organization.code
    RosterConsent.objects.update(withdrawn_at=timezone.now())
    fallen = department_client.get(f"{path}preview/").json()["fallen"]
    assert [(one["firm"], one["need"]) for one in fallen] == [(firm.organization.code, None)]
    tag = department_client.get(path).headers["ETag"]
    removed = department_client.post(
        f"{path}firms/{row['id']}/remove/", {"reason": "企业要求"}, headers={"If-Match": tag}
    )
    assert removed.json()["removed_reason"] == "企业要求"
    tag = removed.headers["ETag"]
    back = department_client.post(
        f"{path}firms/",
        {"firm": str(firm.public_id), "institution": bank.code, "reason": "恢复"},
        headers={"If-Match": tag},
    )
    assert (back.status_code, back.json()["code"]) == (409, "consent_ended")


def test_queries_are_constant_in_the_number_of_rows(department_client, count_queries):
    RosterConsentFactory.create_batch(2, institution=OrganizationFactory(bank=True))
    department_client.get(URL)
    few = count_queries(lambda: department_client.get(URL))
    RosterConsentFactory.create_batch(10, institution=OrganizationFactory(bank=True))
    assert count_queries(lambda: department_client.get(URL)) == few
