"""Cursor pages: every row once, in order, whatever is empty, equal or changed meanwhile."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.api.pagination import CursorPagination
from backend.organizations.models import Membership, Organization
from tests.factories.organizations import MembershipFactory, OrganizationFactory

URL = "/api/v1/organizations/"


def walk(client, url: str, link: str = "next") -> list[list[str]]:
    """Follow the links from a page and return the names page by page."""
    pages = []
    while url:
        answer = client.get(url).json()
        pages.append([row["name"] for row in answer["results"]])
        url = answer[link]
    return pages


@pytest.fixture
def seven_banks(department_client):
    """Seven banks, some with equal names."""
    names = ["丙", "甲", "乙", "甲", "丁", "甲", "戊"]
    return [OrganizationFactory(bank=True, name=f"银行{name}") for name in names]


@pytest.mark.parametrize("ordering", ["name", "-name", "created_at", "-created_at", None])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_each_row_appears_once_and_in_order(department_client, seven_banks, ordering, size):
    url = f"{URL}?kind=institution&page_size={size}" + (f"&ordering={ordering}" if ordering else "")

    pages = walk(department_client, url)

    names = [name for page in pages for name in page]
    if ordering in {"name", "-name"}:
        assert names == sorted((b.name for b in seven_banks), reverse=ordering == "-name")
    else:
        made = [bank.name for bank in seven_banks]
        assert names == (made[::-1] if ordering == "-created_at" else made)
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)


def test_the_way_back_shows_the_same_pages(department_client, seven_banks):
    url = f"{URL}?kind=institution&page_size=3&ordering=name"
    forward = walk(department_client, url)
    last = url
    while (following := department_client.get(last).json()["next"]) is not None:
        last = following

    assert walk(department_client, last, "previous") == forward[::-1]


def test_rows_that_come_and_go_move_nothing(department_client, seven_banks):
    first = department_client.get(f"{URL}?kind=institution&page_size=3&ordering=name").json()
    OrganizationFactory(bank=True, name="银行" + "\u4e00")
    Organization.objects.filter(public_id=first["results"][-1]["id"]).delete()

    rest = [name for page in walk(department_client, first["next"]) for name in page]

    assert len(rest) == 4
    assert not {row["id"] for row in first["results"]} & set(rest)


def test_empty_values_come_last_and_none_is_lost(db):
    day = timezone.localdate()
    for offset in (3, None, 1, None, 2, 1, None):
        until = None if offset is None else day + timedelta(days=offset)
        MembershipFactory(authority_valid_until=until)

    for ordering, expected in (
        ("authority_valid_until", [1, 1, 2, 3, None, None, None]),
        ("-authority_valid_until", [3, 2, 1, 1, None, None, None]),
    ):
        pages = _pages(Membership.objects.order_by(ordering), size=2)
        found = [row.authority_valid_until for page in pages for row in page]
        assert [until and (until - day).days for until in found] == expected
        assert len({row.pk for page in pages for row in page}) == 7


def test_columns_of_loaded_relations_can_order(db):
    for name in ("乙", "甲", "丙"):
        MembershipFactory(organization__name=name)
    people = Membership.objects.select_related("organization").order_by("-organization__name")

    pages = _pages(people, size=1)

    assert [page[0].organization.name for page in pages] == sorted("乙甲丙", reverse=True)


def _pages(queryset, *, size: int) -> list[list[Membership]]:
    """Walk a queryset forward, then check that walking back gives the same pages."""
    url, pages, back = f"/?page_size={size}", [], None
    while url:
        paginator = CursorPagination()
        page = paginator.paginate_queryset(queryset, Request(APIRequestFactory().get(url)))
        pages.append(page)
        back, url = paginator.previous_link, paginator.next_link
    returned = [pages[-1]]
    while back:
        paginator = CursorPagination()
        returned.append(
            paginator.paginate_queryset(queryset, Request(APIRequestFactory().get(back)))
        )
        back = paginator.previous_link
    assert returned[::-1] == pages
    return pages


def _cursor(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%",
        "中文",
        "A" * 5_000,
        _cursor(None),
        _cursor([]),
        _cursor(["name,public_id", False, []]),
        _cursor(["name,public_id", False, ["a"]]),
        _cursor(["name,public_id", False, ["a", "not a uuid"]]),
        _cursor(["name,public_id", False, [1, 2]]),
        _cursor(["name,public_id", False, [None, None]]),
        _cursor(["name,public_id", "no", ["a", "00000000-0000-0000-0000-000000000000"]]),
        _cursor(["capacity", False, ["1"]]),
        _cursor(["name,public_id", False, ["\0", "00000000-0000-0000-0000-000000000000"]]),
        _cursor(["name,public_id", False, ["\ud800", "00000000-0000-0000-0000-000000000000"]]),
        base64.urlsafe_b64encode(b"[" * 1_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(department_client, cursor):
    answer = department_client.get(URL, {"cursor": cursor, "ordering": "name"})

    assert answer.status_code == 400
    assert [e["field"] for e in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    "instant", ["2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "soon", "9" * 30]
)
def test_an_odd_instant_in_a_cursor_never_breaks(department_client, instant):
    cursor = _cursor(
        ["created_at,public_id", False, [instant, "00000000-0000-0000-0000-000000000000"]]
    )

    answer = department_client.get(URL, {"cursor": cursor, "ordering": "created_at"})

    assert answer.status_code in {200, 400}


def test_a_cursor_of_another_order_is_refused(department_client, seven_banks):
    link = department_client.get(f"{URL}?ordering=name&page_size=1").json()["next"]

    answer = department_client.get(link.replace("ordering=name", "ordering=-name"))

    assert answer.status_code == 400


@pytest.mark.parametrize("size", ["0", "-1", "201", "1.5", "many", "", "９", "1" * 50])
def test_a_page_size_outside_the_range_is_refused(department_client, size):
    answer = department_client.get(URL, {"page_size": size})

    assert answer.status_code == 400
    assert [e["field"] for e in answer.json()["errors"]] == ["page_size"]


def test_no_cursor_shows_a_database_key(department_client, seven_banks):
    link = department_client.get(f"{URL}?page_size=1").json()["next"]
    text = link.split("cursor=")[1].split("&")[0]
    document = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

    assert document[0] == "created_at,public_id"


def test_links_keep_the_filters(department_client, seven_banks):
    link = department_client.get(f"{URL}?kind=institution&page_size=2").json()["next"]

    assert "kind=institution" in link
    assert "page_size=2" in link
