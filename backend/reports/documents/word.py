"""A report as a Word file, from the department's template or the one that comes along."""

from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path

from django.conf import settings
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from backend.common.errors import StateConflict
from backend.reports.documents.content import clean, figure_lines, headings, span
from backend.reports.documents.word_template import build_template
from backend.reports.periodic import TITLE_BREAK, Report
from backend.reports.wording import say_day


def write_word(report: Report) -> bytes:
    """Return the file.

    Raises `StateConflict` when the department's own template cannot be read or filled in.
    """
    context = {
        # Two lines of about one length; a single one would leave a lone character behind.
        "title": clean(report.title).replace(TITLE_BREAK, f"{TITLE_BREAK}\n"),
        "period": report.period,
        "span": span(report),
        "department": clean(report.department),
        "signed_on": say_day(report.scope.as_of),
        "region": report.region_name,
        "sections": headings(report),
        "lines": figure_lines(report),
    }
    own = settings.REPORT_TEMPLATE
    try:
        data = Path(own).read_bytes() if own else build_template()
        template = DocxTemplate(BytesIO(data))
        # Names of firms and papers are text, whatever signs they hold.
        template.render(context, SandboxedEnvironment(autoescape=True), autoescape=True)
    except (OSError, ValueError, KeyError, TemplateError) as error:
        if not own:
            raise
        raise StateConflict(
            "template_unusable",
            f"报告模板不可用（{type(error).__name__}）；"
            "请用 write_report_template 重新生成后再修改。",
        ) from error
    properties = template.docx.core_properties
    drawn = datetime.combine(report.scope.as_of, time(0), tzinfo=UTC)
    properties.created = properties.modified = drawn
    properties.author, properties.title = clean(report.department), clean(report.title)
    result = BytesIO()
    template.save(result)
    return result.getvalue()
