"""`past-results`: outcomes from before the platform, listed by source, imported, taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backend.learning.models import PastResult, PastSource
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.ranking import PastSourceFactory
from tests.past_results import HEADER, make_row
from tests.workbooks import make_workbook

pytestmark = pytest.mark.django_db
URL = "/api/v1/past-results/"


@pytest.fixture
def product():
    return ProductFactory(institution=OrganizationFactory(bank=True)).code


def upload(client, rows, **form):
    body = {
        "file": SimpleUploadedFile("台账.xlsx", make_workbook([HEADER, *rows])),
        "source": "某市对接台账",
        **form,
    }
    return client.post(f"{URL}import/", body, format="multipart")


def test_a_file_is_tried_imported_and_listed(department_client, product):
    rows = [make_row(1, product), make_row(2, product, "未答复")]
    tried = upload(department_client, rows, dry_run=True)
    assert (tried.status_code, tried.json()["id"], tried.json()["created"]) == (200, None, 2)
    assert department_client.get(URL).json()["results"] == []
    answer = upload(department_client, rows)
    source = PastSource.objects.get()
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "id": str(source.public_id),
        "dry_run": False,
        "rows": 2,
        "created": 2,
        "unchanged": 0,
        "needs": 2,
        "firms": 2,
        "funded": 1,
        "ignored_columns": [],
    }
    again = upload(department_client, rows)
    assert (again.status_code, again.json()["unchanged"]) == (200, 2)
    (listed,) = department_client.get(URL).json()["results"]
    assert (listed["name"], listed["rows"], listed["withdrawn_at"]) == ("某市对接台账", 2, None)
    assert listed == department_client.get(f"{URL}{source.public_id}/").json()


def test_every_fault_has_its_place_and_nothing_is_written(department_client, product):
    rows = [make_row(1, product, 结果="也许"), make_row(2, "NOSUCH")]
    answer = upload(department_client, rows)
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == {"名单.2.结果", "名单.3.产品代码"}
    assert not PastResult.objects.exists()
    empty = department_client.post(f"{URL}import/", {}, format="multipart")
    assert empty.status_code == 400
    odd = upload(department_client, rows, epochs=3)
    assert odd.status_code == 400


def test_a_source_is_taken_back_with_its_revision(department_client):
    source = PastSourceFactory()
    address = f"{URL}{source.public_id}/withdraw/"
    assert department_client.post(address, {}).status_code == 428
    tag = department_client.get(f"{URL}{source.public_id}/").headers["ETag"]
    answer = department_client.post(address, {}, headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["withdrawn_at"]
    tag = answer.headers["ETag"]
    again = department_client.post(address, {}, headers={"If-Match": tag})
    assert (again.status_code, again.json()["code"]) == (409, "source_withdrawn")


def test_the_template_is_a_workbook(department_client):
    answer = department_client.get(f"{URL}template/")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert "past-results.xlsx" in answer["Content-Disposition"]


def test_heads_of_departments_read_and_only_the_province_imports(
    client_for, city_department_actor, firm_client, bank_client, product
):
    city = client_for(city_department_actor)
    assert city.get(URL).status_code == 200
    assert upload(city, [make_row(1, product)]).status_code == 403
    for client in (firm_client, bank_client):
        assert client.get(URL).status_code == 403
        assert upload(client, [make_row(1, product)]).status_code == 403


def test_queries_stay_constant(department_client, count_queries):
    PastSourceFactory()
    few = count_queries(lambda: department_client.get(URL))
    for _ in range(4):
        PastSourceFactory()
    assert count_queries(lambda: department_client.get(URL)) == few
