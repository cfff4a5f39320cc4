"""A second factor: connected once, asked for at each sign-in, on pages and in the API."""

import pytest
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice


def code_of(device):
    return f"{totp(device.bin_key):06d}"


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_ROLES = ["institution"]


def enrol(client, actor):
    client.get(reverse("portal:enrol"))
    device = TOTPDevice.objects.get(user=actor.user)
    answer = client.post(reverse("portal:enrol"), {"code": code_of(device)})
    device.refresh_from_db()
    return device, answer


def test_who_needs_one_is_led_to_connect_an_app_first(required, browse, bank_actor):
    client = browse(bank_actor)
    first = client.get(reverse("portal:institution"))
    assert first.url.startswith(reverse("portal:give_code"))
    assert client.get(first.url).url.startswith(reverse("portal:enrol"))
    _, answer = enrol(client, bank_actor)
    assert len(answer.context["codes"]) == 8
    assert client.get(reverse("portal:institution")).status_code == 200


def test_a_new_session_asks_for_a_code_and_paper_codes_work_once(required, browse, bank_actor):
    _, answer = enrol(browse(bank_actor), bank_actor)
    paper = answer.context["codes"][0]
    for status in (302, 422):
        again = browse(bank_actor)
        assert again.post(reverse("portal:give_code"), {"code": paper}).status_code == status


def test_a_wrong_code_is_refused_and_lets_nobody_in(required, browse, bank_actor):
    enrol(browse(bank_actor), bank_actor)
    client = browse(bank_actor)
    answer = client.post(reverse("portal:give_code"), {"code": "000000"})
    assert answer.status_code == 422
    assert "验证码不正确" in answer.content.decode()
    assert client.get(reverse("portal:institution")).status_code == 302


def test_the_api_refuses_a_session_without_the_code(required, browse, bank_actor):
    client = browse(bank_actor)
    answer = client.get("/api/v1/me/", headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "second_factor_required"
    enrol(client, bank_actor)
    assert client.get("/api/v1/me/", headers={"accept": "application/json"}).status_code == 200


def test_roles_that_need_none_go_on_without(required, browse, firm_actor):
    assert browse(firm_actor).get(reverse("portal:firm")).status_code == 200


def test_whoever_connected_one_is_asked_though_the_role_needs_none(browse, firm_actor):
    enrol(browse(firm_actor), firm_actor)
    client = browse(firm_actor)
    assert client.get(reverse("portal:firm")).url.startswith(reverse("portal:give_code"))


def test_nobody_is_led_to_another_site_after_the_code(browse, firm_actor):
    client = browse(firm_actor)
    address = f"{reverse('portal:enrol')}?next=https://elsewhere.example/"
    client.get(address)
    device = TOTPDevice.objects.get(user=firm_actor.user)
    answer = client.post(address, {"code": code_of(device)})
    assert answer.context["onward"] == "/"
