"""/api/v1/contacts/"""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from backend.partners.models import Contact
from tests.factories.organizations import MembershipFactory, OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory

URL = "/api/v1/contacts/"
BODY = {"name": "张三", "phone": "0431-88880001 转 12", "post": "科长", "email": "z@example.com"}


def url(contact, action=""):
    return f"{URL}{contact.public_id}/{action}"


def if_match(contact):
    contact.refresh_from_db()
    return {"If-Match": f'"{contact.revision}"'}


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@pytest.fixture
def mine(bank_actor):
    return ContactFactory(organization=bank_actor.organization, name="金丝雀")


@pytest.fixture
def officer_client(bank_actor, client_for):
    return client_for(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )


def test_a_manager_enters_and_changes_a_contact(bank_client, bank_actor):
    created = bank_client.post(URL, BODY)

    assert created.status_code == 201, created.content
    shown = created.json()
    assert (shown["organization"], shown["name"], shown["is_nameable"]) == (
        str(bank_actor.organization.public_id),
        "张三",
        False,
    )
    headers = {"If-Match": created.headers["ETag"]}
    changed = bank_client.patch(f"{URL}{shown['id']}/", {"post": "处长"}, headers=headers)
    assert changed.json()["post"] == "处长"
    stale = bank_client.patch(f"{URL}{shown['id']}/", {"post": "主任"}, headers=headers)
    assert stale.status_code == 412
    assert bank_client.patch(f"{URL}{shown['id']}/", {"post": "x"}).status_code == 428


def test_the_journal_keeps_no_name_and_no_number(bank_client):
    contact = bank_client.post(URL, BODY).json()
    bank_client.patch(
        f"{URL}{contact['id']}/", {"phone": "13912345678"}, headers={"If-Match": '"1"'}
    )

    events = Event.objects.filter(subject_type="contact")
    kept = str(list(events.values_list("payload", flat=True)))
    assert events.count() == 2
    for secret in ("张三", "0431", "13912345678", "z@example.com"):
        assert secret not in kept


def test_an_institutions_officer_reads_and_does_not_write(officer_client, mine):
    assert ids(officer_client.get(URL)) == [str(mine.public_id)]
    assert officer_client.post(URL, BODY).status_code == 403
    assert officer_client.patch(url(mine), {}, headers=if_match(mine)).status_code == 403


def test_an_upper_unit_keeps_the_contacts_of_those_below(client_for, bank_actor, bank_client):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    below = bank_client.post(URL, BODY | {"organization": str(branch.public_id)})
    assert below.status_code == 201
    assert below.json()["id"] in ids(bank_client.get(URL))

    of_branch = client_for(make_actor(organization=branch, role=Role.INSTITUTION))
    upper = {"organization": str(bank_actor.organization.public_id)}
    assert of_branch.post(URL, BODY | upper).status_code == 403


def test_who_has_not_agreed_is_not_there_for_the_other_side(
    bank_client, department_client, mine, department_actor
):
    AgreementFactory(institution=mine.organization, department=department_actor.organization)

    answer = department_client.get(URL)
    assert str(mine.public_id) not in ids(answer)
    assert "金丝雀" not in answer.content.decode()
    assert department_client.get(url(mine)).status_code == 404

    agreed = bank_client.post(url(mine, "agree/"), {"notice_version": "2026-01", "evidence": "7号"})
    assert agreed.json()["is_nameable"] is True
    shown = department_client.get(url(mine)).json()
    assert (shown["name"], shown["phone"]) == (mine.name, mine.phone)
    for field in ("user", "notice_version", "agreed_at", "agreement_evidence"):
        assert shown[field] is None

    withdrawn = bank_client.post(url(mine, "withdraw-agreement/"))
    assert withdrawn.json()["agreement_withdrawn_at"]
    assert department_client.get(url(mine)).status_code == 404
    again = bank_client.post(url(mine, "withdraw-agreement/"))
    assert again.json() == withdrawn.json()


def test_institutions_see_only_departments_that_they_have_an_agreement_with(
    bank_client, client_for, bank_actor
):
    agreement = AgreementFactory(institution=bank_actor.organization)
    partner = agreement.department_contact
    stranger = ContactFactory(agreed=True, organization=OrganizationFactory(department=True))
    rival = AgreementFactory().institution_contact
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)

    found = ids(bank_client.get(URL))
    assert str(partner.public_id) in found
    assert str(stranger.public_id) not in found
    assert str(rival.public_id) not in found
    of_branch = client_for(make_actor(organization=branch, role=Role.INSTITUTION))
    assert ids(of_branch.get(URL)) == [str(partner.public_id)]


def test_whoever_has_an_account_agrees_alone(bank_client, officer_client, client_for, bank_actor):
    person = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    contact = ContactFactory(organization=bank_actor.organization, user=person.user)
    word = {"notice_version": "2026-01"}

    assert bank_client.post(url(contact, "agree/"), word).status_code == 403
    assert officer_client.post(url(contact, "withdraw-agreement/")).status_code == 403
    own = client_for(person)
    assert own.post(url(contact, "agree/"), word).json()["is_nameable"] is True
    revision = Contact.objects.get(pk=contact.pk).revision
    assert own.post(url(contact, "agree/"), word).status_code == 200
    assert Contact.objects.get(pk=contact.pk).revision == revision
    assert bank_client.post(url(contact, "withdraw-agreement/")).json()["is_nameable"] is False


