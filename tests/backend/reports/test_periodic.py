"""Monthly and annual reports: the figures are those of the rows, and a day's report stays."""

from collections.abc import Iterable
from datetime import date, timedelta
from io import BytesIO, StringIO

import docx
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone
from python_calamine import CalamineWorkbook

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.common.workdays import HOURS
from backend.firms.models import FirmQualification
from backend.needs.models import Need
from backend.organizations.enums import Role
from backend.partners.models import Agreement
from backend.partners.services import change_agreement
from backend.referrals.enums import Step
from backend.referrals.models import Drawdown, Referral, ReferralStep, Sheet
from backend.reports.documents.content import figure_lines
from backend.reports.documents.files import DocumentKind, write_file
from backend.reports.documents.word_template import build_template
from backend.reports.groups import TECH_QUALIFICATIONS
from backend.reports.periodic import Report, ReportKind, draw_report, report_scope
from tests.backend.reports.conftest import noon
from tests.factories.catalogue import PolicyFactory
from tests.factories.filings import AggregateFactory, IndicatorFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import MatterFactory

IN_WORDS = {"activities", "projects", "intents", "investments"}


def draw(actor, kind=ReportKind.ANNUAL, **asked) -> Report:
    return draw_report(scope=report_scope(actor=actor, kind=kind, **asked), kind=kind)


def said(report: Report) -> list[str]:
    return [text.text for section in report.sections for text in section.paragraphs]


def in_days(day: date | None, start: date, end: date) -> bool:
    return day is not None and start <= day < end


def count_by_hand(start: date, end: date) -> dict[str, int]:
    """Count over the rows with plain loops, as somebody would who distrusts the report."""
    local = timezone.localdate
    known = Q(recorded_at__lt=HOURS.end_of(local()))
    needs = [n for n in Need.objects.all() if in_days(local(n.submitted_at), start, end)]
    sent = [r for r in Referral.objects.all() if in_days(local(r.sent_at), start, end)]
    drawn = [
        d
        for d in Drawdown.objects.filter(known).select_related("referral__need")
        if in_days(d.drawn_on, start, end) and stands(d)
    ]
    funded = funded_in(start, end)
    tech = {
        q.firm_id
        for q in FirmQualification.objects.filter(code__in=TECH_QUALIFICATIONS)
        if q.valid_until is None or q.valid_until > local()
    }
    return {
        "posted_needs": len(needs),
        "posted_firms": len({n.firm_id for n in needs}),
        "referred_times": len(sent),
        "referred_firms": len({r.need.firm_id for r in sent}),
        "referred_needs": len({r.need_id for r in sent}),
        "referred_ever": sum(local(r.sent_at) < end for r in Referral.objects.all()),
        "acknowledged_times": sum(in_days(d, start, end) for d in first_steps()),
        "drawdowns": len(drawn),
        "disbursed_amount": sum(d.amount_yuan for d in drawn),
        "disbursed_firms": len(funded),
        "tech_disbursed_firms": len(funded & tech),
        "tech_disbursed_amount": sum(
            d.amount_yuan for d in drawn if d.referral.need.firm_id in tech
        ),
        "agreements_live": sum(a.valid_from < end for a in Agreement.objects.all()),
        "sheets_sent": sum(in_days(local(s.sent_at), start, end) for s in Sheet.objects.all()),
    }


def stands(drawdown: Drawdown) -> bool:
    """Tell whether a drawdown was not taken back until now; rows of tomorrow are in the table."""
    return drawdown.voided_at is None or drawdown.voided_at >= HOURS.end_of(timezone.localdate())


def funded_in(start: date, end: date) -> set[int]:
    """Return the firms whose referral first saw money in the days."""
    known = {"recorded_at__lt": HOURS.end_of(timezone.localdate())}
    found = set()
    for referral in Referral.objects.all():
        reported = Drawdown.objects.filter(referral=referral, **known)
        days = [one.drawn_on for one in reported if stands(one)]
        if not reported:
            steps = ReferralStep.objects.filter(referral=referral, step=Step.DRAWN, **known)
            days = [step.happened_on for step in steps]
        if days and in_days(min(days), start, end):
            found.add(referral.need.firm_id)
    return found


