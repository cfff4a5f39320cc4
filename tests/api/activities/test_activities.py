"""/api/v1/activities/ and /api/v1/participants/"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils.timezone import localdate

from backend.activities.enums import ParticipationStatus
from backend.activities.models import Participation, Project
from backend.activities.services import participants
from backend.firms.models import FirmQualification
from backend.organizations.enums import Role
from tests.factories.activities import ActivityFactory, ParticipationFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

URL = "/api/v1/activities/"
PLACES = "/api/v1/participants/"


def day(number):
    return str(localdate() + timedelta(days=number))


def url(activity, action=""):
    return f"{URL}{activity.public_id}/{action}"


def place_url(held, action=""):
    return f"{PLACES}{getattr(held, 'public_id', held)}/{action}"


def match(row):
    row.refresh_from_db()
    return {"If-Match": f'"{row.revision}"'}


def act(client, path, action, body=None):
    tag = client.get(path).headers["ETag"]
    return client.post(f"{path}{action}/", body or {}, headers={"If-Match": tag})


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def roadshow(department_actor):
    return ActivityFactory(host=department_actor.organization, announced=True, ahead=True)


@pytest.fixture
def contest(department_actor):
    return ActivityFactory(host=department_actor.organization, announced=True, contest=True)


def entry(**more):
    return {"title": "演示项目", "summary": "样机已完成", **more}


def test_a_department_plans_announces_and_holds_with_partners(
    department_client, firm_client, bank_actor
):
    body = {
        "kind": "joint_event",
        "title": "演示银企对接会",
        "co_organizers": [bank_actor.organization.code],
        "partners": "某创投决",
        "region": "220000",
        "place": "演示会场",
        "starts_on": day(0),
        "capacity": 50,
    }

    made = department_client.post(URL, body)

    assert made.status_code == 201, made.content
    path = f"{URL}{made.json()['id']}/"
    assert (made.json()["status"], made.json()["ends_on"]) == ("draft", day(0))
    assert [one["code"] for one in made.json()["co_organizers"]] == [bank_actor.organization.code]
    assert firm_client.get(path).status_code == 404
    assert act(department_client, path, "announce").json()["status"] == "announced"
    assert firm_client.get(path).json()["title"] == "演示银企对接会"
    held = act(department_client, path, "hold", {"summary": "到场 40 家"})
    assert (held.json()["status"], held.json()["summary"]) == ("held", "到场 40 家")
    again = act(department_client, path, "hold")
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_allowed")


def test_an_activity_is_held_on_its_first_day_at_the_earliest(department_client, roadshow):
    early = act(department_client, url(roadshow), "hold")

    assert (early.status_code, early.json()["code"]) == (409, "not_begun")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "ends_on"),
        ({"apply_until": day(400)}, "apply_until"),
        ({"capacity": 0}, "capacity"),
        ({"region": "999999"}, "region"),
        ({"co_organizers": ["nobody"]}, "co_organizers"),
        ({"title": " "}, "title"),
        ({"kind": "banquet"}, "kind"),
        ({"host": "x"}, "host"),
    ],
)
def test_bad_input_names_its_field(department_client, change, field):
    right = {"kind": "roadshow", "title": "路演", "starts_on": day(1)}

    refused = department_client.post(URL, right | change)

    assert refused.status_code == 400, refused.content
    assert [error["field"].split(".")[0] for error in refused.json()["errors"]] == [field]


def test_a_cancelled_activity_says_why_and_takes_nobody(department_client, firm_client, firm):
    activity = ActivityFactory(host=OrganizationFactory(department=True))
    assert department_client.get(url(activity)).status_code == 404
    own = department_client.post(URL, {"kind": "training", "title": "培训", "starts_on": day(3)})
    path = f"{URL}{own.json()['id']}/"
    act(department_client, path, "announce")

    gone = act(department_client, path, "cancel", {"reason": "场地检修"})

    assert gone.json()["cancel_reason"] == "场地检修"
    assert firm_client.get(path).json()["cancel_reason"] == "场地检修"
    late = firm_client.post(f"{path}participants/", entry())
    assert (late.status_code, late.json()["code"]) == (409, "not_announced")


def test_a_firm_applies_once_with_a_need_or_a_summary(firm_client, firm, roadshow):
    need = NeedFactory(firm=firm, open=True)

    made = firm_client.post(url(roadshow, "participants/"), entry(need=str(need.public_id)))

    assert made.status_code == 201, made.content
    assert (made.json()["status"], made.json()["need"]) == ("applied", need.code)
    twice = firm_client.post(url(roadshow, "participants/"), entry())
    assert (twice.status_code, twice.json()["code"]) == (409, "already_entered")
    bare = firm_client.post(url(ActivityFactory(announced=True), "participants/"), {})
    assert {error["field"] for error in bare.json()["errors"]} == {"title", "summary"}
    foreign = firm_client.post(
        url(ActivityFactory(announced=True), "participants/"),
        entry(need=str(NeedFactory(open=True).public_id)),
    )
    assert foreign.json()["errors"][0]["field"] == "need"


def test_an_incubator_applies_for_tenants_and_a_department_for_firms_below(
    incubator_client, incubator_actor, department_client, firm, roadshow, stranger_actor
):
    incubator_actor.membership.restore(role=Role.INCUBATOR, rank="manager", post="")
    body = entry(firm=firm.organization.code)
    assert incubator_client.post(url(roadshow, "participants/"), body).status_code == 400
    TenancyFactory(firm=firm, incubator=incubator_actor.organization, consented=True)
    unproved = incubator_client.post(url(roadshow, "participants/"), body)
    assert (unproved.status_code, unproved.json()["code"]) == (409, "authority_not_proved")

    by_department = department_client.post(url(roadshow, "participants/"), body)

    assert by_department.status_code == 201, by_department.content
    seen = incubator_client.get(PLACES).json()["results"]
    assert [row["organization"] for row in seen] == [firm.organization.code]


def test_whoever_finds_no_place_waits_and_moves_up_when_one_leaves(
    department_client, department_actor
):
    activity = ActivityFactory(
        host=department_actor.organization, announced=True, ahead=True, capacity=1
    )
    first, second, third = ParticipationFactory.create_batch(3, activity=activity)

    statuses = [
        act(department_client, place_url(held), "admit").json()["status"]
        for held in (first, third, second)
    ]

    assert statuses == ["admitted", "waiting", "waiting"]
    full = act(department_client, place_url(second), "admit")
    assert (full.status_code, full.json()["code"]) == (409, "no_place")
    shown = department_client.get(url(activity)).json()
    assert (shown["entrant_count"], shown["waiting_count"]) == (1, 2)
    act(department_client, place_url(first), "leave")
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.status, third.status) == ("admitted", "waiting")


def test_places_are_not_cut_below_what_was_promised(department_client, department_actor):
    activity = ActivityFactory(host=department_actor.organization, announced=True, capacity=2)
    ParticipationFactory.create_batch(2, activity=activity, status=ParticipationStatus.ADMITTED)

    cut = department_client.patch(url(activity), {"capacity": 1}, headers=match(activity))

    assert cut.json()["errors"][0]["code"] == "below_taken"


@pytest.mark.django_db(transaction=True)
def test_two_officers_do_not_give_away_the_last_place_twice():
    actor = make_actor(organization__department=True, role=Role.DEPARTMENT)
    activity = ActivityFactory(host=actor.organization, announced=True, capacity=1)
    applied = ParticipationFactory.create_batch(2, activity=activity)
    barrier = Barrier(2)

    def admit(held):
        try:
            barrier.wait(timeout=10)
            return participants.admit(actor=actor, participation=held, expected_revision=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = [held.status for held in pool.map(admit, applied)]

    assert sorted(statuses) == ["admitted", "waiting"]


def test_institutions_register_outside_the_places_and_the_host_names_judges(
    bank_client, bank_actor, department_client, roadshow
):
    fund = OrganizationFactory(fund=True)
    guest = bank_client.post(url(roadshow, "participants/"), {})
    assert (guest.json()["part"], guest.json()["status"]) == ("guest", "admitted")

    judge = department_client.post(
        url(roadshow, "participants/"), {"institution": fund.code, "part": "judge"}
    )

    assert judge.json()["part_label"] == "评委"
    vain = bank_client.post(
        url(roadshow, "participants/"), {"institution": fund.code, "part": "judge"}
    )
    assert vain.status_code == 400
    other = bank_client.post(url(roadshow, "participants/"), {"institution": fund.code})
    assert other.status_code == 403
    shown = department_client.get(url(roadshow)).json()
    assert (shown["entrant_count"], shown["institution_count"]) == (0, 2)


def test_no_firm_is_named_to_an_institution_that_helps_or_comes(
    bank_client, bank_actor, roadshow, firm
):
    roadshow.co_organizers.add(bank_actor.organization)
    held = ParticipationFactory(activity=roadshow, firm=firm)
    bank_client.post(url(roadshow, "participants/"), {})

    rows = bank_client.get(url(roadshow, "participants/")).json()["results"]

    assert [row["organization"] for row in rows] == [bank_actor.organization.code]
    assert bank_client.get(place_url(held)).status_code == 404


def test_strangers_see_nobody_who_takes_part(stranger_client, firm, roadshow):
    held = ParticipationFactory(activity=roadshow, firm=firm)

    assert stranger_client.get(place_url(held)).status_code == 404
    assert stranger_client.get(url(roadshow, "participants/")).json()["results"] == []


def test_who_came_enters_the_library_as_a_draft_of_the_firm(
    department_client, firm_client, firm, contest
):
    need = NeedFactory(firm=firm, open=True)
    held = ParticipationFactory(activity=contest, firm=firm, need=need)
    early = act(department_client, place_url(held), "attend")
    assert early.status_code == 409
    act(department_client, place_url(held), "admit")

    came = act(department_client, place_url(held), "attend")

    assert came.json()["status"] == "attended"
    (project,) = firm_client.get("/api/v1/projects/").json()["results"]
    assert (project["status"], project["activity"]) == ("draft", str(contest.public_id))
    assert department_client.get("/api/v1/projects/").json()["results"] == []


def test_an_award_becomes_a_qualification_once(department_client, firm, contest):
    held = ParticipationFactory(activity=contest, firm=firm, attended=True)

    won = act(department_client, place_url(held), "award", {"level": "一等奖"})

    assert won.json()["award"] == "一等奖"
    kept = FirmQualification.objects.get(firm=firm)
    assert (kept.code, kept.level, kept.valid_from) == ("contest_award", "一等奖", contest.ends_on)
    twice = act(department_client, place_url(held), "award", {"level": "二等奖"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_awarded")


def test_an_award_needs_a_contest_presence_and_a_department_that_oversees_the_firm(
    department_client, firm, roadshow, contest
):
    at_roadshow = ParticipationFactory(activity=roadshow, firm=firm, attended=True)
    assert (
        act(department_client, place_url(at_roadshow), "award", {"level": "x"}).json()["code"]
        == "not_a_contest"
    )
    absent = ParticipationFactory(activity=contest, firm=firm)
    assert act(department_client, place_url(absent), "award", {"level": "x"}).json()["code"] == (
        "not_attended"
    )


def test_a_department_elsewhere_sees_its_own_firms_at_others_activities(client_for, contest, firm):
    elsewhere = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    ParticipationFactory(activity=contest, firm=firm)
    theirs = FirmFactory(organization__region__code="220202")
    ParticipationFactory(activity=contest, firm=theirs)

    rows = client_for(elsewhere).get(url(contest, "participants/")).json()["results"]

    assert [row["organization"] for row in rows] == [theirs.organization.code]


def test_a_stale_revision_and_a_missing_one_are_refused(department_client, roadshow):
    stale = department_client.patch(url(roadshow), {"place": "别处"}, headers={"If-Match": '"99"'})
    missing = department_client.patch(url(roadshow), {"place": "别处"})

    assert (stale.status_code, missing.status_code) == (412, 428)


def test_queries_do_not_grow_with_the_page(department_client, roadshow, count_queries):
    ParticipationFactory(activity=roadshow)
    lists = (URL, PLACES, url(roadshow, "participants/"))
    few = [count_queries(lambda path=path: department_client.get(path)) for path in lists]
    ParticipationFactory.create_batch(4, activity=roadshow)
    for more in ActivityFactory.create_batch(4, announced=True):
        more.co_organizers.add(OrganizationFactory(bank=True))

    many = [count_queries(lambda path=path: department_client.get(path)) for path in lists]

    assert [after - before for before, after in zip(few, many, strict=True)] == [0, 0, 0]
    assert Participation.objects.count() == 5
    assert Project.objects.count() == 0
