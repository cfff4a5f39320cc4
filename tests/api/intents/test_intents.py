"""/api/v1/intents/"""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import localdate

from backend.activities.models import IntentStep
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Role
from tests.factories.activities import ActivityFactory, IntentFactory, ProjectFactory
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory

URL = "/api/v1/intents/"


@pytest.fixture
def fund_actor(db):
    return make_actor(organization__fund=True, role=Role.INSTITUTION)


@pytest.fixture
def fund_client(client_for, fund_actor):
    return client_for(fund_actor)


@pytest.fixture
def need(firm_actor):
    return NeedFactory(firm=FirmFactory(organization=firm_actor.organization), open=True)


@pytest.fixture
def project(need):
    return ProjectFactory(need=need, listed=True)


def url(intent, action=""):
    return f"{URL}{intent['id']}/{action}"


def act(client, intent, action, body=None):
    tag = client.get(url(intent)).headers["ETag"]
    return client.post(url(intent, f"{action}/"), body or {}, headers={"If-Match": tag})


def declare(client, project, **more):
    made = client.post(URL, {"project": str(project.public_id), **more})
    assert made.status_code == 201, made.content
    return made.json()


def test_an_intent_goes_from_watching_to_money_and_both_sides_follow(
    fund_client, firm_client, fund_actor, project
):
    met_at = ActivityFactory(announced=True)
    intent = declare(fund_client, project, activity=str(met_at.public_id))
    assert (intent["level"], intent["activity"]) == ("observing", str(met_at.public_id))
    (seen,) = firm_client.get(URL).json()["results"]
    assert seen["institution_name"] == fund_actor.organization.name
    answered = act(firm_client, intent, "answer", {"answer": "interested"})
    assert answered.json()["answer_label"] == "愿意对接"

    act(fund_client, intent, "advance", {"level": "considering", "note": "约见团队"})
    act(fund_client, intent, "advance", {"level": "committed", "amount_yuan": 20_000_000})
    done = act(
        fund_client,
        intent,
        "advance",
        {"level": "invested", "amount_yuan": 15_000_000, "date": str(localdate())},
    ).json()

    assert (done["level"], done["amount_yuan"], len(done["steps"])) == ("invested", 15_000_000, 4)
    assert "不计入授信和放款" in done["disclaimer"]
    types = Event.objects.filter(subject_id=intent["id"]).values_list("type", flat=True)
    assert set(types) == {
        EventType.INTENT_DECLARED,
        EventType.INTENT_ANSWERED,
        EventType.INTENT_ADVANCED,
    }


def test_an_amount_goes_with_a_commitment_and_stays_when_not_named_again(fund_client, project):
    intent = declare(fund_client, project)
    bare = act(fund_client, intent, "advance", {"level": "committed"})
    assert bare.json()["errors"][0]["field"] == "amount_yuan"
    act(fund_client, intent, "advance", {"level": "considering", "amount_yuan": 5_000_000})

    done = act(fund_client, intent, "advance", {"level": "committed"})

    assert done.json()["amount_yuan"] == 5_000_000


def test_a_level_does_not_go_back_and_the_same_one_corrects(fund_client, project):
    intent = declare(fund_client, project, level="committed", amount_yuan=5_000_000)
    back = act(fund_client, intent, "advance", {"level": "observing"})
    assert (back.status_code, back.json()["code"]) == (409, "level_behind")

    mended = act(fund_client, intent, "advance", {"level": "committed", "amount_yuan": 6_000_000})

    assert mended.json()["amount_yuan"] == 6_000_000
    with pytest.raises(DatabaseError, match="append-only"):
        IntentStep.objects.update(amount_yuan=1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_yuan": 0}, "amount_yuan"),
        ({"amount_yuan": 10**13}, "amount_yuan"),
        ({"date": str(localdate() + timedelta(days=2))}, "date"),
        ({"level": "married"}, "level"),
        ({"institution": "x"}, "institution"),
    ],
)
def test_bad_input_of_an_intent_names_its_field(fund_client, project, change, field):
    refused = fund_client.post(
        URL, {"project": str(project.public_id), "level": "committed", "amount_yuan": 1} | change
    )

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_while_the_firm_is_not_interested_nothing_moves(fund_client, firm_client, project):
    intent = declare(fund_client, project)
    act(firm_client, intent, "answer", {"answer": "not_interested", "note": "已有安排"})
    halted = act(fund_client, intent, "advance", {"level": "considering"})
    assert (halted.status_code, halted.json()["code"]) == (409, "firm_not_interested")

    act(firm_client, intent, "answer", {"answer": "interested"})

    moved = act(fund_client, intent, "advance", {"level": "considering"})
    assert moved.json()["level"] == "considering"