def first_steps() -> Iterable[date]:
    """Yield the day on which each referral was acknowledged: by the first step of its way."""
    way = {Step.ACKNOWLEDGED, Step.CONTACTED, Step.VISITED, Step.APPROVED, Step.DRAWN}
    until = HOURS.end_of(timezone.localdate())
    for referral in Referral.objects.all():
        steps = ReferralStep.objects.filter(referral=referral, recorded_at__lt=until)
        days = [step.happened_on for step in steps if step.step in way]
        if days:
            yield min(days)


@pytest.mark.parametrize("years_ago", [0, 1])
def test_the_figures_agree_with_a_count_over_the_rows(lively, years_ago):
    """Which shares no code with the report."""
    year = lively.today.year - years_ago
    report = draw(lively.officer, year=year)
    scope = report.scope
    found = {code: report.figures[code].value for code in count_by_hand(scope.start, scope.end)}
    assert found == count_by_hand(scope.start, scope.end)
    assert found["referred_ever"] > 0


def test_every_figure_in_the_text_says_basis_date_source_and_rows(lively):
    """And every number in the text is one of them; some zeros are told in words."""
    IndicatorFactory(department=lively.officer.organization, value=5312)
    AggregateFactory(signed=True, institution=lively.banks[0])
    report = draw(lively.officer)
    texts = "".join(said(report))
    for figure in report.figures.values():
        assert figure.text in texts or (figure.code in IN_WORDS and figure.value == 0), figure.code
        assert figure.basis
        assert figure.source.label
        assert figure.rows.startswith(("reports/", "aggregates/", "indicators/"))
        assert figure.day <= lively.today
    assert "5312户次" in texts


def test_last_months_report_says_the_same_after_new_rows_came(lively):
    """Drawn as of the same day; drawn today, it knows more."""
    officer, day = lively.officer, lively.today.replace(day=1) - timedelta(days=1)
    indicator = IndicatorFactory(
        department=officer.organization, covers_until=day, entered_at=noon(day)
    )
    Agreement.objects.update(created_at=noon(day - timedelta(days=40)))
    before = draw(officer, ReportKind.MONTHLY, as_of=day, year=day.year, month=day.month)
    referral = Referral.objects.first()
    lively.step(referral, Step.ACKNOWLEDGED, day, late=1 + (lively.today - day).days)
    lively.draw(referral, day, 7_777_777, late=(lively.today - day).days)
    MatterFactory(referral=referral)
    PolicyFactory()
    IndicatorFactory(
        department=officer.organization,
        covers_until=day,
        version=2,
        series=indicator.series,
        replaces=indicator,
        reason="更正",
        value=7_777,
    )
    AggregateFactory(signed=True, institution=lively.banks[0])
    agreement = Agreement.objects.first()
    change_agreement(
        actor=officer,
        agreement=agreement,
        changes={"signed_on": lively.today, "valid_from": lively.today},
        expected_revision=None,
    )
    after = draw(officer, ReportKind.MONTHLY, as_of=day, year=day.year, month=day.month)
    assert said(after) == said(before)
    assert figure_lines(after) == figure_lines(before)
    assert "7777" not in "".join(said(after))
    today = draw(officer, ReportKind.MONTHLY, year=day.year, month=day.month)
    assert said(today) != said(before)


def test_the_word_file_holds_the_text_and_the_table(lively):
    """Read back by another program's library."""
    IndicatorFactory(
        department=lively.officer.organization,
        name="<b>{{ title }}</b> {x} & {{{",
        source="=cmd|calc\x0b",
    )
    report = draw(lively.officer)
    found = docx.Document(BytesIO(write_file(report, DocumentKind.WORD).data))
    texts = [paragraph.text for paragraph in found.paragraphs]
    assert texts[0].replace("\n", "") == report.title
    for text in said(report):
        assert text.replace("\x0b", "") in texts
    assert not any("{%" in text for text in texts)
    assert any("<b>{{ title }}</b> {x} & {{{" in text for text in texts)
    (table,) = found.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert len(rows) == 1 + len(report.figures)
    lines = figure_lines(report)
    assert [row[1] for row in rows[1:]] == [line.label for line in lines]
    assert [row[2] for row in rows[1:]] == [line.value for line in lines]


