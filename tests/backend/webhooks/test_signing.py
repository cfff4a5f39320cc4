"""Signatures by Standard Webhooks, and secrets that are stored nowhere."""

import base64
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from backend.webhooks.signing import SecretUnavailableError, live_secrets, signed_headers
from tests.factories.webhooks import EndpointFactory

pytestmark = pytest.mark.django_db
BODY = '{"type":"webhook.ping"}'


def headers_of(endpoint, *, now=None, body=BODY):
    now = now or timezone.now()
    secrets = live_secrets(endpoint, endpoint.secrets.all(), now=now)
    return signed_headers(webhook_id="msg_1", body=body, secrets_=secrets, now=now)


def test_the_owner_of_the_secret_verifies_and_a_changed_byte_does_not():
    endpoint = EndpointFactory()
    headers = headers_of(endpoint)

    assert Webhook(endpoint.shown_secret).verify(BODY, headers) == {"type": "webhook.ping"}
    for changed in (BODY.replace("p", "q"), BODY + " "):
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.shown_secret).verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(EndpointFactory().shown_secret).verify(BODY, headers)


def test_the_signature_does_not_depend_on_the_zone_of_the_clock():
    endpoint = EndpointFactory()
    now = datetime.now(UTC)

    assert headers_of(endpoint, now=now) == headers_of(
        endpoint, now=now.astimezone(ZoneInfo("Asia/Shanghai"))
    )


def test_the_secret_stands_in_no_column_of_the_database():
    endpoint = EndpointFactory()
    secret = base64.b64decode(endpoint.shown_secret.removeprefix("whsec_"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT salt, digest FROM webhooks_webhooksecret")
        stored = [bytes(value) for row in cursor.fetchall() for value in row]
    assert len(secret) == 32
    assert len(stored) == 2
    assert secret not in stored


def test_another_key_of_the_platform_signs_nothing_and_the_old_one_beside_it_does(settings):
    endpoint = EndpointFactory()
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    with pytest.raises(SecretUnavailableError):
        headers_of(endpoint)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Webhook(endpoint.shown_secret).verify(BODY, headers_of(endpoint))
    settings.WEBHOOK_KEYS = ["a key of its own", old]
    assert Webhook(endpoint.shown_secret).verify(BODY, headers_of(endpoint))


def test_during_a_rotation_both_secrets_sign_and_afterwards_only_the_new():
    from backend.webhooks import services
    from tests.factories.organizations import make_actor

    endpoint = EndpointFactory()
    now = timezone.now()
    actor = make_actor(organization=endpoint.organization, role="institution")
    _, new = services.rotate_secret(
        actor=actor, endpoint=endpoint, overlap_hours=24, expected_revision=None, now=now
    )

    both = headers_of(endpoint, now=now)
    assert len(both["webhook-signature"].split(" ")) == 2
    for secret in (endpoint.shown_secret, new):
        assert Webhook(secret).verify(BODY, both)
    later = headers_of(endpoint, now=now + timedelta(hours=24))
    moment = now + timedelta(hours=24)
    assert later["webhook-signature"] == Webhook(new).sign("msg_1", moment, BODY)

    _, newest = services.rotate_secret(
        actor=actor, endpoint=endpoint, overlap_hours=0, expected_revision=None, now=now
    )
    assert headers_of(endpoint, now=now)["webhook-signature"] == Webhook(newest).sign(
        "msg_1", now, BODY
    )
    assert endpoint.secrets.count() == 1
