"""Which levels take part and of which agency departments are, in pages."""

import pytest
from django.urls import reverse

from backend.needs.routes import DEFAULT_ROUTE, route_of
from backend.organizations.enums import Agency, Rank, Role
from tests.factories.organizations import make_actor

PAGE = reverse("portal:department_recommendations_routes")
SET = reverse("portal:department_recommendations_routes_set")
REMOVE = reverse("portal:department_recommendations_routes_remove")


@pytest.fixture
def city(city_department_actor):
    return city_department_actor.organization


def agency_page(department):
    return reverse("portal:department_recommendations_routes_agency", args=[department.public_id])


def test_a_route_is_set_and_taken_back(browse, department_actor, city):
    client = browse(department_actor)
    assert "系统默认" in client.get(PAGE).content.decode()
    told = {"region": city.region_id, "levels": "city-province", "press": "a"}
    text = client.post(SET, told, follow=True).content.decode()
    assert "市（州） → 省" in text
    assert route_of(city.region_id).levels == ("city", "province")
    text = client.post(REMOVE, {"region": city.region_id, "press": "b"}, follow=True)
    assert "没有单独的设定" in text.content.decode()
    assert route_of(city.region_id) == DEFAULT_ROUTE


def test_a_region_must_be_chosen(browse, department_actor):
    answer = browse(department_actor).post(SET, {"levels": "province"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"region"}


def test_taking_back_what_was_never_set_says_so(browse, department_actor):
    answer = browse(department_actor).post(REMOVE, {"region": "220100"}, follow=True)
    assert "没有单独设定推荐层级" in answer.content.decode()


def test_the_agency_of_a_department_is_set_and_shown(browse, department_actor, city):
    client = browse(department_actor)
    told = {"agency": "finance", "revision": city.revision, "press": "a"}
    text = client.post(agency_page(city), told, follow=True).content.decode()
    city.refresh_from_db()
    assert city.agency_code == Agency.FINANCE
    assert "金融" in text


def test_officers_and_cities_read_and_change_nothing(browse, department_actor, city):
    officer = make_actor(
        organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
    )
    client = browse(officer)
    assert "设定层级" not in client.get(PAGE).content.decode()
    assert client.get(SET).status_code == 403
    assert client.post(REMOVE, {"region": "220100"}).status_code == 403
    assert client.get(agency_page(city)).status_code == 403


def test_firms_do_not_find_it(browse, firm_actor):
    assert browse(firm_actor).get(PAGE).status_code == 404
