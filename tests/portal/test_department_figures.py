"""Dashboard, reports and coverage: every number leads to its rows, every file opens."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.activities import ActivityFactory, ParticipationFactory
from tests.factories.catalogue import ProductFactory
from tests.factories.needs import NeedFactory
from tests.factories.referrals import ReferralFactory

FIGURES = reverse("portal:department_figures")
DRAWN = reverse("portal:department_reports_drawn")
RANKING = reverse("portal:department_figures_ranking")
REPORTS = reverse("portal:department_reports")


@pytest.fixture
def needs(db):
    return NeedFactory.create_batch(3, open=True)


def test_the_funnel_counts_and_each_stage_leads_to_so_many_rows(browse, department_actor, needs):
    ReferralFactory()
    client = browse(department_actor)
    bars = client.get(FIGURES).context["bars"]
    assert bars[0].counts["needs"] == 4
    assert any(bar.label == "已推送" and bar.counts["referrals"] == 1 for bar in bars)
    for place, bar in enumerate(bars):
        found = client.get(bar.href).context["page"].paginator.count
        assert found == bar.counts["needs" if place < 3 else "referrals"], bar.label
        assert client.get(bar.href_before).context["page"].paginator.count == 0


def test_as_of_a_day_before_nothing_had_been_recorded(browse, department_actor, needs):
    yesterday = timezone.localdate() - timedelta(days=1)
    bars = browse(department_actor).get(FIGURES, {"as_of": yesterday}).context["bars"]
    assert {bar.counts["needs"] for bar in bars} == {0}


def test_a_period_that_cannot_be_is_refused_with_the_reason(browse, department_actor):
    answer = browse(department_actor).get(FIGURES, {"start": "2026-05-01", "last": "2026-01-01"})
    assert answer.status_code == 422
    assert "止日应晚于起日" in answer.content.decode()


def test_a_region_outside_names_its_field(browse, department_actor):
    answer = browse(department_actor).get(FIGURES, {"region": "110000"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["region"]


def test_groups_lead_to_their_rows(browse, department_actor, needs):
    client = browse(department_actor)
    (group,) = client.get(FIGURES, {"group": "city"}).context["groups"]
    label, number, href = group["stages"][0]
    assert (label, number) == ("已发布", 3)
    assert client.get(href).context["page"].paginator.count == 3


def test_institutions_are_ranked_and_lead_to_their_referrals(browse, department_actor):
    referral = ReferralFactory()
    client = browse(department_actor)
    (row,) = client.get(RANKING).context["response"]
    assert row["name"] == referral.institution.name
    assert referral.need.code in client.get(row["href"]).content.decode()


def test_each_number_of_the_ranking_leads_to_so_many_rows(browse, department_actor):
    ReferralFactory.create_batch(2)
    client = browse(department_actor)
    for row in client.get(RANKING).context["response"]:
        assert client.get(row["href"]).context["page"].paginator.count == row["referrals"]
        for label, number, href in row["cells"]:
            if number is not None:
                assert client.get(href).context["page"].paginator.count == number, label


def test_the_trend_names_each_month_and_leads_to_its_rows(browse, department_actor, needs):
    client = browse(department_actor)
    today = timezone.localdate()
    year_ago = today.replace(year=today.year - 1, day=1)
    trend = client.get(FIGURES, {"start": year_ago.isoformat()}).context["trend"]
    assert len(trend.months) == 13
    label, number, href = trend.months[-1].numbers[0]
    assert (label, number) == ("已发布", 3)
    assert client.get(href).context["page"].paginator.count == 3
    assert trend.months[0].numbers[0][1] == 0


def test_one_month_alone_makes_no_line(browse, department_actor, needs):
    first = timezone.localdate().replace(day=1).isoformat()
    assert browse(department_actor).get(FIGURES, {"start": first}).context["trend"] is None


def test_an_unknown_figure_is_not_found(browse, department_actor):
    client = browse(department_actor)
    assert client.get(reverse("portal:department_figures_rows"), {"cell": "x"}).status_code == 404
    response = reverse("portal:department_figures_response")
    assert client.get(response, {"clock": "x"}).status_code == 404
    assert client.get(response).status_code == 200


@pytest.mark.parametrize("kind", ["annual", "monthly"])
def test_a_report_is_read_and_fetched_as_word_and_excel(browse, department_actor, needs, kind):
    client = browse(department_actor)
    today = timezone.localdate()
    asked = {"kind": kind, "year": today.year}
    if kind == "monthly":
        asked["month"] = today.month
    assert "正在汇总" in client.get(REPORTS, asked).content.decode()
    text = client.get(DRAWN, asked).content.decode()
    assert "信息共享机制运行情况" in text
    assert "平台逐笔记录" in text
    for file in ("docx", "xlsx"):
        answer = client.get(reverse("portal:department_reports_file"), asked | {"file": file})
        assert answer.content[:2] == b"PK"
        assert f".{file}" in answer["Content-Disposition"]


def test_the_figures_of_the_funnel_in_a_report_lead_to_their_rows(browse, department_actor, needs):
    client = browse(department_actor)
    figures = client.get(DRAWN).context["figures"]
    linked = {figure.code: (figure, rows) for figure, rows in figures if rows}
    assert linked
    for figure, rows in linked.values():
        found = client.get(rows)
        assert found.status_code == 200, figure.code
        if figure.unit == "个" or "mechanism" in rows:
            assert found.context["page"].paginator.count == figure.value, figure.code


def test_the_figures_on_activities_in_a_report_lead_to_their_rows(browse, department_actor):
    ParticipationFactory.create_batch(2, attended=True, activity=ActivityFactory(held=True))
    client = browse(department_actor)
    linked = {figure.code: rows for figure, rows in client.get(DRAWN).context["figures"]}
    for code, number in (("activities", 1), ("firm_attendances", 2), ("held_roadshow", 1)):
        found = client.get(linked[code])
        assert found.context["page"].paginator.count == number, code
    assert "演示路演" in found.content.decode()


def test_a_year_to_come_names_its_field(browse, department_actor):
    answer = browse(department_actor).get(REPORTS, {"year": 2090})
    assert answer.status_code == 422
    assert answer.context["form"].errors["year"]


def test_nonsense_instead_of_a_report_is_not_found(browse, department_actor):
    client = browse(department_actor)
    assert client.get(REPORTS, {"kind": "x"}).status_code == 404
    file = reverse("portal:department_reports_file")
    assert client.get(file, {"kind": "annual", "file": "exe"}).status_code == 404


def test_the_map_shows_needs_by_county_and_where_products_lack(browse, department_actor, needs):
    answer = browse(department_actor).get(reverse("portal:department_coverage"))
    (city,) = answer.context["cities"]
    assert city["needs"] == 3
    assert city["unserved"] == 3
    assert "3 项无产品" in answer.content.decode()


def test_where_a_product_serves_all_there_is_no_gap(browse, department_actor, needs):
    ProductFactory()
    answer = browse(department_actor).get(reverse("portal:department_coverage"))
    assert answer.context["cities"][0]["unserved"] == 0
    assert "没有缺口" in answer.content.decode()


def test_a_tile_becomes_a_brief_without_a_firms_name(browse, department_actor, needs):
    client = browse(department_actor)
    (city,) = client.get(reverse("portal:department_coverage")).context["cities"]
    brief = reverse("portal:department_coverage_brief")
    for code in (city["code"], city["counties"][0]["code"], "220000"):
        answer = client.get(brief, {"region": code})
        text = answer.content.decode()
        assert answer.context["demand"].needs == 3
        assert "信用贷款" in text
        assert "3 项" in text
        assert all(need.firm.organization.name not in text for need in needs)
    assert client.get(brief, {"region": "110000"}).status_code == 404
    assert client.get(brief).context["region"] == "220000"
    queue = client.get(reverse("portal:department_needs"), {"show": "open", "region": city["code"]})
    assert queue.context["page"].paginator.count == 3


def test_others_find_no_figures_of_the_department(browse, bank_actor, auditor_actor):
    for actor in (bank_actor, auditor_actor):
        client = browse(actor)
        for name in ("figures", "reports", "coverage"):
            assert client.get(reverse(f"portal:department_{name}")).status_code == 404
