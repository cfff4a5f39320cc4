"""GET /needs/"""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from tests.factories.firms import FirmFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory

URL = "/api/v1/needs/"


def codes(answer):
    assert answer.status_code == 200, answer.content
    return [need["code"] for need in answer.json()["results"]]


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def test_a_firm_lists_its_own_needs(firm, firm_client):
    need = NeedFactory(firm=firm)
    NeedFactory(open=True)
    assert codes(firm_client.get(URL)) == [need.code]


def test_a_department_lists_what_was_submitted(firm, department_client):
    NeedFactory(firm=firm)
    need = NeedFactory(firm=firm, open=True)
    assert codes(department_client.get(URL)) == [need.code]


def test_a_stranger_lists_nothing(firm, stranger_client):
    NeedFactory(firm=firm, open=True)
    assert codes(stranger_client.get(URL)) == []


def test_an_institution_has_no_word_for_needs(bank_client):
    assert bank_client.get(URL).status_code == 403


def test_sign_in_is_needed(anonymous_client):
    assert anonymous_client.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=open", "a"),
        ("status=open&status=submitted", "ab"),
        ("region=220100", "a"),
        ("region=220000", "ab"),
        ("financing_type=equity", "b"),
        ("ordering=needed_by", "ba"),
        ("ordering=-needed_by", "ab"),
        ("ordering=amount_max_yuan", "ba"),
        ("ordering=-amount_max_yuan", "ab"),
        ("ordering=created_at", "ab"),
    ],
)
def test_needs_are_filtered_and_ordered(department_client, query, expected):
    names = {
        NeedFactory(
            open=True, needed_by=localdate() + timedelta(days=9), amount_max_yuan=9_000_000
        ).code: "a",
        NeedFactory(
            submitted=True,
            needed_by=localdate() + timedelta(days=3),
            amount_max_yuan=2_000_000,
            financing_types=["equity"],
            firm__organization__region__code="220202",
        ).code: "b",
    }
    found = "".join(names[code] for code in codes(department_client.get(f"{URL}?{query}")))
    assert (found if "ordering" in query else "".join(sorted(found))) == expected


def test_needs_are_filtered_by_firm(firm, department_client):
    need = NeedFactory(firm=firm, open=True)
    NeedFactory(open=True)
    assert codes(department_client.get(URL, {"firm": str(firm.public_id)})) == [need.code]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"),
        ("region=changchun", "region"),
        ("financing_type=loan", "financing_type"),
        ("firm=1", "firm"),
        ("ordering=contact_phone", "ordering"),
        ("contact_name=王", "contact_name"),
    ],
)
def test_a_wrong_filter_is_told_by_name(department_client, query, field):
    answer = department_client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("ordering", ["needed_by", "-amount_max_yuan", "created_at"])
def test_pages_show_every_need_once_also_those_without_an_amount(firm, firm_client, ordering):
    made = {
        NeedFactory(firm=firm, amount_max_yuan=amount, needed_by=day).code
        for amount in (None, 1_000_000, 2_000_000)
        for day in (None, localdate() + timedelta(days=1))
    }
    seen = []
    url = f"{URL}?page_size=2&ordering={ordering}"
    while url:
        page = firm_client.get(url).json()
        seen += [need["code"] for need in page["results"]]
        url = page["next"]
    assert len(seen) == len(made)
    assert set(seen) == made


def test_queries_do_not_grow_with_the_rows(
    firm, firm_client, django_assert_num_queries, django_assert_max_num_queries
):
    def add(count):
        for _ in range(count):
            NamedInstitutionFactory(need__firm=firm)

    add(3)
    firm_client.get(URL)
    with django_assert_max_num_queries(8) as few:
        assert len(codes(firm_client.get(URL))) == 3
    add(27)
    with django_assert_num_queries(len(few)):
        assert len(codes(firm_client.get(URL))) == 30