def test_without_an_account_the_signed_notice_is_named(bank_client, mine):
    answer = bank_client.post(url(mine, "agree/"), {"notice_version": "2026-01"})
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("evidence", "required")]

    old = bank_client.post(url(mine, "agree/"), {"notice_version": "2020", "evidence": "7号"})
    assert (old.status_code, old.json()["code"]) == (409, "notice_changed")
    notice = bank_client.get(f"{URL}notice/").json()
    assert (notice["version"], len(notice["sha256"])) == ("2026-01", 64)
    assert "撤回" in notice["body"]


def test_another_name_is_another_person_who_has_not_agreed(bank_client, bank_actor):
    contact = ContactFactory(agreed=True, organization=bank_actor.organization)

    post = bank_client.patch(url(contact), {"post": "处长"}, headers=if_match(contact))
    assert post.json()["is_nameable"] is True
    name = bank_client.patch(url(contact), {"name": "李四"}, headers=if_match(contact))
    assert (name.json()["is_nameable"], name.json()["agreed_at"]) == (False, None)


def test_an_absence_needs_a_cover_of_the_same_unit(bank_client, mine):
    away = {
        "absent_from": str(localdate()),
        "absent_until": str(localdate() + timedelta(days=7)),
    }
    cover = ContactFactory(organization=mine.organization)
    elsewhere = ContactFactory(agreed=True)
    left = ContactFactory(organization=mine.organization, is_active=False)

    def change(**values):
        return bank_client.patch(url(mine), values, headers=if_match(mine))

    def problems(**values):
        answer = change(**values)
        assert answer.status_code == 400
        return [(error["field"], error["code"]) for error in answer.json()["errors"]]

    assert problems(**away) == [("covered_by", "required")]
    assert problems(**away, covered_by=str(elsewhere.public_id)) == [("covered_by", "unknown_id")]
    assert problems(**away, covered_by=str(left.public_id)) == [("covered_by", "unsuitable")]
    assert problems(**away, covered_by=str(mine.public_id)) == [("covered_by", "covers_itself")]
    assert problems(absent_from=str(localdate())) == [
        ("absent_until", "required"),
        ("covered_by", "required"),
    ]
    covered = change(**away, covered_by=str(cover.public_id))
    assert covered.json()["covered_by"] == str(cover.public_id)

    mine.refresh_from_db()
    both = bank_client.patch(
        url(cover), away | {"covered_by": str(mine.public_id)}, headers=if_match(cover)
    )
    assert [e["code"] for e in both.json()["errors"]] == ["both_away"]
    back = change(absent_from=None, absent_until=None, covered_by=None)
    assert (back.json()["absent_from"], back.json()["covered_by"]) == (None, None)


def test_whoever_an_agreement_names_leaves_only_when_somebody_covers(bank_client, mine):
    AgreementFactory(institution=mine.organization, institution_contact=mine)

    refused = bank_client.patch(url(mine), {"is_active": False}, headers=if_match(mine))
    assert (refused.status_code, refused.json()["code"]) == (409, "contact_in_use")

    cover = str(ContactFactory(organization=mine.organization).public_id)
    left = bank_client.patch(
        url(mine), {"is_active": False, "covered_by": cover}, headers=if_match(mine)
    )
    assert left.json()["is_active"] is False


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"phone": "请来电"}, "phone", "invalid_phone"),
        ({"email": "x"}, "email", "invalid_email"),
        ({"user": "nobody"}, "user", "not_a_member"),
        ({"user": "outsider"}, "user", "not_a_member"),
        ({"agreed_at": "2026-01-01"}, "agreed_at", "unknown_field"),
        ({"organization": "00000000-0000-4000-8000-000000000000"}, "organization", "unknown_id"),
    ],
)
def test_bad_input_names_its_field(bank_client, change, field, code):
    MembershipFactory(user__username="outsider")

    answer = bank_client.post(URL, BODY | change)

    assert answer.status_code == 400, answer.content
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_firms_and_strangers_find_nothing(
    anonymous_client, firm_client, incubator_client, client_for, mine
):
    rival = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))

    assert anonymous_client.get(URL).status_code == 401
    for client in (firm_client, incubator_client):
        assert client.get(URL).status_code == 403
        assert client.get(url(mine)).status_code == 404
    assert rival.get(url(mine)).status_code == 404
    assert rival.patch(url(mine), {"name": "x"}, headers=if_match(mine)).status_code == 404
    assert rival.post(url(mine, "withdraw-agreement/")).status_code == 404


def test_filters(bank_client, bank_actor):
    own = ContactFactory(organization=bank_actor.organization)
    left = ContactFactory(organization=bank_actor.organization, is_active=False)

    assert ids(bank_client.get(URL, {"is_active": "false"})) == [str(left.public_id)]
    assert len(ids(bank_client.get(URL, {"organization": own.organization.public_id}))) == 2
    assert bank_client.get(URL, {"name": "x"}).status_code == 400


def test_list_queries_are_constant(bank_client, department_client, bank_actor, count_queries):
    def more(number):
        for _ in range(number):
            cover = ContactFactory(agreed=True, organization=bank_actor.organization)
            ContactFactory(agreed=True, organization=bank_actor.organization, covered_by=cover)

    more(2)
    clients = (bank_client, department_client)
    for client in clients:
        client.get(URL)
    few = [count_queries(lambda client=client: client.get(URL)) for client in clients]
    more(10)

    assert [count_queries(lambda client=client: client.get(URL)) for client in clients] == few
