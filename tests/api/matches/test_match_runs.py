"""`match-runs`: start, watch, cancel, repeat, read."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db
RUNS = "/api/v1/match-runs/"


def path(run, action=""):
    return f"{RUNS}{run.public_id}/{action}"


@pytest.fixture
def waiting_run(department_actor):
    """A run that no worker has begun."""
    NeedFactory(open=True)
    return MatchRunFactory(actor=department_actor)


def test_the_department_starts_a_run_and_workers_finish_it(
    department_client, django_capture_on_commit_callbacks
):
    """Progress ends at one; the hash names the result."""
    ProductFactory()
    NeedFactory.create_batch(2, open=True)
    with django_capture_on_commit_callbacks(execute=True):
        created = department_client.post(RUNS, {"top": 5})
    assert created.status_code == 201
    started = created.json()
    assert (started["status"], started["needs_total"], started["progress"]) == ("queued", 2, 0)
    assert (started["region"], started["top"]) == ("220000", 5)
    assert started["as_of"] == timezone.localdate().isoformat()
    finished = department_client.get(f"{RUNS}{started['id']}/").json()
    assert (finished["status"], finished["progress"]) == ("finished", 1.0)
    assert len(finished["result_hash"]) == 64


def test_rows_name_need_product_and_institution(department_client, department_actor):
    """With verdict and score for each place."""
    product = ProductFactory()
    need = NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    (row,) = department_client.get(path(run, "rows/")).json()["results"]
    assert (row["need"], row["firm_name"]) == (need.code, need.firm.organization.name)
    (match,) = row["matches"]
    assert match["product_name"] == product.current_version.name
    assert match["institution_name"] == product.institution.name
    assert match["verdict_label"] in {"符合已公布条件", "待核实"}
    assert 0 <= match["score"] <= 1


def test_rows_are_paged_in_the_order_of_codes(department_client, department_actor):
    """Every need once."""
    needs = NeedFactory.create_batch(5, open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    seen, address = [], path(run, "rows/?page_size=2")
    while address:
        page = department_client.get(address).json()
        seen += [row["need"] for row in page["results"]]
        address = page["next"]
    assert seen == sorted(need.code for need in needs)


def test_a_run_is_cancelled_on_the_revision_that_was_read(department_client, waiting_run):
    """Without If-Match 428, with an old one 412, with the right one done."""
    assert department_client.post(path(waiting_run, "cancel/")).status_code == 428
    stale = department_client.post(path(waiting_run, "cancel/"), headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    tag = department_client.get(path(waiting_run)).headers["ETag"]
    done = department_client.post(path(waiting_run, "cancel/"), headers={"If-Match": tag})
    assert done.status_code == 200
    assert done.json()["status"] == "cancelled"
    again = department_client.post(
        path(waiting_run, "cancel/"), headers={"If-Match": done.headers["ETag"]}
    )
    assert again.status_code == 409


def test_progress_is_read_anew_although_no_revision_was_counted(department_client, waiting_run):
    """A reader who sends the tag it knows still gets the state of now."""
    tag = department_client.get(path(waiting_run)).headers["ETag"]
    again = department_client.get(path(waiting_run), headers={"If-None-Match": tag})
    assert again.status_code == 200


def test_a_finished_run_is_repeated(department_client, department_actor):
    """The repetition names what it repeats."""
    NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    repeated = department_client.post(path(run, "repeat/"))
    assert repeated.status_code == 201
    assert repeated.json()["repeats"] == str(run.public_id)


def test_a_second_run_at_once_is_refused(department_client, waiting_run):
    """The first has to end."""
    response = department_client.post(RUNS, {})
    assert response.status_code == 409
    assert response.json()["code"] == "run_active"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"top": 0}, "top"),
        ({"top": 201}, "top"),
        ({"top": "many"}, "top"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"as_of": "2001-01-01"}, "as_of"),
        ({"region": "220000"}, "region"),
        ({"status": "finished"}, "status"),
    ],
)
def test_bad_input_names_its_field(department_client, body, field):
    """Nothing is started."""
    response = department_client.post(RUNS, body)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert department_client.get(RUNS).json()["results"] == []


def test_a_run_may_speak_of_another_day(department_client):
    """A month ahead, for example."""
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    assert department_client.post(RUNS, {"as_of": day}).json()["as_of"] == day


def test_firms_and_institutions_have_no_runs(firm_client, bank_client, waiting_run):
    """Neither to read nor to start."""
    for client in (firm_client, bank_client):
        assert client.get(RUNS).status_code == 403
        assert client.get(path(waiting_run)).status_code == 404
        assert client.post(RUNS, {}).status_code == 403


def test_sign_in_is_needed(anonymous_client, waiting_run):
    """For every address."""
    assert anonymous_client.get(RUNS).status_code == 401
    assert anonymous_client.get(path(waiting_run, "rows/")).status_code == 401
    assert anonymous_client.post(path(waiting_run, "cancel/")).status_code == 401


@pytest.mark.parametrize("action", ["", "rows/"])
def test_another_citys_department_finds_nothing(client_for, action):
    """Its own region and below is all there is."""
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    other = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    run = MatchRunFactory(actor=city, finished=True)
    assert client_for(city).get(path(run, action)).status_code == 200
    assert client_for(other).get(path(run, action)).status_code == 404
    assert client_for(other).get(RUNS).json()["results"] == []


@pytest.mark.parametrize("action", ["cancel/", "repeat/"])
def test_a_county_cannot_touch_the_provinces_run(client_for, waiting_run, action):
    """It does not know of it."""
    county = make_actor(
        organization__city_department=True,
        organization__region__code="220102",
        role=Role.DEPARTMENT,
    )
    response = client_for(county).post(path(waiting_run, action), headers={"If-Match": '"1"'})
    assert response.status_code == 404


def test_runs_are_filtered_by_status_and_day(department_client, waiting_run):
    """An unknown filter is told."""
    assert len(department_client.get(f"{RUNS}?status=queued").json()["results"]) == 1
    assert department_client.get(f"{RUNS}?status=finished").json()["results"] == []
    assert department_client.get(f"{RUNS}?status=done").status_code == 400
    assert department_client.get(f"{RUNS}?state=queued").status_code == 400


def test_queries_of_rows_do_not_grow_with_them(department_client, department_actor, count_queries):
    """Three needs or thirty."""
    ProductFactory.create_batch(2)
    firm = FirmFactory()
    NeedFactory.create_batch(3, open=True, firm=firm)
    small = MatchRunFactory(actor=department_actor, finished=True)
    NeedFactory.create_batch(27, open=True)
    large = MatchRunFactory(actor=department_actor, finished=True)
    few = count_queries(lambda: department_client.get(path(small, "rows/")))
    assert count_queries(lambda: department_client.get(path(large, "rows/"))) == few
    listed = count_queries(lambda: department_client.get(RUNS))
    MatchRunFactory.create_batch(10, actor=department_actor, finished=True)
    assert count_queries(lambda: department_client.get(RUNS)) == listed


def test_a_keyed_start_takes_effect_once(department_client):
    """Repeated with the same key, the answer is the first one."""
    NeedFactory(open=True)
    headers = {"Idempotency-Key": "run-of-today"}
    first = department_client.post(RUNS, {}, headers=headers)
    second = department_client.post(RUNS, {}, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]


@pytest.fixture
def broker_that_is_away():
    """Nobody answers at the broker's address."""
    conf = current_app.conf
    before = {name: conf[name] for name in ("task_always_eager", "broker_write_url")}
    conf.update(task_always_eager=False, broker_write_url="redis://127.0.0.1:1/0")
    yield
    conf.update(before)


def test_a_broker_that_is_away_does_not_stop_a_start(
    department_client, broker_that_is_away, django_capture_on_commit_callbacks
):
    """The run is stored; the sweep will wake it."""
    NeedFactory(open=True)
    with django_capture_on_commit_callbacks(execute=True) as wakings:
        created = department_client.post(RUNS, {})
    assert created.status_code == 201
    assert wakings
    assert department_client.get(RUNS).json()["results"][0]["status"] == "queued"