def test_the_department_is_told_no_more_than_the_firm_lets_pass(
    fund_client, fund_actor, department_client, project, need
):
    intent = declare(fund_client, project, level="committed", amount_yuan=7_000_000, note="密谈")
    seen = department_client.get(url(intent))
    assert (seen.json()["level"], seen.json()["amount_yuan"], seen.json()["steps"]) == (
        None,
        None,
        [],
    )
    assert "7000000" not in seen.content.decode()
    consent = ConsentFactory(need=need, institution=fund_actor.organization, reverse=True)
    act(fund_client, intent, "advance", {"level": "committed", "amount_yuan": 8_000_000})

    told = department_client.get(url(intent))

    assert (told.json()["level"], told.json()["amount_yuan"]) == ("committed", 8_000_000)
    assert "密谈" not in told.content.decode()
    consent.withdrawn_at = consent.granted_at
    consent.save()
    act(fund_client, intent, "advance", {"level": "invested", "amount_yuan": 9_000_000})
    assert department_client.get(url(intent)).json()["amount_yuan"] == 8_000_000


def test_what_cannot_be_seen_cannot_be_intended(fund_client, bank_client, project):
    draft = ProjectFactory()
    for client, hidden in ((fund_client, draft), (bank_client, project)):
        refused = client.post(URL, {"project": str(hidden.public_id)})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "project")


def test_one_intent_stands_at_a_time_and_a_dropped_one_makes_room(fund_client, project):
    intent = declare(fund_client, project)
    twice = fund_client.post(URL, {"project": str(project.public_id)})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_declared")

    dropped = act(fund_client, intent, "drop", {"note": "阶段过早"})

    assert dropped.json()["drop_note"] == "阶段过早"
    assert act(fund_client, intent, "advance", {"level": "considering"}).status_code == 409
    assert declare(fund_client, project)["id"] != intent["id"]


def test_money_that_was_invested_is_not_dropped(fund_client, project):
    intent = declare(fund_client, project, level="invested", amount_yuan=1_000_000)

    dropped = act(fund_client, intent, "drop")

    assert (dropped.status_code, dropped.json()["code"]) == (409, "already_invested")


def test_rivals_and_strangers_find_no_trace(
    fund_client, client_for, stranger_client, bank_client, project
):
    intent = declare(fund_client, project)
    rival = client_for(make_actor(organization__fund=True, role=Role.INSTITUTION))

    for client in (rival, stranger_client, bank_client):
        assert client.get(url(intent)).status_code == 404
        assert client.get(URL).json()["results"] == []


def test_an_intent_leads_to_the_referral_that_it_became(
    fund_client, fund_actor, department_client, project, need
):
    intent = declare(fund_client, project)
    assert intent["referral"] is None

    referral = ReferralFactory(need=need, institution=fund_actor.organization)

    for client in (fund_client, department_client):
        assert client.get(url(intent)).json()["referral"] == str(referral.public_id)


def test_the_firm_s_word_is_the_firm_s_alone(fund_client, department_client, project):
    intent = declare(fund_client, project)

    for client in (fund_client, department_client):
        assert act(client, intent, "answer", {"answer": "interested"}).status_code == 403


def test_queries_do_not_grow_with_the_intents(department_client, count_queries):
    IntentFactory()
    few = count_queries(lambda: department_client.get(URL))
    IntentFactory.create_batch(4)

    assert count_queries(lambda: department_client.get(URL)) == few
