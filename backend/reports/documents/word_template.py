"""The Word template that comes with the platform, built here so that it can be reviewed.

Page, fonts and spacing follow GB/T 9704-2012 (党政机关公文格式): A4, title 小标宋 22 pt, text 仿宋
16 pt with 28 pt lines, headings 黑体. Staff may edit a copy in Word: see `KERONG_REPORT_TEMPLATE`.
"""

from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_SONG, _FANG, _HEI, _KAI = "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_TITLE_FONT: Final = "方正小标宋简体"
_TEXT_SIZE: Final = Pt(16)
# Header, tag of docxtpl, width in mm.
COLUMNS: Final = (
    ("序号", "{{ line.number }}", 12),
    ("指标", "{{ line.label }}", 46),
    ("数值", "{{ line.value }}", 34),
    ("单位", "{{ line.unit }}", 16),
    ("上年同期", "{{ line.before }}", 32),
    ("来源", "{{ line.source }}", 22),
    ("口径与依据", "{{ line.basis }}", 67),
    ("日期", "{{ line.day }}", 24),
)


def build_template() -> bytes:
    """Return the template as a file of Word."""
    document = Document()
    _set_styles(document)
    _set_page(document.sections[0])
    document.add_paragraph("{{ title }}", style="Report Title")
    document.add_paragraph("（{{ period }}）", style="Report Subtitle")
    document.add_paragraph("{{ span }}", style="Report Span")
    for text, style in (
        ("{%p for heading, paragraphs in sections %}", "Report Text"),
        ("{{ heading }}", "Report Heading"),
        ("{%p for text in paragraphs %}", "Report Text"),
        ("{{ text }}", "Report Text"),
        ("{%p endfor %}", "Report Text"),
        ("{%p endfor %}", "Report Text"),
        ("", "Report Text"),
        ("{{ department }}", "Report Signature"),
        ("{{ signed_on }}", "Report Signature"),
    ):
        document.add_paragraph(text, style=style)
    _add_appendix(document)
    _add_page_numbers(document)
    data = BytesIO()
    document.save(data)
    return data.getvalue()


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _set_styles(document: Any) -> None:
    _set_font(document.styles["Normal"], _FANG, _TEXT_SIZE)
    title = _add_style(document, "Report Title", _TITLE_FONT, Pt(22))
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(34)
    subtitle = _add_style(document, "Report Subtitle", _KAI, _TEXT_SIZE)
    subtitle.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    span = _add_style(document, "Report Span", _KAI, Pt(12))
    span.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    span.paragraph_format.line_spacing = Pt(20)
    span.paragraph_format.space_after = Pt(20)
    text = _add_style(document, "Report Text", _FANG, _TEXT_SIZE)
    text.paragraph_format.first_line_indent = _TEXT_SIZE * 2
    text.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    heading = _add_style(document, "Report Heading", _HEI, _TEXT_SIZE)
    heading.paragraph_format.first_line_indent = _TEXT_SIZE * 2
    heading.paragraph_format.keep_with_next = True
    signature = _add_style(document, "Report Signature", _FANG, _TEXT_SIZE)
    signature.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    signature.paragraph_format.right_indent = _TEXT_SIZE * 4
    signature.paragraph_format.keep_together = True
    cell = _add_style(document, "Report Cell", _SONG, Pt(10.5))
    cell.paragraph_format.line_spacing = Pt(15)
    appendix = _add_style(document, "Report Appendix", _HEI, _TEXT_SIZE)
    appendix.paragraph_format.space_after = Pt(8)


def _add_style(document: Any, name: str, font: str, size: Pt) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    _set_font(style, font, size)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    form.space_before = form.space_after = Pt(0)
    return style


def _set_font(style: Any, font: str, size: Pt) -> None:
    """Set a font; Word keeps that of Chinese characters apart."""
    style.font.name, style.font.size = "Times New Roman", size
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _add_appendix(document: Any) -> None:
    """Add the table of figures on pages of its own, which lie on their side."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin = section.right_margin = Mm(22)
    document.add_paragraph("附表  指标明细", style="Report Appendix")
    table = document.add_table(rows=4, cols=len(COLUMNS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    rows = [
        [header for header, _, _ in COLUMNS],
        ["{%tr for line in lines %}"],
        [tag for _, tag, _ in COLUMNS],
        ["{%tr endfor %}"],
    ]
    # Word reads the cells' widths, other programs those of the columns.
    for column, (_, _, width) in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, (_, _, width) in zip(row.cells, COLUMNS, strict=True):
            cell.width = Mm(width)
        for cell, text in zip(row.cells, texts, strict=False):
            cell.paragraphs[0].text = text
            cell.paragraphs[0].style = "Report Cell"
    for index in (0, 2):
        _keep_whole(table.rows[index])
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].runs[0].bold = True
    for index in (2, 4):  # numbers stand under one another
        table.rows[2].cells[index].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _add_page_numbers(document: Any) -> None:
    """Write — 1 — at the foot; the second section goes on with the first one's."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (
        (None, "— "),
        ("begin", None),
        (None, " PAGE "),
        ("end", None),
        (None, " —"),
    ):
        run = paragraph.add_run()
        run.font.size = Pt(14)
        if kind is not None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif text == " PAGE ":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run._r.append(instruction)
        else:
            run.text = text
