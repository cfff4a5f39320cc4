"""What happens to endpoints, beyond what the API's tests show."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.organizations.enums import Rank, Role
from backend.webhooks import services
from backend.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.factories.organizations import make_actor
from tests.factories.webhooks import EndpointFactory, MessageFactory

pytestmark = pytest.mark.django_db


def create(actor, number=1):
    return services.create_endpoint(
        actor=actor, url=f"https://1.1.1.1/{number}", event_types=[], now=timezone.now()
    )


def test_an_institution_has_at_most_five_endpoints_and_none_twice(bank_actor):
    for number in range(5):
        create(bank_actor, number)

    with pytest.raises(StateConflict, match="最多 5 个"):
        create(bank_actor, 6)
    first = WebhookEndpoint.objects.first()
    services.remove_endpoint(
        actor=bank_actor, endpoint=first, expected_revision=None, now=timezone.now()
    )
    with pytest.raises(StateConflict, match="已有"):
        create(bank_actor, 1)
    create(bank_actor, 0)  # its address is free again


@pytest.mark.django_db(transaction=True)
def test_two_requests_together_do_not_pass_the_limit():
    actor = make_actor(organization__bank=True, role=Role.INSTITUTION)
    for number in range(4):
        create(actor, number)
    refused = []

    def one_more(number):
        try:
            create(actor, number)
        except StateConflict as error:
            refused.append(error.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=one_more, args=(10 + n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert WebhookEndpoint.objects.count() == 5
    assert refused == ["too_many_endpoints"] * 3


def test_only_managers_of_an_institution_enter_endpoints(firm_actor, department_actor, bank_actor):
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    for actor in (firm_actor, department_actor, officer):
        with pytest.raises(NotPermitted):
            create(actor)
    assert not WebhookEndpoint.objects.exists()


def test_disabling_holds_what_waits_and_only_a_replay_puts_it_back(bank_actor):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    old = MessageFactory(endpoint=endpoint)
    WebhookMessage.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    new = MessageFactory(endpoint=endpoint, tries=3)
    now = timezone.now()
    services.disable_endpoint(
        actor=bank_actor, endpoint=endpoint, reason="升级", expected_revision=None, now=now
    )
    with pytest.raises(StateConflict, match="已停用"):
        services.replay_since(actor=bank_actor, endpoint=endpoint, since=now, now=now)
    services.enable_endpoint(actor=bank_actor, endpoint=endpoint, expected_revision=None)
    assert set(WebhookMessage.objects.values_list("status", flat=True)) == {"held"}

    count = services.replay_since(
        actor=bank_actor, endpoint=endpoint, since=now - timedelta(days=1), now=now
    )

    old.refresh_from_db()
    new.refresh_from_db()
    assert (count, old.status, new.status, new.tries) == (1, "held", "pending", 0)


@pytest.mark.parametrize("days", [-1, 32])
def test_a_replay_reaches_back_a_month_and_not_into_the_future(bank_actor, days):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    now = timezone.now()

    with pytest.raises(InvalidInput, match="31 天"):
        services.replay_since(
            actor=bank_actor, endpoint=endpoint, since=now - timedelta(days=days), now=now
        )


def test_a_replay_leaves_what_is_under_way_alone(bank_actor):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    message = MessageFactory(endpoint=endpoint, claim_id=endpoint.public_id)

    services.replay_message(actor=bank_actor, message=message, now=timezone.now())

    due_at = message.due_at
    message.refresh_from_db()
    assert (message.claim_id, message.due_at) == (endpoint.public_id, due_at)


def test_what_a_security_officer_switched_off_stays_off(bank_actor, security_officer_actor):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    services.disable_endpoint(
        actor=security_officer_actor,
        endpoint=endpoint,
        reason="地址可疑",
        expected_revision=None,
        now=timezone.now(),
    )

    with pytest.raises(NotPermitted, match="安全管理员"):
        services.enable_endpoint(actor=bank_actor, endpoint=endpoint, expected_revision=None)
    services.enable_endpoint(
        actor=security_officer_actor, endpoint=endpoint, expected_revision=None
    )


def test_removing_keeps_the_record_and_forgets_the_secret(bank_actor):
    endpoint = EndpointFactory(organization=bank_actor.organization)
    MessageFactory(endpoint=endpoint)

    services.remove_endpoint(
        actor=bank_actor, endpoint=endpoint, expected_revision=None, now=timezone.now()
    )

    assert WebhookMessage.objects.get().status == "held"
    assert not endpoint.secrets.exists()
    assert not WebhookEndpoint.objects.visible_to(bank_actor).exists()
    with pytest.raises(StateConflict, match="已删除"):
        services.enable_endpoint(actor=bank_actor, endpoint=endpoint, expected_revision=None)
