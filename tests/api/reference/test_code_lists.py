"""Code lists over the API."""

import pytest
from django.conf import settings
from django.utils import timezone

from backend.reference.models import Edition
from backend.reference.services import load_reference

LISTS = ["regions", "reporting-units", "industries", "qualifications", "stages"]


@pytest.fixture(autouse=True)
def loaded(db):
    """The code lists that come with the platform."""
    load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())


def url_of(name: str, code: str = "") -> str:
    return f"/api/v1/{name}/" + (f"{code}/" if code else "")


def codes(answer) -> list[str]:
    return [row["code"] for row in answer.json()["results"]]


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_for_everybody_who_has_signed_in(firm_client, anonymous_client, name):
    assert firm_client.get(url_of(name)).json()["results"]
    assert anonymous_client.get(url_of(name)).status_code == 401


@pytest.mark.parametrize("name", LISTS)
def test_a_reader_of_this_edition_gets_nothing_new(firm_client, name):
    first = firm_client.get(url_of(name))
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"].startswith("private, max-age=")

    assert firm_client.get(url_of(name), headers={"If-None-Match": tag}).status_code == 304
    Edition.objects.update(checksum="another")
    assert firm_client.get(url_of(name), headers={"If-None-Match": tag}).status_code == 200


def test_what_does_not_exist_is_never_unchanged(firm_client):
    known = {"If-None-Match": firm_client.get(url_of("regions")).headers["ETag"]}

    assert firm_client.get(url_of("regions", "999999"), headers=known).status_code == 404
    assert firm_client.get(url_of("regions"), {"colour": 1}, headers=known).status_code == 400


def test_regions_by_level_parent_and_words(firm_client):
    url = url_of("regions")

    assert len(codes(firm_client.get(url, {"parent": "220000"}))) == 9
    counties = firm_client.get(url, {"level": "county", "q": "22", "page_size": 200})
    assert len([code for code in codes(counties) if code.startswith("22")]) == 60
    assert codes(firm_client.get(url, {"q": "公主岭"})) == ["220184"]
    assert firm_client.get(url_of("regions", "220184")).json()["full_name"] == (
        "吉林省长春市公主岭市"
    )


def test_industries_by_level_and_parent(firm_client):
    url = url_of("industries")

    assert len(codes(firm_client.get(url, {"level": "section"}))) == 20
    assert "C39" in codes(firm_client.get(url, {"parent": "C", "page_size": 200}))


def test_units_lie_in_regions(firm_client):
    answer = firm_client.get(url_of("reporting-units"), {"region": "220000"})

    assert [row["id"] for row in answer.json()["results"]] == ["changbaishan"]


def test_stages_stand_in_their_order(firm_client):
    assert codes(firm_client.get(url_of("stages"))) == ["seed", "startup", "growth", "mature"]


@pytest.mark.parametrize("code", ["999999", "x" * 300, "二二"])
def test_an_unknown_code_is_not_found(firm_client, code):
    assert firm_client.get(url_of("regions", code)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_changes_a_code(department_client, administrator_client, method):
    for client in (department_client, administrator_client):
        for url in (url_of("regions"), url_of("regions", "220000")):
            assert getattr(client, method)(url, {}).status_code == 405


def test_pages_cost_the_same_at_3_and_200_rows(firm_client, count_queries):
    few = count_queries(lambda: firm_client.get(url_of("regions"), {"page_size": 3}))
    many = count_queries(lambda: firm_client.get(url_of("regions"), {"page_size": 200}))

    assert few == many <= 4