def test_the_workbook_holds_the_figures_and_the_groups(lively):
    """Numbers as numbers, texts as texts."""
    IndicatorFactory(department=lively.officer.organization, name="=1+1", value=5312)
    report = draw(lively.officer)
    data = write_file(report, DocumentKind.EXCEL).data
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    figures = book.get_sheet_by_name("指标明细").to_python()
    assert [row[0] for row in figures[1:]] == [one.label for one in report.figures.values()]
    assert [row[1] for row in figures[1:]] == [one.value for one in report.figures.values()]
    assert ["=1+1", 5312] in [row[:2] for row in figures]
    months = book.get_sheet_by_name("按月份").to_python()
    column = months[1].index("已推送（户次）")
    assert months[2][column] == report.figures["referred_times"].value
    assert sum(row[column] for row in months[3:]) == months[2][column]
    banks = book.get_sheet_by_name("按机构").to_python()
    assert banks[3][banks[1].index("已发布（个）")] == "—"


def test_the_departments_own_template_is_used_and_a_broken_one_is_told(lively, settings, tmp_path):
    """Not a half-filled file."""
    own = docx.Document(BytesIO(build_template()))
    own.paragraphs[0].insert_paragraph_before("内部资料")
    settings.REPORT_TEMPLATE = str(tmp_path / "own.docx")
    own.save(settings.REPORT_TEMPLATE)
    report = draw(lively.officer)
    found = docx.Document(BytesIO(write_file(report, DocumentKind.WORD).data))
    texts = [one.text.replace("\n", "") for one in found.paragraphs[:2]]
    assert texts == ["内部资料", report.title]
    own.paragraphs[0].text = "{% for %}"
    own.save(settings.REPORT_TEMPLATE)
    with pytest.raises(StateConflict, match="模板"):
        write_file(report, DocumentKind.WORD)
    settings.REPORT_TEMPLATE = str(tmp_path / "none.docx")
    with pytest.raises(StateConflict, match="模板"):
        write_file(report, DocumentKind.WORD)


def test_the_same_report_takes_the_same_queries_whatever_its_size(lively, count_queries):
    """However many referrals stand behind it."""
    few = count_queries(lambda: draw(lively.officer))
    for _ in range(4):
        lively.add_need(lively.today - timedelta(days=30))
    lively.live(4)
    assert count_queries(lambda: draw(lively.officer)) == few


def test_a_bank_has_no_report_of_the_department(lively):
    """It reads its own figures."""
    actor = make_actor(organization=lively.banks[0], role=Role.INSTITUTION)
    with pytest.raises(NotPermitted):
        draw(actor)


@pytest.mark.parametrize(
    ("kind", "asked", "field"),
    [
        (ReportKind.ANNUAL, {"year": 2999}, "year"),
        (ReportKind.ANNUAL, {"year": 1999}, "year"),
        (ReportKind.ANNUAL, {"month": 5}, "month"),
        (ReportKind.MONTHLY, {"month": 5}, "month"),
        (ReportKind.MONTHLY, {"year": 2024, "month": 13}, "month"),
    ],
)
def test_a_period_that_is_none_is_told(province, kind, asked, field):
    """By the name of the parameter."""
    with pytest.raises(InvalidInput) as refused:
        draw(province.officer, kind, **asked)
    assert refused.value.problems[0].field == field


def test_an_empty_province_has_a_report_of_zeros(province):
    """Nothing is left out and nothing fails."""
    report = draw(province.officer)
    assert report.figures["referred_times"].text == "0户次"
    assert write_file(report, DocumentKind.WORD).name.endswith(".docx")


def test_the_template_is_written_for_the_department_and_never_over_its_own(tmp_path):
    """Whoever edited a copy keeps it."""
    path = tmp_path / "report.docx"
    call_command("write_report_template", path, stdout=StringIO())
    assert "{{ title }}" in [one.text for one in docx.Document(str(path)).paragraphs]
    with pytest.raises(CommandError, match="无法写入"):
        call_command("write_report_template", path, stdout=StringIO())
