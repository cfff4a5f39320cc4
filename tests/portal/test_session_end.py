"""When a session ends, people come back to where they were, and forms are told as taken in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.needs import NeedFactory


@pytest.fixture
def need(firm_actor):
    return NeedFactory(firm__organization=firm_actor.organization)


def sign_in_to(place, kept=False):
    return f"{reverse('portal:sign_in')}?next={place}" + ("&kept=1" if kept else "")


def test_a_form_that_meets_no_session_leads_back_to_the_form(browse, need):
    place = reverse("portal:firm_need_edit", args=[need.public_id])
    answer = browse(None).post(place, {"amount_max_yuan": "300"})
    assert answer.url == sign_in_to(place, kept=True)
    assert "没有提交的内容会恢复" in browse(None).get(answer.url).content.decode()


def test_a_press_that_meets_no_session_leads_back_to_its_page(browse, need):
    page = reverse("portal:firm_need", args=[need.public_id])
    press = reverse("portal:firm_need_submit", args=[need.public_id])
    answer = browse(None).post(press, headers={"referer": f"http://testserver{page}"})
    assert answer.url == sign_in_to(page, kept=True)
    elsewhere = browse(None).post(press, headers={"referer": "https://elsewhere.example/x"})
    assert elsewhere.url == sign_in_to("/", kept=True)


def test_a_part_of_a_page_leads_the_whole_page_to_signing_in(browse, need):
    page = reverse("portal:firm_need", args=[need.public_id])
    answer = browse(None).get(
        reverse("portal:firm_need_what_if", args=[need.public_id]),
        {"amount": "500"},
        headers={"hx-request": "true", "hx-current-url": f"http://testserver{page}"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == sign_in_to(page)


def test_only_a_form_that_was_taken_in_is_named_to_the_browser(browse, firm_actor):
    client = browse(firm_actor)
    page = reverse("portal:firm_need_new")
    refused = client.post(page, {"amount_max_yuan": "viel", "press": "abc-1"})
    assert refused.status_code == 422
    assert "done" not in refused.cookies
    taken = client.post(page, {"amount_max_yuan": "300", "press": "abc-1"})
    assert taken.status_code == 302
    assert taken.cookies["done"].value == "abc-1"
    assert "done" not in browse(None).post(page, {"press": "abc-1"}).cookies


def test_what_is_no_token_comes_into_no_header(browse, firm_actor):
    page = reverse("portal:firm_need_new")
    answer = browse(firm_actor).post(page, {"amount_max_yuan": "300", "press": "a; Path=/x"})
    assert "done" not in answer.cookies


def test_a_form_of_an_earlier_session_says_what_to_do(db):
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    answer = client.post(reverse("portal:register"), {"press": "a"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()
    assert "返回上一页" in answer.content.decode()
