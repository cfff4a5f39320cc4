"""Bands and places beside the ranking in the answers of the API, and who never sees either."""

import json

import pytest

from backend.matches.payloads import EXPLORED_NOTE
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.ranking import make_known, make_newcomers, put_in_use

BESIDE = ('"band"', '"explore"', '"propensity"')


@pytest.fixture
def known(db):
    return make_known()


@pytest.fixture
def newcomers(db):
    return make_newcomers()


@pytest.fixture
def need(firm_actor):
    """An open need of a firm in growth."""
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(firm=firm, open=True, financing_types=[])


def path(need, part="matches"):
    return f"/api/v1/needs/{need.public_id}/{part}/?top=5"


def test_without_a_model_an_answer_holds_nothing_of_it(firm_client, need, known, newcomers):
    text = firm_client.get(path(need)).content.decode()
    assert not [word for word in BESIDE if word in text]


def test_a_firm_and_the_department_read_bands_and_what_stands_beside_the_ranking(
    firm_client, department_client, need, known, newcomers
):
    put_in_use(known, newcomers)
    answer = firm_client.get(path(need))
    assert answer.content == department_client.get(path(need)).content
    body = answer.json()
    assert [match["rank"] for match in body["matches"]] == [1, 2, 3, 4, 5]
    for match in body["matches"]:
        band = match["band"]
        assert band["firms"] >= 10
        assert 0 <= band["low"] < band["funded"] / band["firms"] < band["high"] <= 1
        assert band["kind_label"] == "贷款"
        assert "不是承诺" in band["text"]
    first, second = body["explore"]
    assert first["rank"] > 10 < second["rank"]
    assert {one["note"] for one in (first, second)} == {EXPLORED_NOTE}
    assert {one["verdict"] for one in (first, second)} == {"eligible"}
    assert first["propensity"] == second["propensity"] == 0.5
    assert not [word for word in ("通过率", "可贷") if word in answer.content.decode()]


def test_a_band_names_no_institution(firm_client, need, known, newcomers):
    put_in_use(known, newcomers)
    body = firm_client.get(path(need)).json()
    told = {json.dumps(match["band"], ensure_ascii=False) for match in body["matches"]}
    assert len(told) == 1
    names = [product.institution.name for product in (*known, *newcomers)]
    assert not [name for name in names if name in next(iter(told))]


def test_near_misses_and_questions_stay_as_they_are(firm_client, need, known, newcomers):
    put_in_use(known, newcomers)
    for part in ("near-misses", "questions"):
        address = path(need, part).removesuffix("?top=5" if part == "questions" else "")
        text = firm_client.get(address).content.decode()
        assert not [word for word in BESIDE if word in text]


def test_an_incubator_reads_who_is_new_without_band_score_or_chance(
    incubator_actor, incubator_client, need, known, newcomers
):
    put_in_use(known, newcomers)
    TenancyFactory(firm=need.firm, incubator=incubator_actor.organization, consented=True)
    body = incubator_client.get(path(need)).json()
    assert len(body["explore"]) == 2
    for match in (*body["matches"], *body["explore"]):
        assert not {"band", "score", "components", "propensity"} & match.keys()


def test_institutions_and_strangers_see_neither(
    bank_client, stranger_client, need, known, newcomers
):
    put_in_use(known, newcomers)
    for client in (bank_client, stranger_client):
        answer = client.get(path(need))
        assert answer.status_code in {403, 404}
        assert not [word for word in BESIDE if word in answer.content.decode()]


def test_what_was_drawn_is_counted_in_what_is_watched(
    firm_client, department_client, need, known, newcomers
):
    put_in_use(known, newcomers)
    firm_client.get(path(need))
    body = department_client.get("/api/v1/models/monitoring/").json()
    assert body["explored"] == 2
    assert sum(one["shown"] for one in body["institutions"]) == 7


def test_the_document_describes_both(firm_client):
    document = firm_client.get("/api/v1/schema/?format=json").json()
    shapes = document["components"]["schemas"]
    assert {"band"} <= shapes["MatchItem"]["properties"].keys()
    assert "explore" in shapes["NeedMatchesAnswer"]["properties"]
    assert {"propensity", "note"} <= shapes["ExploredItem"]["properties"].keys()
    assert "band" not in shapes["MatchItem"]["required"]
