"""Lists of firms imported in a page: checked first, every fault with its place."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.firms.models import FirmQualification, Roster
from tests.factories.organizations import make_uscc
from tests.factories.reference import RegionFactory
from tests.workbooks import make_workbook

IMPORT = reverse("portal:department_import")
HEADER = ["序号", "统一社会信用代码", "企业名称", "所在地区"]
ONE = make_uscc(8_000_001)


@pytest.fixture(autouse=True)
def region(db):
    RegionFactory(code="220102")


def entries(*rows, act="import", **values):
    book = make_workbook([HEADER, *rows])
    return {
        "kind": "high_tech",
        "file": SimpleUploadedFile("名单.xlsx", book),
        "valid_from": "2026-01-01",
        "valid_until": "2027-01-01",
        "act": act,
        **values,
    }


def test_a_check_says_what_would_happen_and_writes_nothing(browse, department_actor):
    answer = browse(department_actor).post(
        IMPORT, entries([1, ONE, "甲科技", "220102"], act="check")
    )
    assert "文件没有问题，尚未写入" in answer.content.decode()
    assert answer.context["result"].firms_created == 1
    assert not Roster.objects.exists()


def test_a_check_in_place_answers_with_the_result_alone(browse, department_actor):
    answer = browse(department_actor).post(
        IMPORT,
        entries([1, ONE, "甲科技", "220102"], act="check"),
        headers={"hx-request": "true"},
    )
    text = answer.content.decode()
    assert "检查结果" in text
    assert "<html" not in text


def test_an_import_takes_the_file_over_and_a_second_press_does_not(browse, department_actor):
    client = browse(department_actor)
    for _ in range(2):
        told = entries([1, ONE, "甲科技", "220102"], press="one")
        answer = client.post(IMPORT, told, follow=True)
    assert "名单.xlsx" in answer.content.decode()
    assert Roster.objects.count() == 1
    assert FirmQualification.objects.get().code == "high_tech"


@pytest.mark.parametrize("act", ["check", "import"])
def test_every_fault_is_named_with_its_place_and_nothing_is_written(browse, department_actor, act):
    told = entries([1, "91220101000000000X", "甲科技", "220102"], [2, ONE, "", "220102"], act=act)
    answer = browse(department_actor).post(IMPORT, told)
    assert answer.status_code == 422
    places = [fault.field for fault in answer.context["faults"]]
    assert any(place.startswith("名单.2") for place in places)
    assert "文件中的问题" in answer.content.decode()
    assert not Roster.objects.exists()


def test_a_missing_file_and_a_wrong_day_name_their_fields(browse, department_actor):
    answer = browse(department_actor).post(IMPORT, {"act": "import", "valid_from": "x"})
    assert answer.status_code == 422
    assert {"file", "valid_from"} <= set(answer.context["form"].errors)


def test_banks_import_nothing(browse, bank_actor):
    told = entries([1, ONE, "甲科技", "220102"])
    assert browse(bank_actor).post(IMPORT, told).status_code == 404
