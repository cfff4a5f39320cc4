"""What the ranking is based on, in a page: train, activate, roll back."""

from django.urls import reverse
from django.utils import timezone

from backend.ranking.models import ModelVersion
from tests.factories.ranking import ModelVersionFactory

PAGE = reverse("portal:department_ranking")
BETTER = {
    "needs": 40,
    "ndcg": 0.6,
    "base_ndcg": 0.4,
    "difference": 0.2,
    "standard_error": 0.02,
    "low": 0.16,
    "high": 0.24,
    "base": None,
    "unreachable": 0,
    "since": "2026-07-01",
    "until": "2026-10-01",
}


def compared(**more):
    return ModelVersionFactory(
        fitted=True, compared_at=timezone.now(), comparison=BETTER | more, number=7
    )


def test_the_page_says_that_rules_rank_and_offers_training(browse, department_actor):
    text = browse(department_actor).get(PAGE).content.decode()
    assert "当前按规则排序" in text
    assert "训练" in text
    assert "回退" not in text


def test_training_pressed_twice_asks_for_one_version(browse, department_actor):
    client = browse(department_actor)
    for _ in range(2):
        answer = client.post(reverse("portal:department_ranking_train"), {"press": "one"})
    assert answer.url == PAGE
    version = ModelVersion.objects.get()
    assert (version.number, version.is_demonstration) == (1, False)


def test_a_better_version_is_activated_and_an_unusable_file_is_said(browse, department_actor):
    version, client = compared(), browse(department_actor)
    text = client.get(PAGE).content.decode()
    assert "0.2000（0.1600 至 0.2400）" in text
    address = reverse("portal:department_ranking_activate", args=[version.public_id])
    assert address in text
    client.post(address, {"revision": version.revision})
    version.refresh_from_db()
    assert version.status == "active"
    text = client.get(PAGE).content.decode()
    assert "模型文件无法使用" in text  # the factory's file is none
    client.post(reverse("portal:department_ranking_roll_back"))
    version.refresh_from_db()
    assert version.status == "retired"


def test_a_version_that_is_no_better_has_no_button(browse, department_actor):
    version = compared(standard_error=0.15)
    address = reverse("portal:department_ranking_activate", args=[version.public_id])
    client = browse(department_actor)
    text = client.get(PAGE).content.decode()
    assert address not in text
    assert "没有好出两个标准误" in text
    client.post(address, {"revision": version.revision})
    version.refresh_from_db()
    assert version.status == "trained"


def test_a_city_reads_and_changes_nothing(browse, city_department_actor):
    version, client = compared(), browse(city_department_actor)
    text = client.get(PAGE).content.decode()
    assert "第7版" in text
    assert reverse("portal:department_ranking_train") not in text
    address = reverse("portal:department_ranking_activate", args=[version.public_id])
    client.post(address, {"revision": version.revision})
    version.refresh_from_db()
    assert version.status == "trained"
