"""`reports/annual/`, `monthly/`, their files, `sources/`, `green-channel/` and `public/`."""

from io import BytesIO

import docx
import pytest
from django.core.cache import cache
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.factories.activities import ActivityFactory, ParticipationFactory
from tests.factories.filings import AggregateFactory, IndicatorFactory
from tests.factories.referrals import DrawdownFactory, ReferralFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/reports"


def get(client, path, status=200, **headers):
    response = client.get(f"{PATH}/{path}", **headers)
    assert response.status_code == status, response.content
    return response


def test_every_number_of_the_annual_report_leads_to_its_rows(department_client, department_actor):
    """Each address answers, and those of the funnel list as many rows as the number says."""
    DrawdownFactory(referral=ReferralFactory(funded=True))
    AggregateFactory(signed=True)
    ParticipationFactory(attended=True, activity=ActivityFactory(held=True))
    today = timezone.localdate()
    IndicatorFactory(department=department_actor.organization, covers_until=today, value=5312)
    answer = get(department_client, "annual/")
    assert '"value":5312,' in answer.content.decode()  # a whole number, without a point
    body = answer.json()
    figures = {figure["code"]: figure for figure in body["figures"]}
    for figure in figures.values():
        rows = department_client.get(f"/api/v1/{figure['rows']}")
        assert rows.status_code == 200, figure
        if figure["rows"].startswith("reports/mechanism/") or (
            figure["rows"].startswith("reports/activities/") and figure["unit"] != "元"
        ):
            assert rows.json()["count"] == figure["value"]
    assert (figures["activities"]["value"], figures["firm_attendances"]["value"]) == (1, 1)
    for code in ("referred_times", "posted_needs", "drawdowns"):
        rows = department_client.get(f"/api/v1/{figures[code]['rows']}").json()["results"]
        assert len(rows) == figures[code]["value"]
    told = {code for s in body["sections"] for p in s["paragraphs"] for code in p["figures"]}
    assert told == figures.keys()


def test_the_files_are_served_by_kind_and_opened_by_others(department_client):
    """With a name in plain letters, and kept by nobody on the way."""
    ReferralFactory()
    title = get(department_client, "monthly/").json()["title"]
    word = get(department_client, "monthly/document/?kind=docx")
    first = docx.Document(BytesIO(word.content)).paragraphs[0].text
    assert first.replace("\n", "") == title
    assert word.headers["Cache-Control"] == "no-store"
    assert word.headers["Content-Disposition"].endswith('.docx"')
    accept = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    excel = get(department_client, "annual/document/?kind=xlsx", headers={"accept": accept})
    book = CalamineWorkbook.from_filelike(BytesIO(excel.content))
    assert book.sheet_names[:2] == ["报告正文", "指标明细"]


@pytest.mark.parametrize(
    "path",
    [
        "annual/?year=abc",
        "annual/?year=2999",
        "annual/?year=0",
        "monthly/?year=2024&month=0",
        "annual/?month=5",
        "annual/?from=2026-01-01",
        "annual/?as_of=2999-01-01",
        "monthly/?as_of=0001-01-01",
        "monthly/?year=9999&month=12",
        "annual/?region=110000",
        "monthly/?month=5",
        "monthly/?year=2024&month=13",
        "annual/document/",
        "annual/document/?kind=pdf",
        "mechanism/rows/",
        "mechanism/rows/?figure=everything",
        "activities/rows/",
        "activities/rows/?figure=everything",
        "response/rows/?clock=contact&state=nowhere",
        "response/rows/?institution=x&state=overdue",
        "sources/?group_by=month",
        "public/?region=220100",
    ],
)
def test_what_cannot_be_drawn_is_told(department_client, path):
    """By the parameter's name, in Chinese."""
    assert get(department_client, path, 400).json()["errors"]


def test_a_bank_has_sources_and_green_channel_but_no_report(bank_client):
    """The reports are the department's."""
    get(bank_client, "sources/")
    get(bank_client, "green-channel/")
    for path in ("annual/", "monthly/", "annual/document/?kind=docx"):
        get(bank_client, path, 403)
    for path in ("mechanism/rows/", "activities/rows/"):
        get(bank_client, path, 403)


def test_everybody_reads_the_public_sums_without_signing_in(anonymous_client):
    """Nothing can be narrowed down, and few enough firms are no figure."""
    cache.clear()
    ReferralFactory()
    answer = get(anonymous_client, "public/")
    body = answer.json()
    assert "max-age" in answer.headers["Cache-Control"]
    assert body["least"] == 5
    assert all(figure["sums"] is None for figure in body["figures"])
    cache.clear()


def test_public_sums_are_computed_once_and_asked_for_often(anonymous_client, count_queries):
    """A second caller costs the database nothing."""
    cache.clear()
    get(anonymous_client, "public/")
    assert count_queries(lambda: get(anonymous_client, "public/")) == 0
    cache.clear()
