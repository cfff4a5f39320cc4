"""One version of the ranking model: what it learned from, and how far its chances came true."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.factories.ranking import ModelVersionFactory, PastSourceFactory

RELIABILITY = {
    "kind": "debt",
    "form": "platt",
    "learned_from": 41,
    "pairs": 1476,
    "funded": 53,
    "error": 0.0236,
    "bins": [
        {"predicted": 0.0149, "observed": 0.0138, "pairs": 290},
        {"predicted": 0.055, "observed": 0.1392, "pairs": 1186},
    ],
}


def learned(**metrics):
    base = {"outcomes": 300, "funded": 80, "institutions": 6}
    return ModelVersionFactory(fitted=True, number=4, metrics=base | metrics)


def page_of(client, version):
    return client.get(reverse("portal:department_ranking_version", args=[version.public_id]))


def test_the_page_shows_what_was_said_beside_what_came_true(browse, department_actor):
    version = learned(reliability=[RELIABILITY], sources=[{"name": "甲台账", "outcomes": 300}])
    client = browse(department_actor)
    text = page_of(client, version).content.decode()
    for part in (
        "可能性与实际：贷款",
        "1.49%",
        "1.38%",
        "13.92%",
        "2.36%",
        "甲台账",
        "41 个获得融资",
    ):
        assert part in text, part
    listed = client.get(reverse("portal:department_ranking")).content.decode()
    assert reverse("portal:department_ranking_version", args=[version.public_id]) in listed


def test_without_enough_outcomes_the_page_says_that_nothing_is_estimated(browse, department_actor):
    text = page_of(browse(department_actor), learned(reliability=[])).content.decode()
    assert "没有给出可能性" in text
    assert "30 个近期获得融资" in text


def test_versions_of_before_there_were_chances_are_shown(browse, department_actor):
    for version in (learned(), ModelVersionFactory(number=9)):
        assert page_of(browse(department_actor), version).status_code == 200


def test_a_source_that_was_taken_back_after_the_version_learned_is_named(browse, department_actor):
    version = learned(
        sources=[{"name": "甲台账", "outcomes": 3}, {"name": "乙台账", "outcomes": 3}]
    )
    now = timezone.now()
    PastSourceFactory(name="甲台账", withdrawn_at=now + timedelta(minutes=1))
    PastSourceFactory(name="乙台账", withdrawn_at=version.asked_at - timedelta(days=1))
    text = page_of(browse(department_actor), version).content.decode()
    assert text.count("已撤回") == 1


def test_strangers_and_institutions_find_nothing(browse, firm_actor, bank_actor):
    version = learned(reliability=[RELIABILITY])
    for actor in (firm_actor, bank_actor):
        assert page_of(browse(actor), version).status_code == 404
