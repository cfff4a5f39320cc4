"""Where an institution's systems hear of events, and what became of the messages."""

import pytest
from django.urls import reverse

from backend.organizations.enums import Rank, Role
from backend.webhooks.enums import EndpointStatus, MessageStatus
from backend.webhooks.models import WebhookEndpoint
from tests.factories.organizations import make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory

LIST = "portal:institution_endpoints"


@pytest.fixture
def endpoint(bank_actor):
    return EndpointFactory(organization=bank_actor.organization)


def act(name, row):
    return reverse(f"{LIST}_{name}", args=[row.public_id])


def test_a_new_endpoint_shows_its_secret_once(browse, bank_actor):
    client = browse(bank_actor)
    values = {"url": "https://1.1.1.1/hook", "event_types": ["referral.sent"]}
    made = client.post(reverse(f"{LIST}_new"), values)
    assert "whsec_" in made.content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.event_types == ["referral.sent"]
    page = client.get(reverse(LIST)).content.decode()
    assert "https://1.1.1.1/hook" in page
    assert "whsec_" not in page
    again = client.post(reverse(f"{LIST}_new"), values)
    assert again.status_code == 422
    assert WebhookEndpoint.objects.count() == 1


def test_an_address_inside_the_network_is_refused_beside_its_field(browse, bank_actor):
    refused = browse(bank_actor).post(reverse(f"{LIST}_new"), {"url": "https://127.0.0.1/hook"})
    assert refused.status_code == 422
    assert "url" in refused.context["form"].errors


def test_a_rotation_shows_the_new_secret_and_a_second_press_makes_no_other(
    browse, bank_actor, endpoint
):
    client = browse(bank_actor)
    press = {"overlap_hours": "24", "revision": endpoint.revision}
    assert "whsec_" in client.post(act("rotate", endpoint), press).content.decode()
    refused = client.post(act("rotate", endpoint), press)
    assert refused.status_code == 422
    assert "whsec_" not in refused.content.decode()
    assert endpoint.secrets.count() == 2


def test_an_endpoint_is_switched_off_and_on_and_removed(browse, bank_actor, endpoint):
    client = browse(bank_actor)
    for state, status in (("off", EndpointStatus.DISABLED), ("on", EndpointStatus.ACTIVE)):
        client.post(act("switch", endpoint), {"state": state, "revision": endpoint.revision})
        endpoint.refresh_from_db()
        assert endpoint.status == status
    client.post(act("remove", endpoint), {"revision": endpoint.revision})
    endpoint.refresh_from_db()
    assert endpoint.status == EndpointStatus.REMOVED
    assert "还没有推送端点" in client.get(reverse(LIST)).content.decode()


def test_a_self_check_leads_to_the_deliveries(browse, bank_actor, endpoint):
    answer = browse(bank_actor).post(act("ping", endpoint), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(f"{LIST}_deliveries")
    assert "自检消息已发出" in answer.content.decode()


def test_a_delivery_that_failed_is_sent_again(browse, bank_actor, endpoint):
    message = MessageFactory(endpoint=endpoint, failed=True)
    client = browse(bank_actor)
    listed = client.get(reverse(f"{LIST}_deliveries"), {"status": "failed"}).content.decode()
    assert act("delivery", message) in listed
    assert message.webhook_id in client.get(act("delivery", message)).content.decode()
    assert client.post(act("replay", message)).url == act("delivery", message)
    message.refresh_from_db()
    assert message.status == MessageStatus.PENDING


def test_officers_may_not_and_other_banks_find_nothing(browse, bank_actor, endpoint):
    message = MessageFactory(endpoint=endpoint, failed=True)
    officer = browse(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )
    assert officer.get(reverse(LIST)).status_code == 403
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    for name in ("edit", "rotate"):
        assert rival.get(act(name, endpoint)).status_code == 404
    for name in ("ping", "switch", "remove"):
        assert rival.post(act(name, endpoint)).status_code == 404
    assert rival.get(act("delivery", message)).status_code == 404
    assert rival.post(act("replay", message)).status_code == 404


def test_the_deliveries_ask_the_same_number_of_questions_for_any_number(
    browse, bank_actor, endpoint, count_queries
):
    client = browse(bank_actor)

    def look():
        return count_queries(lambda: client.get(reverse(f"{LIST}_deliveries")))

    MessageFactory(endpoint=endpoint)
    look()
    few = look()
    for _ in range(3):
        MessageFactory(endpoint=endpoint)
    assert look() == few
