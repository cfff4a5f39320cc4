"""Outcomes from before the platform, in a page: check, import, take back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.exchange.past_results_template import write_template
from backend.learning.models import PastResult, PastSource
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.ranking import ModelVersionFactory, PastSourceFactory
from tests.past_results import HEADER, make_row
from tests.workbooks import make_workbook

PAGE = reverse("portal:department_ranking_history")


@pytest.fixture
def product(db):
    return ProductFactory(institution=OrganizationFactory(bank=True)).code


def form(rows, act, **more):
    data = make_workbook([HEADER, *rows])
    return {
        "file": SimpleUploadedFile("台账.xlsx", data),
        "source": "某市对接台账",
        "act": act,
        "press": "one",
        **more,
    }


def test_a_file_is_checked_then_imported_once(browse, department_actor, product):
    client, rows = browse(department_actor), [make_row(1, product)]
    assert "还没有导入" in client.get(PAGE).content.decode()
    checked = client.post(PAGE, form(rows, "check"))
    assert "尚未写入" in checked.content.decode()
    assert not PastResult.objects.exists()
    for _ in range(2):
        answer = client.post(PAGE, form(rows, "import"))
        assert answer.url == PAGE
    assert PastResult.objects.count() == 1
    text = client.get(PAGE).content.decode()
    assert "某市对接台账" in text
    assert department_actor.user.display_name in text


def test_faults_stand_with_their_place_and_a_missing_source_at_its_field(
    browse, department_actor, product
):
    client, rows = browse(department_actor), [make_row(1, product, 产品代码="NOSUCH")]
    for act in ("check", "import"):
        answer = client.post(PAGE, form(rows, act))
        assert answer.status_code == 422
        assert "名单.2.产品代码" in answer.content.decode()
    answer = client.post(PAGE, form(rows, "import", source=""))
    assert answer.status_code == 422
    assert "source" in answer.context["form"].errors
    assert not PastSource.objects.exists()


def test_a_source_is_taken_back_by_a_press(browse, department_actor):
    source, client = PastSourceFactory(), browse(department_actor)
    address = reverse("portal:department_ranking_history_withdraw", args=[source.public_id])
    assert address in client.get(PAGE).content.decode()
    for _ in range(2):
        client.post(address, {"revision": source.revision, "press": "one"})
    source.refresh_from_db()
    assert source.withdrawn_by == department_actor.user
    text = client.get(PAGE).content.decode()
    assert "已撤回" in text
    assert address not in text


def test_the_template_is_handed_out(browse, department_actor):
    answer = browse(department_actor).get(reverse("portal:department_ranking_history_template"))
    assert answer.content == write_template()


def test_a_city_reads_and_changes_nothing(browse, city_department_actor, product):
    source, client = PastSourceFactory(), browse(city_department_actor)
    text = client.get(PAGE).content.decode()
    assert source.name in text
    assert "检查文件" not in text
    client.post(PAGE, form([make_row(1, product)], "import"))
    address = reverse("portal:department_ranking_history_withdraw", args=[source.public_id])
    client.post(address, {"revision": source.revision})
    source.refresh_from_db()
    assert source.withdrawn_at is None
    assert not PastResult.objects.exists()


def test_strangers_find_nothing(browse, firm_actor, bank_actor):
    for actor in (firm_actor, bank_actor):
        assert browse(actor).get(PAGE).status_code == 404


def test_a_version_names_what_it_learned_from(browse, department_actor):
    ModelVersionFactory(
        fitted=True,
        metrics={
            "outcomes": 300,
            "funded": 80,
            "institutions": 6,
            "sources": [{"name": "某市对接台账", "outcomes": 300}],
        },
    )
    text = browse(department_actor).get(reverse("portal:department_ranking")).content.decode()
    assert "某市对接台账 300 条" in text


def test_queries_stay_constant(browse, department_actor, count_queries):
    client = browse(department_actor)
    PastSourceFactory()
    few = count_queries(lambda: client.get(PAGE))
    for _ in range(4):
        PastSourceFactory()
    assert count_queries(lambda: client.get(PAGE)) == few
