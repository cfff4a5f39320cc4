"""Bands and places beside the ranking: only while a model ranks, never stale, never a promise."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.learning.services.monitoring import monitor
from backend.matches.answers import Part, answer_for_need, describe_need
from backend.matches.bands import band_payload
from backend.matches.catalogue_memory import catalogues
from backend.matches.fragments import encode
from backend.matches.learned_adapters import LEAST_ANSWERS
from backend.matches.models import MatchImpression
from backend.matches.payloads import EXPLORED_NOTE
from backend.ranking import services
from backend.referrals.learning import ShownIn, list_shown
from backend.reports import public
from matching.ranking.learned import Band, bands
from matching.vocabulary import FAMILIES
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.ranking import UNTIL, make_known, make_newcomers, put_in_use

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    """Banks that have answered often, and whose loans are cheap."""
    return make_known()


@pytest.fixture
def newcomers():
    """Banks without a record, whose loans cost more, and a fund whose record is as short."""
    return make_newcomers()


@pytest.fixture
def need(firm_actor):
    """An open need of a firm in growth, in a city and an industry that the model knows."""
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(firm=firm, open=True, financing_types=[], max_annual_rate=None)


def ask(actor, need, top=20):
    return json.loads(
        answer_for_need(actor=actor, need_id=need.public_id, part=Part.MATCHES, top=top)
    )


def test_without_a_model_there_is_nothing_beside_the_matches(known, newcomers, need, firm_actor):
    answer = ask(firm_actor, need)
    assert "explore" not in answer
    assert all("band" not in match for match in answer["matches"])
    assert "learned" not in answer["versions"]
    assert MatchImpression.objects.get().explored_version_ids == []


def test_a_band_is_of_the_kind_of_product_with_its_interval_and_no_promise(
    known, newcomers, need, firm_actor
):
    put_in_use(known, newcomers)
    told = {match["product"]: match["band"] for match in ask(firm_actor, need)["matches"]}
    fund = newcomers[-1]
    assert told.pop(fund.code) is None
    assert len({json.dumps(band) for band in told.values()}) == 1  # whoever offers it
    band = told[known[0].code]
    assert band["kind"] == "debt"
    assert band["conditions"] == ["stage", "industry", "region"]
    assert (band["firms"], band["until"]) == (100, UNTIL.isoformat())
    assert 0 < band["low"] < band["funded"] / band["firms"] < band["high"] < 1
    assert not band["is_demonstration"]
    assert f"100家企业中{band['funded']}家" in band["text"]
    assert "95%区间" in band["text"]
    assert "不是承诺" in band["text"]


def test_no_band_of_any_kind_speaks_of_chances():
    band = Band(("stage", "industry", "region"), 18, 11, 0.386, 0.797)
    for family in FAMILIES:
        text = band_payload(band, family, until=UNTIL, is_demonstration=False)["text"]
        assert not [word for word in ("通过率", "可贷", "概率") if word in text]
        assert "18家企业中11家" in text
        assert "95%区间39%–80%" in text


@pytest.mark.parametrize(
    "profile", [{"declared_stage": "seed"}, {"declared_stage": "", "founded_on": None}]
)
def test_nothing_is_said_of_a_stage_of_which_nobody_was_financed_nor_of_an_unknown_one(
    profile, known, newcomers, firm_actor
):
    put_in_use(known, newcomers)
    firm = FirmFactory(**({"profiled": True} | profile))
    need = NeedFactory(firm=firm, open=True, financing_types=[])
    body = describe(need, firm_actor.today)
    assert body["matches"]
    assert all(match["band"] is None for match in body["matches"])


def describe(need, day, *, with_scores=True):
    return describe_need(
        catalogues.current(),
        need.pk,
        parts=[Part.MATCHES],
        as_of=day,
        top=20,
        with_scores=with_scores,
    )


def test_whoever_sees_no_scores_sees_no_band(known, newcomers, need, firm_actor):
    put_in_use(known, newcomers)
    body = describe(need, firm_actor.today, with_scores=False)
    text = encode(body).decode()
    assert '"band"' not in text
    assert '"score"' not in text


def test_an_answer_with_a_model_is_the_encoded_description(
    known, newcomers, need, department_actor
):
    put_in_use(known, newcomers)
    for top in (3, 20):
        answer = answer_for_need(
            actor=department_actor, need_id=need.public_id, part=Part.MATCHES, top=top
        )
        body = describe_need(
            catalogues.current(),
            need.pk,
            parts=[Part.MATCHES],
            as_of=department_actor.today,
            top=top,
            with_scores=True,
        )
        assert answer == encode(body)
    assert body["explore"] == []  # everything is shown


def test_a_remembered_answer_follows_the_model_in_use_at_once(
    known, newcomers, need, firm_actor, department_actor
):
    before = ask(firm_actor, need, top=5)
    put_in_use(known, newcomers)
    first = ask(firm_actor, need, top=5)
    assert "band" in first["matches"][0]
    assert first["explore"]
    services.roll_back(actor=department_actor, now=timezone.now())
    assert ask(firm_actor, need, top=5) == before
    put_in_use(known, newcomers, demonstration=True)
    again = ask(firm_actor, need, top=5)
    assert again["matches"][0]["band"]["is_demonstration"]


def test_newcomers_that_suit_are_shown_beside_the_ranking_and_kept_with_their_chance(
    known, newcomers, need, firm_actor, department_actor
):
    put_in_use(known, newcomers)
    plain = ask(department_actor, need)
    answer = ask(firm_actor, need, top=5)
    assert [one["product"] for one in answer["matches"]] == [
        one["product"] for one in plain["matches"][:5]
    ]
    explore = answer["explore"]
    last = plain["matches"][10:]
    fresh = {product.code for product in newcomers}
    pool = [one for one in last if one["product"] in fresh and one["verdict"] == "eligible"]
    assert len(pool) > len(explore) == 2
    assert [one["propensity"] for one in explore] == [2 / len(pool)] * 2
    of_product = {one["product"]: one for one in plain["matches"]}
    for one in explore:
        extra = {name: one.pop(name) for name in ("propensity", "note")}
        assert extra["note"] == EXPLORED_NOTE
        assert one == of_product[one["product"]]
    kept = MatchImpression.objects.get()
    versions = [catalogues.current().products[one["product"]].version_pk for one in explore]
    assert kept.explored_version_ids == versions
    assert kept.explored_propensities == [2 / len(pool)] * 2
    assert kept.explored_scores == [one["score"] for one in explore]
    assert len(kept.product_version_ids) == 5


def test_what_stood_beside_the_ranking_is_read_as_seen_after_it_with_its_chance(
    known, newcomers, need, firm_actor, department_actor
):
    put_in_use(known, newcomers)
    ask(firm_actor, need, top=5)
    now = timezone.now()
    shown = list(list_shown(since=now - timedelta(days=1), until=now + timedelta(days=1)))
    assert [one.position for one in shown] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.propensity is None for one in shown] == [True] * 5 + [False] * 2
    assert all(one.is_eligible and one.shown_in is ShownIn.FIRM for one in shown)
    watched = monitor(actor=department_actor, now=now + timedelta(minutes=1))
    assert watched.explored == 2
    seen = {one.code for one in watched.institutions}
    assert len(seen & {product.institution.code for product in newcomers}) == 2


def test_an_institution_with_a_record_is_never_drawn(known, newcomers, need, firm_actor):
    put_in_use(known, newcomers)
    plan = catalogues.current().exploration
    assert plan.known == {product.institution.code for product in known}
    assert LEAST_ANSWERS > 1
    assert plan.version == catalogues.current().matcher.versions["learned"]


def test_a_kept_impression_names_a_chance_for_everything_that_was_drawn(need, firm_actor):
    with pytest.raises(IntegrityError, match="explored_agree"), transaction.atomic():
        MatchImpression.objects.create(
            need=need,
            need_revision=1,
            shown_on=firm_actor.today,
            shown_at=timezone.now(),
            catalogue_version=1,
            model_version="",
            eligible_count=0,
            product_version_ids=[],
            scores=[],
            explored_version_ids=[1],
            explored_scores=[0.5],
        )


def test_bands_and_public_sums_ask_for_the_same_spread():
    assert bands.LARGEST_PERCENT == public.LARGEST_PERCENT
