"""/api/v1/agreements/"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils.timezone import localdate

from backend.common.errors import StateConflict
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from backend.partners.models import Agreement
from backend.partners.services import register_agreement
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory

URL = "/api/v1/agreements/"


def day(number):
    return str(localdate() + timedelta(days=number))


@pytest.fixture
def bank(bank_actor):
    return bank_actor.organization


@pytest.fixture
def body(department_actor, bank):
    ours = ContactFactory(organization=department_actor.organization)
    return {
        "institution": bank.code,
        "document_number": "吉科金合〔2026〕1号",
        "title": "战略合作协议",
        "signed_on": day(-1),
        "valid_from": day(0),
        "valid_until": day(730),
        "department_unit": "科技金融处",
        "department_contact": str(ours.public_id),
        "institution_unit": "普惠金融部",
        "new_institution_contact": {"name": "金丝雀", "phone": "0431-88880001"},
    }


@pytest.fixture
def mine(department_actor, bank):
    return AgreementFactory(department=department_actor.organization, institution=bank)


def url(agreement, action=""):
    return f"{URL}{agreement.public_id}/{action}"


def if_match(agreement):
    agreement.refresh_from_db()
    return {"If-Match": f'"{agreement.revision}"'}


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def problems(answer):
    assert answer.status_code == 400, answer.content
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_department_registers_what_the_paper_says(department_client, bank_client, body):
    created = department_client.post(URL, body)

    assert created.status_code == 201, created.content
    shown = created.json()
    assert shown["status"] == "live"
    assert [shown[f"{clock}_workdays"] for clock in ("acknowledge", "contact", "decide")] == [
        1,
        3,
        5,
    ]
    assert shown["department_contact"]["name"]
    assert shown["institution_contact"] == {
        "contact": shown["institution_contact"]["contact"],
        "organization": shown["institution_name"],
        "unit": "普惠金融部",
        "name": None,
        "post": None,
        "phone": None,
        "email": None,
    }
    assert shown["second_contact"] is None
    seen = bank_client.get(f"{URL}{shown['id']}/").json()
    assert seen["institution_contact"]["name"] == "金丝雀"
    assert seen["department_contact"]["name"] is None
    assert seen["department_contact"]["unit"] == "科技金融处"


def test_the_journal_names_contacts_by_id_only(department_client, body):
    department_client.post(URL, body)

    event = Event.objects.get(type=EventType.AGREEMENT_CREATED)
    assert "金丝雀" not in str(event.payload)
    assert event.payload["valid_from"] == day(0)


def test_whoever_covers_today_is_shown(bank_client, mine):
    cover = ContactFactory(agreed=True, organization=mine.department, name="代理人")
    contact = mine.department_contact
    contact.absent_from = contact.absent_until = localdate()
    contact.covered_by = cover
    contact.save()

    shown = bank_client.get(url(mine)).json()["department_contact"]

    assert shown["name"] == "代理人"
    assert shown["contact"] == str(contact.public_id)


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [(-10, 5, 409), (700, 900, 409), (729, 731, 409), (730, 900, 201), (-50, 0, 201)],
)
def test_no_two_agreements_of_one_pair_cover_a_day(department_client, body, start, end, status):
    assert department_client.post(URL, body).status_code == 201

    other = body | {
        "document_number": "2号",
        "signed_on": day(-60),
        "valid_from": day(start),
        "valid_until": day(end),
    }
    answer = department_client.post(URL, other)

    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "agreement_overlaps"
        assert "吉科金合〔2026〕1号" in answer.json()["detail"]


def test_an_ended_agreement_makes_room_and_another_pair_is_free(department_client, body, mine):
    assert department_client.post(URL, body).status_code == 409
    ended = department_client.post(url(mine, "end/"), {"reason": "续签"}, headers=if_match(mine))
    assert (ended.json()["status"], ended.json()["ended_reason"]) == ("ended", "续签")
    assert department_client.post(URL, body).status_code == 201

    twice = department_client.post(url(mine, "end/"), {"reason": "再"}, headers=if_match(mine))
    assert (twice.status_code, twice.json()["code"]) == (409, "agreement_ended")
    changed = department_client.patch(url(mine), {"title": "x"}, headers=if_match(mine))
    assert changed.status_code == 409
    other = body | {"institution": OrganizationFactory(bank=True).code, "document_number": "3号"}
    assert department_client.post(URL, other).status_code == 201


def test_a_document_number_is_used_once(department_client, body):
    department_client.post(URL, body)
    other = body | {"institution": OrganizationFactory(bank=True).code}

    answer = department_client.post(URL, other)

    assert (answer.status_code, answer.json()["code"]) == (409, "document_number_taken")


def test_a_change_keeps_what_stood_before(department_client, mine):
    answer = department_client.patch(
        url(mine), {"decide_workdays": 10, "contact_workdays": None}, headers=if_match(mine)
    )

    assert (answer.json()["decide_workdays"], answer.json()["contact_workdays"]) == (10, None)
    event = Event.objects.get(type=EventType.AGREEMENT_CHANGED)
    assert event.payload["before"] == {"contact_workdays": 3, "decide_workdays": 5}
    assert event.payload["after"] == {"contact_workdays": None, "decide_workdays": 10}
    stale = department_client.patch(url(mine), {"title": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"valid_until": day(0)}, [("valid_until", "period_empty")]),
        ({"signed_on": day(2)}, [("signed_on", "in_the_future")]),
        ({"decide_workdays": 0}, [("decide_workdays", "out_of_range")]),
        ({"decide_workdays": 251}, [("decide_workdays", "out_of_range")]),
        ({"institution": "NOBODY"}, [("institution", "unknown_institution")]),
        ({"title": " "}, [("title", "blank")]),
        ({"status": "live"}, [("status", "unknown_field")]),
        (
            {"new_second_contact": {"name": "x", "phone": "?"}},
            [("new_second_contact.phone", "invalid_phone")],
        ),
    ],
)
def test_bad_input_names_its_field(department_client, body, change, found):
    assert problems(department_client.post(URL, body | change)) == found
    assert not Agreement.objects.exists()


def test_contacts_stand_on_their_own_side(department_client, body, bank, department_actor):
    ours = body["department_contact"]
    stranger = ContactFactory(agreed=True)
    known = ContactFactory(agreed=True, organization=bank)
    silent = ContactFactory(organization=bank)
    del body["new_institution_contact"]

    def post(**values):
        return department_client.post(URL, body | values)

    assert problems(post()) == [("institution_contact", "required")]
    assert problems(post(institution_contact=ours)) == [("institution_contact", "wrong_side")]
    assert problems(post(institution_contact=str(stranger.public_id))) == [
        ("institution_contact", "wrong_side")
    ]
    assert problems(post(institution_contact=str(silent.public_id))) == [
        ("institution_contact", "unknown_id")
    ]
    both = {"institution_contact": str(known.public_id)}
    assert problems(post(**both, new_institution_contact={"name": "x", "phone": "12345678"})) == [
        ("institution_contact", "given_twice")
    ]
    assert problems(post(**both, second_contact=str(known.public_id))) == [
        ("second_contact", "same_person")
    ]
    made = post(**both)
    assert made.json()["institution_contact"]["name"] == known.name


def test_who_may_not_is_refused_and_a_stranger_finds_nothing(
    anonymous_client, firm_client, bank_client, client_for, department_actor, body, mine
):
    officer = client_for(
        make_actor(
            organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
        )
    )
    other = client_for(
        make_actor(
            organization__city_department=True,
            organization__region__code="220200",
            role=Role.DEPARTMENT,
        )
    )
    rival = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))

    assert anonymous_client.get(URL).status_code == 401
    assert firm_client.get(URL).status_code == 403
    for client in (bank_client, officer):
        assert ids(client.get(URL)) == [str(mine.public_id)]
        assert client.post(URL, body).status_code == 403
        assert client.post(url(mine, "end/"), {}, headers=if_match(mine)).status_code == 403
    for client in (other, rival):
        assert ids(client.get(URL)) == []
        assert client.get(url(mine)).status_code == 404


def test_the_province_reads_a_citys_agreement_and_does_not_change_it(department_client):
    city = OrganizationFactory(city_department=True)
    agreement = AgreementFactory(department=city)

    assert ids(department_client.get(URL)) == [str(agreement.public_id)]
    answer = department_client.patch(url(agreement), {"title": "x"}, headers=if_match(agreement))
    assert answer.status_code == 403


def test_a_branch_reads_the_agreement_of_the_unit_above(client_for, mine):
    branch = OrganizationFactory(bank=True, parent=mine.institution)

    found = client_for(make_actor(organization=branch, role=Role.INSTITUTION)).get(URL)

    assert ids(found) == [str(mine.public_id)]


@pytest.mark.parametrize("status", ["live", "ended", "expired", "unsigned", "future"])
def test_filters_by_what_it_is_today(department_client, department_actor, status):
    made = {
        name: AgreementFactory(department=department_actor.organization, **values)
        for name, values in {
            "live": {},
            "ended": {"ended": True},
            "expired": {"expired": True},
            "unsigned": {"unsigned": True},
            "future": {"valid_from": localdate() + timedelta(days=3)},
        }.items()
    }

    answer = department_client.get(URL, {"status": status})

    assert ids(answer) == [str(made[status].public_id)]
    assert answer.json()["results"][0]["status"] == status


def test_list_queries_are_constant(department_client, department_actor, count_queries):
    def more(number):
        for _ in range(number):
            agreement = AgreementFactory(department=department_actor.organization)
            contact = agreement.institution_contact
            contact.absent_from = contact.absent_until = localdate()
            contact.covered_by = ContactFactory(organization=agreement.institution)
            contact.save()

    more(2)
    department_client.get(URL)
    few = count_queries(lambda: department_client.get(URL))
    more(10)

    assert count_queries(lambda: department_client.get(URL)) == few


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_at_once_one_is_refused():
    managers = [make_actor(organization__department=True, role=Role.DEPARTMENT)]
    department = managers[0].organization
    managers.append(make_actor(organization=department, role=Role.DEPARTMENT))
    bank = OrganizationFactory(bank=True)
    contacts = ContactFactory(organization=department), ContactFactory(organization=bank)
    start = Barrier(2)

    def register(number):
        values = {
            "document_number": f"{number}号",
            "title": "协议",
            "valid_from": localdate(),
            "valid_until": localdate() + timedelta(days=365),
            "department_unit": "处",
            "institution_unit": "部",
            "department_contact": contacts[0],
            "institution_contact": contacts[1],
        }
        try:
            start.wait(10)
            register_agreement(actor=managers[number], institution=bank, values=values)
        except StateConflict as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(register, range(2)))

    assert answers == ["agreement_overlaps", "done"]
    assert Agreement.objects.count() == 1
