"""The firm's record: profile, figures, qualifications, and leaves for its incubator."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.firms import FactFactory, FirmFactory, TenancyFactory
from tests.factories.organizations import make_actor
from tests.factories.reference import IndustryFactory, RegionFactory

PROFILE = "/firm/profile/"


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization, profiled=True)


@pytest.fixture
def industries(db):
    section = IndustryFactory(code="C", level="section", name="制造业")
    division = IndustryFactory(code="C39", level="division", name="计算机制造", parent=section)
    IndustryFactory(code="C3921", level="class", name="通信设备", parent=division)


def entries(firm, **changes):
    return {
        "revision": firm.revision,
        "section": "C",
        "division": "C39",
        "class_code": "C3921",
        "founded_on": "2020-05-01",
        "declared_stage": "",
        "tech_fields": ["materials"],
        "taxpayer_rating": "B",
        "description": "做新材料",
        **changes,
    }


def edit(client, firm, **changes):
    return client.post(reverse("portal:firm_profile_edit"), entries(firm, **changes))


def test_the_record_shows_years_dates_and_sources(browse, firm_actor, firm):
    FactFactory(firm=firm, field="revenue_yuan", value=12_000_000)
    FactFactory(firm=firm, field="employees", value=40)
    text = browse(firm_actor).get(PROFILE).content.decode()
    assert "2025 年度" in text
    assert "1,200 万元" in text or "1200 万元" in text
    assert "40 人" in text
    assert "企业自行申报" in text


def test_an_inferred_stage_names_its_rule(browse, firm_actor):
    firm = FirmFactory(organization=firm_actor.organization, founded_on=date(2005, 1, 1))
    FactFactory(firm=firm, field="revenue_yuan", value=10_000_000_000)
    text = browse(firm_actor).get(PROFILE).content.decode()
    assert "平台推断" in text
    assert "规则" in text


def test_a_firm_without_a_record_gets_one_and_reads_what_to_do(browse, firm_actor):
    assert "资质未知" in browse(firm_actor).get(PROFILE).content.decode()


def test_the_profile_is_kept(browse, firm_actor, firm, industries):
    answer = edit(browse(firm_actor), firm)
    assert answer.url == PROFILE
    firm.refresh_from_db()
    assert (firm.industry, firm.tech_fields, firm.taxpayer_rating) == ("C3921", ["materials"], "B")
    assert firm.founded_on == date(2020, 5, 1)


def test_a_division_alone_is_enough(browse, firm_actor, firm, industries):
    edit(browse(firm_actor), firm, class_code="")
    firm.refresh_from_db()
    assert firm.industry == "C39"


def test_a_day_that_has_not_come_is_refused_beside_its_field(browse, firm_actor, firm, industries):
    refused = edit(browse(firm_actor), firm, founded_on="2099-01-01")
    assert refused.status_code == 422
    assert refused.context["form"].errors["founded_on"]


def test_without_proved_authority_nothing_is_changed(browse, industries):
    actor = make_actor()
    firm = FirmFactory(organization=actor.organization)
    assert edit(browse(actor), firm).status_code == 422
    firm.refresh_from_db()
    assert firm.industry == ""


def test_a_section_offers_its_divisions_and_a_division_its_classes(
    browse, firm_actor, firm, industries
):
    IndustryFactory(code="A", level="section", name="农业")
    client = browse(firm_actor)
    address = reverse("portal:firm_profile_cascade")
    text = client.get(address, {"section": "C", "division": "C39"}).content.decode()
    assert "计算机制造" in text
    assert "通信设备" in text
    other = client.get(address, {"section": "A", "division": "C39"}).content.decode()
    assert "通信设备" not in other


def test_a_city_offers_its_counties_until_the_region_is_settled(browse, db):
    actor = make_actor(proved=True, organization__region=None)
    city = RegionFactory(code="220100", level="city", name="长春市")
    RegionFactory(code="220102", level="county", name="南关区", parent=city)
    client = browse(actor)
    text = client.get(reverse("portal:firm_profile_cascade"), {"city": "220100"}).content.decode()
    assert "南关区" in text
    firm = actor.organization.firm
    edit(client, firm, city="220100", county="220102", section="", division="", class_code="")
    actor.organization.refresh_from_db()
    assert actor.organization.region_id == "220102"


def test_having_none_is_a_statement_that_can_be_taken_back(browse, firm_actor, industries):
    firm = FirmFactory(organization=firm_actor.organization)
    client = browse(firm_actor)
    edit(client, firm, no_qualifications="on")
    firm.refresh_from_db()
    assert firm.qualifications_known
    assert "没有任何资质" in client.get(PROFILE).content.decode()
    edit(client, firm)
    firm.refresh_from_db()
    assert not firm.qualifications_known


def test_whoever_has_qualifications_is_not_asked_whether_there_are_none(
    browse, firm_actor, firm, industries
):
    firm.qualifications.create(code="high_tech", source="declared", recorded_at=timezone.now())
    client = browse(firm_actor)
    form = client.get(reverse("portal:firm_profile_edit")).content.decode()
    assert "没有任何资质" not in form
    edit(client, firm)
    firm.refresh_from_db()
    assert firm.qualifications_known


def test_without_scripts_a_button_narrows_the_choices(browse, firm_actor, firm, industries):
    answer = edit(browse(firm_actor), firm, narrow="1")
    assert answer.status_code == 200
    assert "通信设备" in answer.content.decode()


def test_figures_of_a_year_are_recorded_in_yuan_and_fractions(browse, firm_actor, firm):
    values = {"fiscal_year": "2025", "audited": "on", "revenue_yuan": "1200", "rd_ratio": "6.5"}
    browse(firm_actor).post(reverse("portal:firm_profile_year"), values)
    kept = {fact.field: fact for fact in firm.facts.all()}
    assert kept["revenue_yuan"].value == 12_000_000
    assert float(kept["rd_ratio"].value) == 0.065
    assert kept["revenue_yuan"].audited


def test_a_loss_is_a_figure_too(browse, firm_actor, firm):
    browse(firm_actor).post(
        reverse("portal:firm_profile_year"), {"fiscal_year": "2025", "net_profit_yuan": "-30"}
    )
    assert firm.facts.get().value == -300_000


def test_an_impossible_figure_is_named(browse, firm_actor, firm):
    refused = browse(firm_actor).post(
        reverse("portal:firm_profile_year"), {"fiscal_year": "2025", "debt_ratio": "5000"}
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors["debt_ratio"]


def test_figures_of_a_day_are_recorded_once_for_two_presses(browse, firm_actor, firm):
    client = browse(firm_actor)
    for _ in range(2):
        client.post(
            reverse("portal:firm_profile_counts"),
            {"as_of": "2026-06-30", "employees": "42", "press": "once"},
        )
    assert firm.facts.get().value == 42


def test_a_qualification_is_recorded_and_its_end_tells(browse, firm_actor, firm):
    client = browse(firm_actor)
    client.post(
        reverse("portal:firm_profile_qualification"),
        {"code": "high_tech", "valid_from": "2020-01-01", "valid_until": "2023-01-01"},
    )
    text = client.get(PROFILE).content.decode()
    assert "高新技术企业" in text
    assert "已过期" in text


def test_an_empty_period_is_refused_beside_its_field(browse, firm_actor, firm):
    refused = browse(firm_actor).post(
        reverse("portal:firm_profile_qualification"),
        {"code": "high_tech", "valid_from": "2023-01-01", "valid_until": "2020-01-01"},
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors["valid_until"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("firm_profile_speak", "consented_at"), ("firm_profile_share", "progress_shared_at")],
)
def test_the_firm_gives_its_incubator_a_leave_and_takes_it_back(
    browse, firm_actor, firm, name, kept
):
    stay = TenancyFactory(firm=firm)
    client = browse(firm_actor)
    address = reverse(f"portal:{name}", args=[stay.public_id])
    client.post(address, {"give": "yes"})
    stay.refresh_from_db()
    assert getattr(stay, kept) is not None
    client.post(address, {"give": "no"})
    stay.refresh_from_db()
    assert getattr(stay, kept) is None


def test_a_stranger_gives_no_leave(browse, stranger_actor, firm):
    stay = TenancyFactory(firm=firm)
    address = reverse("portal:firm_profile_speak", args=[stay.public_id])
    assert browse(stranger_actor).post(address, {"give": "yes"}).status_code == 404
