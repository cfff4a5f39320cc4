"""/api/v1/webhook-endpoints/"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from backend.journal import services as journal
from backend.journal.models import Dispatch, Event
from backend.organizations.enums import Rank, Role
from backend.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory

URL = "/api/v1/webhook-endpoints/"
BODY = {"url": "https://1.1.1.1/kerong?token=abc", "event_types": []}


def url(endpoint, action=""):
    return f"{URL}{endpoint.public_id}/{action}"


def if_match(endpoint):
    return {"If-Match": f'"{endpoint.revision}"'}


@pytest.fixture
def mine(bank_actor, department_actor):
    AgreementFactory(department=department_actor.organization, institution=bank_actor.organization)
    return EndpointFactory(organization=bank_actor.organization)


def relay_all():
    for dispatch in Dispatch.objects.filter(relayed_at=None):
        assert journal.relay(dispatch_id=dispatch.pk, now=timezone.now())


def test_a_new_endpoint_shows_its_secret_once(bank_client):
    answer = bank_client.post(URL, BODY)

    assert answer.status_code == 201
    secret = answer.json()["secret"]
    assert secret.startswith("whsec_")
    address = f"{URL}{answer.json()['id']}/"
    shown = bank_client.get(address).json()
    assert (shown["url"], shown["host"], shown["status"]) == (BODY["url"], "1.1.1.1", "active")
    assert "secret" not in shown
    assert secret not in bank_client.get(URL).content.decode()


def test_a_repeated_request_does_not_show_the_secret_again_and_no_table_holds_it(bank_client):
    headers = {"Idempotency-Key": "k"}
    first = bank_client.post(URL, BODY, headers=headers)
    again = bank_client.post(URL, BODY, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
    secret = first.json()["secret"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            "(SELECT oid FROM pg_namespace WHERE nspname = 'public')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s',  # noqa: S608
                [f"%{secret[6:]}%"],
            )
            assert cursor.fetchone() == (0,), table


def test_departments_and_security_officers_see_health_and_no_address(
    department_client, security_officer_client, mine
):
    MessageFactory(endpoint=mine, failed=True)
    MessageFactory.create_batch(2, endpoint=mine)

    for client in (department_client, security_officer_client):
        answer = client.get(url(mine))
        shown = answer.json()
        assert (shown["url"], shown["host"]) == (None, "1.1.1.1")
        assert (shown["pending_count"], shown["failed_count"]) == (2, 1)
        assert "token" not in answer.content.decode()
        assert client.get("/api/v1/deliveries/").status_code == 403


def test_a_department_sees_endpoints_of_institutions_that_it_has_an_agreement_with(
    client_for, department_client, bank_actor, mine
):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    below = EndpointFactory(organization=branch)
    others = [EndpointFactory(organization=OrganizationFactory(bank=True)) for _ in range(2)]
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    AgreementFactory(department=city.organization, institution=others[0].organization)
    AgreementFactory(department=city.organization, institution=mine.organization, ended=True)

    shown = {row["id"] for row in department_client.get(URL).json()["results"]}

    assert shown == {str(mine.public_id), str(below.public_id)}
    assert department_client.get(url(others[1])).status_code == 404
    rows = client_for(city).get(URL).json()["results"]
    assert [row["id"] for row in rows] == [str(others[0].public_id)]


def test_who_may_not_is_refused_and_a_stranger_finds_nothing(
    anonymous_client, firm_client, department_client, client_for, bank_actor, mine
):
    rival = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))
    officer = client_for(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )

    assert anonymous_client.get(URL).status_code == 401
    for client in (firm_client, officer):
        assert client.get(URL).status_code == 403
        assert client.post(URL, BODY).status_code == 403
        assert client.get(url(mine)).status_code == 404
    assert rival.get(URL).json()["results"] == []
    for action in ("", "rotate/", "ping/", "enable/", "disable/", "replay/"):
        send = rival.post if action else rival.patch
        assert send(url(mine, action), {}, headers=if_match(mine)).status_code == 404
    assert rival.delete(url(mine), headers=if_match(mine)).status_code == 404
    assert department_client.post(url(mine, "ping/"), {}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"url": "http://1.1.1.1/"}, "url", "scheme_not_allowed"),
        ({"url": "https://10.0.0.1/"}, "url", "address_not_allowed"),
        ({"url": "https://169.254.169.254/latest/"}, "url", "address_not_allowed"),
        ({"url": "https://localhost:8443/"}, "url", "address_not_allowed"),
        ({"url": "https://1.1.1.1:22/"}, "url", "port_not_allowed"),
        ({"url": "https://a:b@1.1.1.1/"}, "url", "userinfo_not_allowed"),
        ({"url": None}, "url", "null"),
        ({"url": "https://1.1.1.1/" + "a" * 500}, "url", "max_length"),
        ({"event_types": ["need.verified"]}, "event_types", "unknown_code"),
        ({"event_types": "webhook.ping"}, "event_types", "not_a_list"),
        ({"status": "active"}, "status", "unknown_field"),
        ({"secret": "whsec_AAAA"}, "secret", "unknown_field"),
    ],
)
def test_bad_input_names_its_field(bank_client, mine, change, field, code):
    created = bank_client.post(URL, BODY | change)
    changed = bank_client.patch(url(mine), change, headers=if_match(mine))

    for answer in (created, changed):
        assert answer.status_code == 400
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    assert WebhookEndpoint.objects.count() == 1


def test_of_two_changes_the_second_is_told(bank_client, mine):
    first = bank_client.patch(url(mine), {"url": "https://1.1.1.1/a"}, headers=if_match(mine))
    second = bank_client.patch(url(mine), {"url": "https://1.1.1.1/b"}, headers=if_match(mine))

    assert (first.status_code, second.status_code) == (200, 412)
    assert bank_client.patch(url(mine), {"url": "https://1.1.1.1/c"}).status_code == 428
    assert bank_client.delete(url(mine)).status_code == 428


def test_rotating_shows_a_new_secret_once(bank_client, mine):
    answer = bank_client.post(url(mine, "rotate/"), {"overlap_hours": 48}, headers=if_match(mine))

    assert answer.status_code == 200
    assert answer.json()["secret"] != mine.shown_secret
    previous, current = mine.secrets.order_by("pk")
    assert current.valid_until is None
    assert timedelta(hours=47) < previous.valid_until - timezone.now() < timedelta(hours=49)
    wrong = bank_client.post(
        url(mine, "rotate/"), {"overlap_hours": 169}, headers={"If-Match": answer.headers["ETag"]}
    )
    assert [e["field"] for e in wrong.json()["errors"]] == ["overlap_hours"]


def test_a_self_check_goes_to_this_endpoint_and_no_other(bank_client, bank_actor, mine):
    EndpointFactory(organization=bank_actor.organization)

    answer = bank_client.post(url(mine, "ping/"), {})

    assert answer.status_code == 202
    relay_all()
    message = WebhookMessage.objects.get()
    assert (message.endpoint, message.type) == (mine, "webhook.ping")
    assert str(mine.public_id) in message.body


def test_switching_off_and_on(bank_client, security_officer_client, mine):
    off = security_officer_client.post(
        url(mine, "disable/"), {"reason": "地址可疑"}, headers=if_match(mine)
    )
    assert off.status_code == 200
    assert (off.json()["status"], off.json()["disabled_by"], off.json()["disabled_reason"]) == (
        "disabled",
        "security_officer",
        "地址可疑",
    )
    now = {"If-Match": off.headers["ETag"]}
    assert bank_client.post(url(mine, "ping/"), {}).status_code == 409
    refused = bank_client.post(url(mine, "enable/"), {}, headers=now)
    assert (refused.status_code, refused.json()["code"]) == (403, "disabled_by_security")
    on = security_officer_client.post(url(mine, "enable/"), {}, headers=now)
    assert (on.json()["status"], on.json()["disabled_by"]) == ("active", None)
    twice = security_officer_client.post(
        url(mine, "enable/"), {}, headers={"If-Match": on.headers["ETag"]}
    )
    assert twice.status_code == 409


def test_a_removed_endpoint_is_gone(bank_client, security_officer_client, mine):
    assert bank_client.delete(url(mine), headers=if_match(mine)).status_code == 204
    assert bank_client.get(url(mine)).status_code == 404
    assert security_officer_client.get(url(mine)).status_code == 404
    assert bank_client.get(URL).json()["results"] == []


def test_a_replay_since_a_moment_counts_what_goes_again(bank_client, mine):
    MessageFactory.create_batch(3, endpoint=mine, failed=True)
    since = (timezone.now() - timedelta(hours=1)).isoformat()

    answer = bank_client.post(url(mine, "replay/"), {"since": since})

    assert (answer.status_code, answer.json()) == (202, {"messages": 3})
    assert set(WebhookMessage.objects.values_list("status", "tries")) == {("pending", 0)}
    wrong = bank_client.post(url(mine, "replay/"), {"since": "2020-01-01T00:00:00Z"})
    assert [(e["field"], e["code"]) for e in wrong.json()["errors"]] == [("since", "out_of_range")]


def test_filters(bank_client, bank_actor, department_client, mine):
    failing = EndpointFactory(
        organization=bank_actor.organization, disabled=True, failing_since=timezone.now()
    )

    def ids(client, query):
        answer = client.get(URL, query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    assert ids(bank_client, {"status": "disabled"}) == [str(failing.public_id)]
    assert ids(bank_client, {"is_failing": "true"}) == [str(failing.public_id)]
    assert ids(bank_client, {"is_failing": "false"}) == [str(mine.public_id)]
    other = {"organization": str(OrganizationFactory(bank=True).public_id)}
    assert ids(department_client, other) == []
    assert bank_client.get(URL, {"status": "removed"}).status_code == 400


def test_queries_are_constant_in_the_number_of_rows(department_client, count_queries, mine):
    EndpointFactory.create_batch(3, organization=mine.organization)
    department_client.get(URL)
    few = count_queries(lambda: department_client.get(URL))
    EndpointFactory.create_batch(20, organization=mine.organization)

    assert len(department_client.get(URL).json()["results"]) == 24
    assert count_queries(lambda: department_client.get(URL)) == few


def test_the_journal_knows_what_was_done_and_neither_address_nor_secret(bank_client):
    created = bank_client.post(URL, BODY)
    address = f"{URL}{created.json()['id']}/"
    rotated = bank_client.post(
        f"{address}rotate/", {}, headers={"If-Match": created.headers["ETag"]}
    )
    bank_client.delete(address, headers={"If-Match": rotated.headers["ETag"]})

    events = Event.objects.filter(subject_type="webhook_endpoint").order_by("pk")
    assert [event.type for event in events] == [
        "webhook.endpoint_created",
        "webhook.secret_rotated",
        "webhook.endpoint_removed",
    ]
    text = str([event.payload for event in events])
    for kept_back in ("token", created.json()["secret"], rotated.json()["secret"]):
        assert kept_back not in text
