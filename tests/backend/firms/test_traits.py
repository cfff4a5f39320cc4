"""The history of a firm's region, industry and stage: who writes it, and what a past day reads."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from backend.firms import services
from backend.firms.models import Fact, Firm, FirmTraits
from backend.firms.registration import register_firm
from backend.firms.traits import keep_traits
from backend.matches.demonstration.firms import load_firms
from backend.matches.demonstration.records import DemoRecords
from tests.factories.firms import FactFactory, FirmFactory
from tests.factories.organizations import OrganizationFactory, make_uscc
from tests.factories.reference import IndustryFactory, RegionFactory

NOW = timezone.now()
USCC = make_uscc(9_300_001)


@pytest.fixture
def firm(firm_actor) -> Firm:
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def regions(db) -> None:
    for code in ("220102", "220202"):
        RegionFactory(code=code)
    for code in ("C39", "C27"):
        IndustryFactory(code=code)


def write_history(firm: Firm, field: str, values: dict[int, str | None]) -> None:
    """Replace a firm's history by rows of so many days ago."""
    FirmTraits.objects.filter(firm=firm).delete()
    last = None
    for ago, value in values.items():
        moment = NOW - timedelta(days=ago)
        row = {"firm": firm, "follows": last, "recorded_at": moment, field: value}
        last = FirmTraits.objects.create(**row)


def history(firm: Firm) -> list[tuple[str | None, str, str]]:
    rows = FirmTraits.objects.filter(firm=firm).order_by("pk")
    return list(rows.values_list("region_id", "industry", "stage"))


def override(actor, firm, stage) -> None:
    services.override_stage(
        actor=actor, firm=firm, stage=stage, reason="依据", expected_revision=None, now=NOW
    )


def update(actor, firm, **changes) -> None:
    services.update_firm(actor=actor, firm=firm, changes=changes, expected_revision=None)


def test_a_firm_that_is_opened_has_a_first_row(regions, department_actor):
    firm = services.create_firm(
        actor=department_actor,
        uscc=USCC,
        name="测试企业",
        region="220102",
        profile={"industry": "C3921", "declared_stage": "startup"},
        today=localdate(),
    )
    assert history(firm) == [("220102", "C3921", "startup")]


def test_a_record_that_opens_by_itself_has_a_first_row(db):
    owner = OrganizationFactory()
    firm = services.ensure_firm(organization=owner)
    services.ensure_firm(organization=owner)
    assert history(firm) == [(owner.region_id, "", "")]


def test_a_firm_that_registers_has_a_first_row(regions):
    place = register_firm(
        uscc=USCC,
        name="测试企业",
        region="220202",
        username="zhuce",
        display_name="张三",
        phone="",
        password="correct horse battery",
        today=localdate(),
    )
    assert history(place.organization.firm) == [("220202", "", "")]


def test_demonstration_firms_have_a_first_row(regions):
    record = {"uscc": USCC, "name": "演示企业", "region": "220102", "stage": "seed"}
    records = DemoRecords([], [], [record], [], as_of=localdate(), shift=timedelta())
    firms = load_firms(records, {}, today=localdate(), now=NOW)
    assert history(firms[USCC]) == [("220102", "", "seed")]


def test_every_change_of_place_industry_and_stage_is_kept(regions, firm, department_actor):
    update(department_actor, firm, region="220202", industry="C2710")
    update(department_actor, firm, declared_stage="startup")
    override(department_actor, firm, "mature")
    override(department_actor, firm, None)
    first, *later = history(firm)
    assert first == (firm.organization.region_id, "", "")
    assert later == [
        ("220202", "C2710", ""),
        ("220202", "C2710", "startup"),
        ("220202", "C2710", "mature"),
        ("220202", "C2710", "startup"),
    ]


def test_a_change_of_anything_else_adds_no_row(firm, department_actor):
    update(department_actor, firm, description="光通信")
    assert len(history(firm)) == 1


def test_many_firms_are_kept_in_the_queries_of_one(db, count_queries):
    few = [FirmFactory() for _ in range(2)]
    many = [FirmFactory() for _ in range(9)]
    for firm in few + many:
        firm.industry = "C3921"
    alone = count_queries(lambda: keep_traits(few))
    assert count_queries(lambda: keep_traits(many)) == alone
    assert keep_traits(many) == 0


def test_history_is_never_overwritten(firm):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        FirmTraits.objects.filter(firm=firm).update(industry="C3921")


def test_a_day_reads_the_last_word_before_it_and_before_all_words_the_first(regions, firm):
    days = {ago: NOW - timedelta(days=ago) for ago in (90, 60, 30)}
    write_history(firm, "industry", {90: "A0111", 60: "B0610", 30: "C3921"})

    def read(moment: datetime) -> str:
        return FirmTraits.objects.known_at(moment).get(firm_id=firm.pk).industry

    assert [read(days[30] + timedelta(1)), read(days[60] + timedelta(1))] == ["C3921", "B0610"]
    assert read(days[60]) == "A0111"
    assert read(days[90] - timedelta(days=100)) == "A0111"


def test_firms_are_inside_a_region_as_they_were(regions, firm):
    """Each is there once, whatever became of it; what never moved is as it is today."""
    stayed = FirmFactory(organization__region__code="220102")
    write_history(firm, "region_id", {90: "220102", 60: "220202", 30: "220102", 10: "220202"})
    firm.organization.region_id = "220202"
    firm.organization.save()
    for one in (firm, stayed):
        FactFactory(firm=one)
    lay_in = {0: "220200", 20: "220100", 50: "220200", 80: "220100", 900: "220100"}
    for ago, city in lay_in.items():
        for region in ("220100", "220200", "220000"):
            moment = NOW - timedelta(days=ago)
            lay_there = FirmTraits.objects.all().lying_in(region, moment, firm="firm")
            found = set(Fact.objects.filter(lay_there).values_list("firm_id", flat=True))
            assert (firm.pk in found) is (region in {city, "220000"}), (ago, region)
            assert (stayed.pk in found) is (region != "220200"), (ago, region)


def test_a_firm_without_a_region_lay_nowhere_until_it_had_one(regions, firm):
    FactFactory(firm=firm)
    write_history(firm, "region_id", {90: None, 30: "220102"})
    firm.organization.region_id = "220102"
    firm.organization.save()
    for ago, is_inside in ((60, False), (0, True)):
        moment = NOW - timedelta(days=ago)
        lay_there = FirmTraits.objects.all().lying_in("220000", moment, firm="firm")
        assert Fact.objects.filter(lay_there).exists() is is_inside
