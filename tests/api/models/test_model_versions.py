"""`models`: train, compare, activate, see the explanation change, roll back."""

import pytest

from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.ranking import ModelVersionFactory

pytestmark = pytest.mark.django_db
MODELS = "/api/v1/models/"


def path(version, action=""):
    return f"{MODELS}{version['id']}/{action}"


def act(client, version, action):
    tag = client.get(path(version)).headers["ETag"]
    return client.post(path(version, action), {}, headers={"If-Match": tag})


def components(client, need):
    found = client.get(f"/api/v1/needs/{need.public_id}/matches/")
    return found, {
        part["code"]: part for match in found.json()["matches"][:1] for part in match["components"]
    }


def test_a_demonstration_trains_compares_activates_explains_and_rolls_back(
    department_client, history, django_capture_on_commit_callbacks
):
    need = NeedFactory(firm=FirmFactory(profiled=True), open=True)
    before, parts = components(department_client, need)
    assert "learned" not in parts
    with django_capture_on_commit_callbacks(execute=True):
        asked = department_client.post(f"{MODELS}train/", {"demonstration": True})
    assert (asked.status_code, asked.json()["status"]) == (201, "waiting")
    version = department_client.get(path(asked.json())).json()
    assert (version["status"], version["is_demonstration"]) == ("trained", True)
    compared = act(department_client, version, "evaluate/").json()
    assert compared["is_better"], compared["comparison"]
    assert compared["comparison"]["low"] > 0
    activated = act(department_client, version, "activate/")
    assert activated.json()["status"] == "active"
    in_use = department_client.get(f"{MODELS}in-use/").json()
    assert in_use == {"basis": "model", "label": "模型 第1版", "number": 1, "problem": ""}
    during, parts = components(department_client, need)
    assert parts["learned"]["label"] == "以往对接结果"
    assert {part["code"] for part in parts["learned"]["parts"]} >= {"history", "stage"}
    assert during.json()["versions"]["learned"].startswith("1-")
    rolled = department_client.post(f"{MODELS}roll-back/", {})
    assert rolled.json()["basis"] == "rules"
    after, _ = components(department_client, need)
    assert after.json() == before.json()
    again = department_client.post(f"{MODELS}roll-back/", {})
    assert (again.status_code, again.json()["code"]) == (409, "no_active_model")


def test_too_few_outcomes_are_said_by_the_version(
    department_client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asked = department_client.post(f"{MODELS}train/", {})
    version = department_client.get(path(asked.json())).json()
    assert version["status"] == "refused"
    assert "继续按规则排序" in version["failure"]
    refused = act(department_client, version, "activate/")
    assert (refused.status_code, refused.json()["code"]) == (409, "model_not_trained")


def test_changes_ask_for_the_revision_and_refuse_unknown_fields(department_client):
    version = ModelVersionFactory(fitted=True)
    address = f"{MODELS}{version.public_id}/"
    assert department_client.post(f"{address}activate/", {}).status_code == 428
    stale = department_client.post(f"{address}activate/", {}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    uncompared = department_client.post(f"{address}activate/", {}, headers={"If-Match": '"1"'})
    assert (uncompared.status_code, uncompared.json()["code"]) == (409, "not_compared")
    damaged = department_client.post(f"{address}evaluate/", {}, headers={"If-Match": '"1"'})
    assert (damaged.status_code, damaged.json()["code"]) == (409, "model_unusable")
    assert department_client.post(f"{MODELS}train/", {"epochs": 3}).status_code == 400


def test_heads_of_departments_read_and_only_the_province_changes(
    client_for, city_department_actor, firm_client, bank_client
):
    city = client_for(city_department_actor)
    assert city.get(MODELS).status_code == 200
    assert city.get(f"{MODELS}monitoring/").status_code == 200
    assert city.post(f"{MODELS}train/", {}).status_code == 403
    for client in (firm_client, bank_client):
        assert client.get(MODELS).status_code == 403


def test_queries_stay_constant(department_client, count_queries):
    ModelVersionFactory(fitted=True)
    few = count_queries(lambda: department_client.get(MODELS))
    for _ in range(4):
        ModelVersionFactory(fitted=True)
    assert count_queries(lambda: department_client.get(MODELS)) == few


def test_a_version_says_by_kind_what_it_predicted_and_what_came_true(department_client):
    row = {"kind": "debt", "pairs": 10, "funded": 1, "error": 0.02, "bins": []}
    metrics = {"outcomes": 300, "reliability": [row], "sources": [{"name": "甲", "outcomes": 300}]}
    version = ModelVersionFactory(fitted=True, metrics=metrics)
    answer = department_client.get(f"{MODELS}{version.public_id}/").json()
    assert answer["metrics"] == metrics
