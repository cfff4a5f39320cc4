"""Loading the code lists."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.reference.models import (
    Edition,
    Industry,
    Qualification,
    Region,
    ReportingUnit,
    Stage,
)
from backend.reference.services import load_reference
from matching.vocabulary import QUALIFICATIONS, STAGES

pytestmark = pytest.mark.django_db

FOLDER = settings.FIXTURES_DIR / "reference"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the files to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "reference"))


def load(folder: Path = FOLDER) -> dict[str, int]:
    return load_reference(folder=folder, now=timezone.now())


def test_jilin_has_nine_prefectures_and_sixty_counties():
    load()

    jilin = Region.objects.filter(code__startswith="22")
    assert jilin.filter(level="city").count() == 9
    assert jilin.filter(level="county").count() == 60
    assert jilin.get(level="province").name == "吉林省"
    assert Region.objects.get(code="220184").full_name == "吉林省长春市公主岭市"
    assert Region.objects.get(code="222400").parent_id == "220000"


def test_all_of_china_is_there_and_every_parent_contains_its_children():
    load()

    assert Region.objects.filter(level="province").count() == 34
    assert Region.objects.get(code="710000").name == "台湾省"
    assert Region.objects.get(code="110101").parent_id == "110000"
    assert Region.objects.get(code="441900").level == "city"
    for region in Region.objects.select_related("parent"):
        assert len(region.code) == 6
        assert region.code.isdigit()
        if region.parent:
            assert region.code.startswith(region.parent.code.rstrip("0").ljust(2, "0"))
            assert region.full_name == region.parent.full_name + region.name


def test_the_other_lists_are_complete():
    load()

    assert Industry.objects.filter(level="section").count() == 20
    assert Industry.objects.filter(level="division").count() == 97
    assert set(Qualification.objects.values_list("code", flat=True)) == set(QUALIFICATIONS)
    assert list(Stage.objects.values_list("code", flat=True)) == list(STAGES)
    assert ReportingUnit.objects.get(slug="changbaishan").region_id == "220000"


def test_loading_again_writes_nothing():
    assert set(load()) == {"region", "reportingunit", "industry", "qualification", "stage"}
    loaded_at = Edition.objects.get(name="region").loaded_at

    assert load() == {}
    assert Edition.objects.get(name="region").loaded_at == loaded_at


def test_a_corrected_file_corrects_the_rows_and_keeps_those_that_left(copy):
    load()
    stages = copy / "stages.csv"
    text = stages.read_text("utf-8").replace("种子期", "种子期（改）", 1)
    stages.write_text("".join(text.splitlines(keepends=True)[:-1]), "utf-8")

    assert load(copy) == {"stage": 3}
    assert Stage.objects.get(code="seed").name == "种子期（改）"
    assert Stage.objects.filter(code="mature").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("industries.csv", "A,农", "A01,农", "重复"),
        ("industries.csv", "code,name", "code,title", "表头应为"),
        ("industries.csv", ",section,", ",chapter,", "应为 section、division、group、class 之一"),
        ("industries.csv", "A01,农业,A,", "A01,农业,Z,", "不在表中"),
        ("qualifications.csv", ",12,", ",a year,", "a year"),
        ("qualifications.csv", "2017-05-03", "2017-13-03", "valid_from"),
        ("reporting_units.csv", "changbaishan,长白山保护开发区管理委员会", "changbaishan,", "必填"),
        ("reporting_units.csv", ",220000,", ",229999,", "229999.*不是行政区划代码"),
    ],
)
def test_a_fault_is_named_and_nothing_is_written(copy, file, old, new, expected):
    path = copy / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(Exception, match=expected) as refusal:
        load(copy)

    assert file in str(refusal.value)
    assert not Region.objects.exists()
    assert not Edition.objects.exists()


def test_the_command_names_a_missing_file(settings, tmp_path):
    settings.FIXTURES_DIR = tmp_path

    with pytest.raises(CommandError, match=r"reporting_units\.csv"):
        call_command("load_reference")
