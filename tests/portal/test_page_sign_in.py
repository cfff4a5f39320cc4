"""Signing in through the page, and out again."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory

PASSWORD = "一个足够长的口令-2026"


@pytest.fixture
def user(firm_actor):
    firm_actor.user.set_password(PASSWORD)
    firm_actor.user.save()
    return firm_actor.user


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(
        reverse("portal:sign_in"), {"username": user.username, "password": password, **more}
    )


def test_the_right_password_leads_to_the_first_page_of_the_role(browse, user):
    client = browse(None)
    answer = sign_in(client, user)
    assert answer.status_code == 302
    home = client.get(answer.url, follow=True)
    assert home.redirect_chain[-1][0] == reverse("portal:firm")
    assert home.status_code == 200


def test_a_page_asked_for_before_is_where_one_lands(browse, user):
    client = browse(None)
    asked = client.get(reverse("portal:account"))
    assert asked.url == f"{reverse('portal:sign_in')}?next={reverse('portal:account')}"
    assert sign_in(client, user, next=reverse("portal:account")).url == reverse("portal:account")


def test_nobody_is_led_to_another_site(browse, user):
    assert sign_in(browse(None), user, next="https://elsewhere.example/").url == "/"


def test_a_wrong_password_and_an_unknown_name_read_the_same(browse, user, db):
    wrong = sign_in(browse(None), user, password="falsch-falsch-falsch")
    unknown = sign_in(browse(None), UserFactory.build(username="niemand"))
    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert "用户名或密码错误" in answer.content.decode()


def test_too_many_wrong_passwords_lock_out_with_a_page(browse, user):
    client = browse(None)
    for _ in range(5):
        answer = sign_in(client, user, password="falsch-falsch-falsch")
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"


def test_signing_out_ends_the_session_and_needs_a_press(browse, firm_actor):
    client = browse(firm_actor)
    assert client.get(reverse("portal:sign_out")).status_code == 405
    client.post(reverse("portal:sign_out"))
    assert client.get(reverse("portal:account")).status_code == 302
