"""Notifications on pages: the bell, the inbox, marking as read, what comes by mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.notifications import links
from backend.notifications.models import Notification
from tests.factories.needs import NeedFactory
from tests.factories.notifications import NotificationFactory

INBOX = "/notices/"


@pytest.fixture
def need(firm_actor):
    return NeedFactory(firm__organization=firm_actor.organization, open=True)


@pytest.fixture
def notice(firm_actor, need):
    return NotificationFactory(recipient=firm_actor.membership, subject_id=need.public_id)


def test_mails_lead_to_pages_that_exist():
    assert reverse("portal:notices") == links.INBOX
    assert reverse("portal:notices_preferences") == links.PREFERENCES


def test_the_bell_counts_what_is_unread_on_every_page(browse, firm_actor, notice):
    client = browse(firm_actor)
    assert "1 条未读" in client.get("/firm/").content.decode()
    client.post(reverse("portal:notices_read", args=[notice.public_id]))
    assert "0 条未读" in client.get("/firm/").content.decode()


def test_the_bell_costs_one_query(browse, firm_actor, notice, count_queries):
    client = browse(firm_actor)
    client.get("/account/")
    before = count_queries(lambda: client.get("/account/"))
    NotificationFactory.create_batch(
        3, recipient=firm_actor.membership, subject_id=notice.subject_id
    )
    assert count_queries(lambda: client.get("/account/")) == before


def test_the_inbox_says_what_happened_and_leads_there(browse, firm_actor, need, notice):
    client = browse(firm_actor)
    assert need.code in client.get(INBOX).content.decode()
    opened = client.post(reverse("portal:notices_open", args=[notice.public_id]))
    assert opened.url == reverse("portal:firm_need", args=[need.public_id])
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_what_may_not_be_seen_any_more_leaves_a_sentence_without_a_name(
    browse, firm_actor, stranger_actor, need
):
    NotificationFactory(recipient=stranger_actor.membership, subject_id=need.public_id)
    text = browse(stranger_actor).get(INBOX).content.decode()
    assert need.code not in text
    assert "不再向您开放" in text


def test_all_are_read_but_what_arrived_after_the_page_was_made(browse, firm_actor, need, notice):
    later = NotificationFactory(recipient=firm_actor.membership, subject_id=need.public_id)
    Notification.objects.filter(pk=later.pk).update(created_at=timezone.now() + timedelta(hours=1))
    client = browse(firm_actor)
    client.post(reverse("portal:notices_read_all"), {"until": timezone.now().isoformat()})
    assert [one.pk for one in Notification.objects.unread()] == [later.pk]


def test_only_the_unread_are_shown_when_asked_for(browse, firm_actor, need, notice):
    client = browse(firm_actor)
    client.post(reverse("portal:notices_read", args=[notice.public_id]))
    assert "没有未读消息" in client.get(INBOX, {"show": "unread"}).content.decode()


def test_an_empty_inbox_says_what_it_is_for(browse, bank_actor):
    assert "还没有消息" in browse(bank_actor).get(INBOX).content.decode()


def test_a_stranger_marks_nothing(browse, stranger_actor, notice):
    answer = browse(stranger_actor).post(reverse("portal:notices_read", args=[notice.public_id]))
    assert answer.status_code == 404


def test_the_inbox_asks_as_often_for_many_as_for_few(
    browse, firm_actor, need, notice, count_queries
):
    client = browse(firm_actor)
    client.get(INBOX)
    few = count_queries(lambda: client.get(INBOX))
    NotificationFactory.create_batch(5, recipient=firm_actor.membership, subject_id=need.public_id)
    assert count_queries(lambda: client.get(INBOX)) == few


def test_the_choice_of_mails_is_kept_and_a_wrong_address_is_named(browse, firm_actor):
    client = browse(firm_actor)
    address = reverse("portal:notices_preferences")
    refused = client.post(address, {"mail": "digest", "email": "keine"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["email"]
    client.post(address, {"mail": "digest", "email": "a@example.com"})
    assert 'value="a@example.com"' in client.get(address).content.decode()
    firm_actor.user.refresh_from_db()
    assert firm_actor.user.mail_preference.mail == "digest"
