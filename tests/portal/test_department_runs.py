"""Match runs in pages: started, watched, cancelled, read."""

from django.urls import reverse

from backend.matches.enums import RunStatus
from backend.matches.models import MatchRun
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

RUNS = reverse("portal:department_runs")


def page(run, name="detail"):
    return reverse(f"portal:department_runs_{name}", args=[run.public_id])


def test_a_run_is_started_once_and_watched(browse, department_actor):
    NeedFactory(open=True)
    client = browse(department_actor)
    told = {"top": 5, "as_of": "", "press": "one"}
    for _ in range(2):
        answer = client.post(reverse("portal:department_runs_start"), told)
    run = MatchRun.objects.get()
    assert answer.url == page(run)
    assert "hx-trigger" in client.get(page(run)).content.decode()
    progress = client.get(page(run, "progress"))
    assert "0 / 1 项" in progress.content.decode()
    assert "<html" not in progress.content.decode()
    assert "HX-Refresh" not in progress


def test_a_length_that_cannot_be_names_its_field(browse, department_actor):
    answer = browse(department_actor).post(
        reverse("portal:department_runs_start"), {"top": 0, "as_of": "nonsense"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"top", "as_of"}


def test_a_run_at_work_is_cancelled_by_a_press(browse, department_actor):
    NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor)
    client = browse(department_actor)
    client.post(page(run, "cancel"), {"revision": run.revision})
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert client.get(page(run, "progress"))["HX-Refresh"] == "true"


def test_a_finished_run_shows_the_best_of_each_need_and_the_disclaimer(browse, department_actor):
    need, product = NeedFactory(open=True), ProductFactory()
    run = MatchRunFactory(actor=department_actor, finished=True)
    text = browse(department_actor).get(page(run)).content.decode()
    assert need.code in text
    assert product.current_version.name in text
    assert "不构成担保" in text
    assert "排序依据 规则" in text
    assert "hx-trigger" not in text


def test_another_city_finds_no_run(browse, department_actor):
    run = MatchRunFactory(actor=department_actor, finished=True)
    client = browse(make_actor(organization__city_department=True, role=Role.DEPARTMENT))
    assert "还没有匹配批次" in client.get(RUNS).content.decode()
    for name in ("detail", "progress"):
        assert client.get(page(run, name)).status_code == 404
    assert client.post(page(run, "cancel"), {"revision": run.revision}).status_code == 404


def test_runs_ask_the_same_number_of_questions_for_any_number(
    browse, department_actor, count_queries
):
    client = browse(department_actor)

    def look():
        client.get(RUNS)
        return count_queries(lambda: client.get(RUNS))

    MatchRunFactory(actor=department_actor, finished=True)
    few = look()
    for _ in range(3):
        MatchRunFactory(actor=department_actor, finished=True)
    assert look() == few
