"""Loading the compiled catalogue: once, twice, changed, and with faults."""

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.catalogue.loading import LoadFaults, load_catalogue
from backend.catalogue.models import Policy, Product, ProductVersion
from backend.catalogue.selectors import get_catalogue_version, list_published_versions
from backend.catalogue.services import close_product, update_product
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.organizations.services import update_organization
from tests.factories.organizations import make_actor
from tests.factories.reference import RegionFactory

FILE = settings.FIXTURES_DIR / "catalogue" / "catalogue.json"
DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))

SMALL = {
    "format": "kerong-catalogue/1",
    "institutions": [
        {"record": {"code": "branch", "name": "分行", "kind": "bank", "parent": "head"}},
        {
            "record": {"code": "head", "name": "总行", "kind": "bank", "region": "220000"},
            "provenance": {"name": {"status": "published", "source": "公告"}},
        },
    ],
    "products": [
        {
            "record": {
                "code": "variant",
                "institution": "branch",
                "name": "科创贷（抵押）",
                "financing_type": "secured_loan",
                "variant_of": "main",
                "collateral": ["real_estate"],
                "undisclosed": ["rate", "terms"],
            },
        },
        {
            "record": {
                "code": "main",
                "institution": "branch",
                "name": "科创贷",
                "financing_type": "credit_loan",
                "annual_rate_min": 0.0385,
                "stages": ["seed"],
                "valid_until": "2099-01-01",
                "undisclosed": ["region"],
            },
            "provenance": {"annual_rate_min": {"status": "secondary", "source": "媒体"}},
            "note": "利率据媒体",
            "offered_in_jilin": False,
        },
    ],
    "policies": [
        {
            "code": "green",
            "institution": "head",
            "title": "绿色通道",
            "content": "审批优先",
            "note": None,
            "provenance": {"title": {"status": "inferred", "source": "平台"}},
        }
    ],
}


@pytest.fixture(autouse=True)
def regions(db):
    # The real file names regions of the whole country.
    for entry in DOCUMENT["institutions"]:
        RegionFactory(code=entry["record"]["region"])
    for entry in DOCUMENT["products"]:
        for code in entry["record"].get("regions") or []:
            RegionFactory(code=code)


@pytest.fixture
def document():
    return deepcopy(SMALL)


def load(document):
    return load_catalogue(document, now=timezone.now())


def outcomes(summary):
    return {name: dict(counts) for name, counts in summary.items() if name != "departments"}


def product(code):
    return Product.objects.get(code=code)


def test_the_file_that_comes_along_is_loaded_whole_and_the_second_time_changes_nothing():
    first, second = StringIO(), StringIO()
    call_command("load_catalogue", stdout=first)
    events, version = Event.objects.count(), get_catalogue_version()
    call_command("load_catalogue", stdout=second)

    assert f"产品：新增 {len(DOCUMENT['products'])}" in first.getvalue()
    assert f"产品：未变 {len(DOCUMENT['products'])}" in second.getvalue()
    assert "新增" not in second.getvalue()
    assert (Event.objects.count(), get_catalogue_version()) == (events, version)
    assert len(list_published_versions()) == len(DOCUMENT["products"])
    assert Policy.objects.count() == len(DOCUMENT["policies"])


def comparable(value):
    return {*value} if isinstance(value, list | tuple | frozenset) else value


def test_every_value_of_the_file_is_in_force_with_its_provenance():
    load(DOCUMENT)

    in_force = {found.code: found for found in list_published_versions()}
    for entry in DOCUMENT["products"]:
        found, record = in_force[entry["record"]["code"]], entry["record"]
        version = ProductVersion.objects.get(pk=found.version_pk)
        assert version.provenance == entry["provenance"]
        assert found.is_reference is not entry["offered_in_jilin"]
        for field in record.keys() - {"published", "terms"}:
            assert comparable(getattr(found, field)) == comparable(record[field])
        assert version.terms == record.get("terms", [])


def test_the_provincial_department_is_there_with_its_unified_code():
    load(DOCUMENT)

    department = Organization.objects.get(kind="department")
    assert (department.code, department.name) == ("11220000013544429K", "吉林省科学技术厅")
    assert (department.department_level, department.region_id) == ("province", "220000")


def test_order_in_the_file_does_not_matter(document):
    summary = load(document)

    assert outcomes(summary) == {
        "institutions": {"created": 2},
        "products": {"created": 2},
        "policies": {"created": 1},
    }
    assert product("variant").current_version.variant_of == product("main")
    assert Organization.objects.get(code="branch").parent.code == "head"
    assert Organization.objects.get(code="head").source == "公告"


def test_what_a_record_neither_states_nor_withholds_is_declared_open(document):
    load(document)

    main, variant = product("main").current_version, product("variant").current_version
    assert main.undisclosed == ["region"]
    assert "stage" not in main.open_conditions
    assert {"amount", "term", "collateral", "terms"} <= {*main.open_conditions}
    assert {*variant.undisclosed} == {"rate", "terms"}
    assert (main.note, main.is_reference, variant.is_reference) == ("利率据媒体", True, False)


def test_a_changed_record_makes_a_new_version_and_leaves_the_others(document):
    load(document)
    document["products"][1]["record"]["annual_rate_min"] = 0.035
    document["policies"][0]["content"] = "审批优先，额度优先"
    document["institutions"][0]["record"]["name"] = "新分行"

    assert outcomes(load(document)) == {
        "institutions": {"changed": 1, "unchanged": 1},
        "products": {"changed": 1, "unchanged": 1},
        "policies": {"changed": 1},
    }
    main = product("main")
    assert main.current_version.number == 2
    assert float(main.current_version.annual_rate_min) == 0.035
    assert main.versions.drafts().count() == 0


