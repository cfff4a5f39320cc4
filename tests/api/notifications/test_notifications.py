"""The inbox over the API."""

import pytest
from django.utils import timezone

from backend.journal import services as journal
from backend.journal.models import Dispatch
from backend.notifications.models import Notification
from backend.organizations.enums import Role
from backend.referrals.services import documents, money, outcomes, steps
from backend.referrals.services.money import DrawnMoney
from tests.api.conftest import client_of
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/notifications/"


def relay_all():
    for dispatch in Dispatch.objects.filter(relayed_at=None).order_by("pk"):
        journal.relay(dispatch_id=dispatch.pk, now=timezone.now())


@pytest.fixture
def make_referral(firm_actor, bank_actor, department_actor):
    bank, department = bank_actor.organization, department_actor.organization
    agreement = AgreementFactory(
        department=department,
        institution=bank,
        institution_contact=ContactFactory(organization=bank, user=bank_actor.user),
        department_contact=ContactFactory(organization=department, user=department_actor.user),
    )
    firm = FirmFactory(organization=firm_actor.organization)
    return lambda: ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True), institution=bank, agreement=agreement
    )


@pytest.fixture
def ask(bank_actor, make_referral):
    """Let the bank ask for a document about a new referral."""

    def ask(name="审计报告"):
        referral = make_referral()
        documents.ask_for_documents(
            actor=bank_actor,
            referral=referral,
            names=[name],
            expected_revision=None,
            now=timezone.now(),
        )
        relay_all()
        return referral

    return ask


def test_a_firm_reads_what_it_is_asked_for(firm_client, ask):
    referral = ask("近三年审计报告")

    (row,) = firm_client.get(URL).json()["results"]

    assert row["title"] == "请补充材料"
    assert "近三年审计报告" in row["text"]
    assert row["link"] == f"/api/v1/referrals/{referral.public_id}/"
    assert row["is_open"] is True
    assert row["is_required"] is True
    assert row["read_at"] is None
    assert firm_client.get(row["link"]).status_code == 200


def test_it_is_read_once_and_counted(firm_client, ask):
    ask()
    ask()
    assert firm_client.get(f"{URL}counts/").json() == {"unread": 2, "urgent": 2}
    (first, second) = firm_client.get(URL).json()["results"]

    for _ in range(2):
        answer = firm_client.post(f"{URL}{first['id']}/read/")
        assert answer.status_code == 200
    assert answer.json()["read_at"] is not None

    assert firm_client.get(f"{URL}counts/").json()["unread"] == 1
    (unread,) = firm_client.get(URL, {"unread": "true"}).json()["results"]
    assert unread["id"] == second["id"]
    (read,) = firm_client.get(URL, {"unread": "false"}).json()["results"]
    assert read["id"] == first["id"]


def test_all_are_read_up_to_a_moment(firm_client, ask):
    ask()
    seen = firm_client.get(URL).json()["results"][0]["created_at"]
    ask()

    answer = firm_client.post(f"{URL}read-all/", {"until": seen})
    assert answer.json() == {"marked": 1}
    assert firm_client.post(f"{URL}read-all/").json() == {"marked": 1}
    assert firm_client.get(f"{URL}counts/").json()["unread"] == 0


def test_what_is_answered_waits_for_nobody(firm_actor, firm_client, ask):
    referral = ask()
    documents.give_documents(
        actor=firm_actor,
        referral=referral,
        names=["审计报告"],
        expected_revision=None,
        now=timezone.now(),
    )

    (row,) = firm_client.get(URL).json()["results"]

    assert row["is_open"] is False
    assert "无需补充" in row["text"]


def test_another_firm_and_the_bank_find_nothing(firm_client, stranger_client, bank_client, ask):
    ask()
    (row,) = firm_client.get(URL).json()["results"]

    for client in (stranger_client, bank_client):
        assert client.get(URL).json()["results"] == []
        assert client.get(f"{URL}{row['id']}/").status_code == 404
        assert client.post(f"{URL}{row['id']}/read/").status_code == 404
    assert stranger_client.post(f"{URL}read-all/").json() == {"marked": 0}
    assert Notification.objects.filter(read_at=None).count() == 1


def test_one_reads_in_the_place_that_one_acts_through(firm_actor, ask):
    ask()
    other = make_actor(user=firm_actor.user, organization__bank=True, role=Role.INSTITUTION)
    client = client_of(firm_actor)

    elsewhere = {"X-Organization": str(other.organization.public_id)}
    assert client.get(URL, headers=elsewhere).json()["results"] == []
    assert len(client.get(URL).json()["results"]) == 1


def test_filters_are_refused_when_they_are_none(firm_client):
    assert firm_client.get(URL, {"importance": "loud"}).status_code == 400
    assert firm_client.get(URL, {"read": "true"}).status_code == 400
    assert firm_client.post(f"{URL}read-all/", {"until": "yesterday"}).status_code == 400


def many_kinds(bank_actor, firm_actor, referral):
    step = {"referral": referral, "expected_revision": None, "now": timezone.now()}
    steps.acknowledge_referral(actor=bank_actor, **step)
    documents.ask_for_documents(actor=bank_actor, names=["审计报告"], **step)
    documents.give_documents(actor=firm_actor, names=["审计报告"], **step)
    drawn = DrawnMoney(amount_yuan=1_000_000, drawn_on=timezone.localdate())
    money.disburse_referral(actor=bank_actor, money=drawn, **step)
    outcomes.contest_outcome(
        actor=firm_actor, drawdown=referral.drawdowns.get(), note="未到账", **step
    )
    relay_all()


def test_a_page_costs_the_same_however_many_stand_on_it(
    bank_actor,
    firm_actor,
    firm_client,
    bank_client,
    department_client,
    make_referral,
    count_queries,
):
    clients = (firm_client, bank_client, department_client)
    many_kinds(bank_actor, firm_actor, make_referral())
    few = [count_queries(lambda c=client: c.get(URL)) for client in clients]
    rows = [len(client.get(URL).json()["results"]) for client in clients]

    for _ in range(5):
        many_kinds(bank_actor, firm_actor, make_referral())

    assert [count_queries(lambda c=client: c.get(URL)) for client in clients] == few
    assert [len(client.get(URL).json()["results"]) for client in clients] == [6 * n for n in rows]
    assert max(few) <= 25


# --- preferences ---

PREFERENCES = "/api/v1/me/notification-preferences/"


def test_people_say_what_they_want_by_mail(firm_client):
    before = firm_client.get(PREFERENCES).json()
    assert before["mail"] == "urgent"
    assert before["email"] == ""
    assert "请补充材料" in before["required"]

    answer = firm_client.patch(PREFERENCES, {"mail": "digest", "email": "a@example.com"})

    assert answer.status_code == 200
    assert answer.json()["mail_label"] == "只要每日摘要"
    after = firm_client.get(PREFERENCES).json()
    assert (after["mail"], after["email"]) == ("digest", "a@example.com")


@pytest.mark.parametrize(
    "body",
    [
        {"mail": "loud"},
        {"email": "nobody"},
        {"email": "a@example.com\nBcc: b@example.com"},
        {"email": "a@example.com\r\nSubject: x"},
        {"email": f"{'a' * 250}@example.com"},
        {"phone": "1"},
    ],
)
def test_nonsense_is_refused_by_field(firm_client, body):
    answer = firm_client.patch(PREFERENCES, body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] in body


def test_nobody_has_preferences_without_signing_in(anonymous_client):
    assert anonymous_client.get(PREFERENCES).status_code == 401
    assert anonymous_client.patch(PREFERENCES, {"mail": "off"}).status_code == 401
