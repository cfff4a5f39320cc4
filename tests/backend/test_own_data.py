"""A firm takes out everything that is held about it, and nothing of anybody else."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.utils import timezone
from python_calamine import CalamineWorkbook

from backend.common.errors import NotPermitted, StateConflict
from backend.exchange.own_data_package import FORMAT, export_own_data
from backend.exchange.own_data_sections import LEFT_OUT, SECTIONS
from backend.journal.models import Event
from backend.organizations.enums import Rank
from tests.architecture.world import make_world
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedDocumentFactory, NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization, description="=HYPERLINK(1)")


def export(actor, firm):
    return zipfile.ZipFile(io.BytesIO(export_own_data(actor=actor, firm=firm, now=timezone.now())))


def test_whatever_hangs_on_a_firm_is_exported_or_left_out_for_a_reason():
    known = {section.model for section in SECTIONS}
    roots = {section.model for section in SECTIONS} - {
        apps.get_model("organizations", "Membership"),
        apps.get_model("partners", "Contact"),
        apps.get_model("journal", "Event"),
    }
    hanging = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in roots and model not in known
    }
    assert hanging == set(LEFT_OUT)


def test_the_package_holds_json_workbook_and_papers(firm_actor, firm):
    need = NeedFactory(firm=firm, description="新产线")
    paper = NeedDocumentFactory(need=need)
    packed = export(firm_actor, firm)
    document = json.loads(packed.read("data.json"))
    assert document["format"] == FORMAT
    assert document["data"]["needs"][0]["description"] == "新产线"
    assert document["data"]["people"][0]["user__username"] == firm_actor.user.username
    assert packed.read(f"附件/{paper.public_id}-{paper.name}") == paper.content
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed.read("data.xlsx")))
    assert workbook.sheet_names == [section.title for section in SECTIONS]
    needs = workbook.get_sheet_by_name("融资需求").to_python()
    assert "新产线" in needs[1]
    assert "=HYPERLINK(1)" in workbook.get_sheet_by_name("企业").to_python()[1]
    assert "融资需求：1 条" in packed.read("说明.txt").decode()


def test_nothing_of_other_firms_is_in_it(firm_actor, firm):
    world = make_world()
    other = world.people["firm"].organization
    text = export(firm_actor, firm).read("data.json").decode()
    for value in (other.code, other.name, world.objects["needs"].code):
        assert value not in text
    mine = export(world.people["firm"], world.objects["firms"])
    full = json.loads(mine.read("data.json"))["data"]
    filled = {code for code, rows in full.items() if rows}
    assert filled >= {"needs", "consents", "disclosures", "referrals", "projects", "intents"}
    assert firm.organization.code not in mine.read("data.json").decode()


def test_taking_it_out_stands_in_the_journal(firm_actor, firm):
    export(firm_actor, firm)
    event = Event.objects.get(type="firm.data_exported")
    assert event.subject_id == firm.public_id
    assert event.payload["rows"]["firm"] == 1


def test_only_a_manager_of_the_firm_with_proved_authority_takes_it_out(firm, stranger_actor):
    officer = make_actor(organization=firm.organization, rank=Rank.OFFICER, proved=True)
    for actor in (officer, stranger_actor):
        with pytest.raises(NotPermitted):
            export(actor, firm)
    with pytest.raises(StateConflict):
        export(make_actor(organization=firm.organization), firm)
    assert not Event.objects.filter(type="firm.data_exported").exists()


def test_it_asks_as_often_for_much_as_for_little(firm_actor, firm, count_queries):
    NeedFactory(firm=firm)
    few = count_queries(lambda: export(firm_actor, firm))
    NeedFactory.create_batch(4, firm=firm)
    assert count_queries(lambda: export(firm_actor, firm)) == few