def test_a_value_that_leaves_the_record_leaves_the_product(document):
    load(document)
    del document["products"][1]["record"]["stages"]

    load(document)

    assert product("main").current_version.stages is None


def test_changed_provenance_alone_makes_a_new_version(document):
    load(document)
    document["products"][1]["provenance"]["annual_rate_min"]["status"] = "published"

    assert outcomes(load(document))["products"] == {"changed": 1, "unchanged": 1}


def test_what_an_institution_wrote_itself_is_kept(document):
    load(document)
    branch = Organization.objects.get(code="branch")
    manager = make_actor(organization=branch, role=Role.INSTITUTION)
    update_product(
        actor=manager,
        product=product("main"),
        values={"annual_rate_min": 0.03},
        expected_revision=None,
    )
    update_organization(
        actor=manager, organization=branch, changes={"name": "自改"}, expected_revision=None
    )
    document["products"][1]["record"]["annual_rate_min"] = 0.05
    document["institutions"][0]["record"]["name"] = "新分行"

    summary = outcomes(load(document))

    assert summary["products"] == {"kept": 1, "unchanged": 1}
    assert summary["institutions"] == {"kept": 1, "unchanged": 1}
    assert float(product("main").versions.drafts().get().annual_rate_min) == 0.03


def test_a_record_that_is_no_longer_published_closes_the_product_for_good(document):
    load(document)
    document["products"][1]["record"]["published"] = False

    assert outcomes(load(document))["products"] == {"changed": 1, "unchanged": 1}
    assert product("main").status == "closed"
    document["products"][1]["record"]["published"] = True
    assert outcomes(load(document))["products"] == {"kept": 1, "unchanged": 1}


def test_an_unpublished_record_stays_a_draft(document):
    document["products"][1]["record"]["published"] = False
    load(document)

    assert product("main").status == "draft"
    assert outcomes(load(document))["products"] == {"unchanged": 2}


def test_a_product_that_its_institution_closed_is_not_reopened(document):
    load(document)
    close_product(actor=None, product=product("main"), expected_revision=None, now=timezone.now())

    assert outcomes(load(document))["products"] == {"kept": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("place", "change", "says"),
    [
        (("institutions", 0), {"kind": "shop"}, "institutions “branch” kind"),
        (("institutions", 0), {"parent": "nobody"}, "institutions “branch” parent"),
        (("institutions", 0), {"region": "999999"}, "institutions “branch” region"),
        (("institutions", 0), {"capacity": -1}, "institutions “branch” capacity"),
        (("institutions", 0), {"name": None}, "institutions “branch” name"),
        (("institutions", 0), {"color": "red"}, "institutions “branch” color"),
        (("products", 1), {"annual_rate_min": 3.85}, "products “main” annual_rate_min"),
        (("products", 1), {"stages": {"seed": 1}}, "products “main” stages"),
        (("products", 1), {"undisclosed": ["rate"]}, "products “main” undisclosed"),
        (("products", 1), {"undisclosed": [["rate"]]}, "products “main” undisclosed"),
        (("products", 1), {"financing_type": ["x"]}, "products “main” financing_type"),
        (("products", 1), {"terms": 5}, "products “main” terms"),
        (("products", 1), {"valid_until": "soon"}, "products “main” valid_until"),
        (("products", 1), {"valid_until": "2020-01-01"}, "products “main” valid_until"),
        (("products", 1), {"institution": "nobody"}, "products “main” institution"),
        (("products", 1), {"variant_of": "main"}, "products “main” variant_of"),
        (("products", 1), {"rate": 1}, "products “main” rate"),
        (("products", 1), {"code": None}, "products “None” code"),
    ],
)
def test_a_fault_names_list_record_and_field_and_nothing_is_written(document, place, change, says):
    name, index = place
    document[name][index]["record"] |= change

    with pytest.raises(LoadFaults) as error:
        load(document)

    assert any(fault.startswith(f"{says}：") for fault in error.value.faults)
    assert Product.objects.count() == Organization.objects.count() == 0
    assert get_catalogue_version() == Event.objects.count() == 0


def test_provenance_needs_a_known_field_a_status_and_a_source(document):
    document["products"][0]["provenance"] = {
        "interest": {"status": "published", "source": "x"},
        "name": {"status": "certain", "source": "x"},
        "collateral": {"status": "published"},
    }

    with pytest.raises(LoadFaults) as error:
        load(document)
    assert {fault.split("：")[0] for fault in error.value.faults} == {
        "products “variant” provenance.interest",
        "products “variant” provenance.name",
        "products “variant” provenance.collateral",
    }


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format": "kerong/1"}',
        '{"format": "kerong-catalogue/1"}',
        '{"format": "kerong-catalogue/1", "institutions": [1], "products": [], "policies": []}',
        '{"format": "kerong-catalogue/1", "institutions": [{}], "products": [], "policies": []}',
    ],
)
def test_an_unusable_file_is_refused_with_the_reason(tmp_path: Path, content):
    file = tmp_path / "catalogue.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError) as error:
        call_command("load_catalogue", file)

    assert error.value.returncode == 2
    assert Organization.objects.count() == 0


def test_a_missing_file_is_told():
    with pytest.raises(CommandError, match="无法读取"):
        call_command("load_catalogue", Path("nowhere.json"))
