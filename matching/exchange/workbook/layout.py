"""How the workbook guides the people who fill it in: notes, drop-downs, instructions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from matching.exchange.json_file import FORMAT
from matching.exchange.records.compounds import CodeList, Qualifications, Terms, Undisclosed
from matching.exchange.records.fields import Field
from matching.exchange.records.kinds import (
    UNIT_LABELS,
    Choice,
    Day,
    Flag,
    Fraction,
    Identifier,
    Industry,
    Kind,
    Points,
    Region,
    Text,
    Uscc,
    Whole,
)
from matching.exchange.workbook.sheets_in import AS_OF_LABEL, CHOICES_SHEET, FORMAT_LABEL
from matching.exchange.workbook.styles import Styles
from matching.exchange.workbook.term_text import SYNTAX
from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    FINANCING_TYPES,
    INSTITUTION_KINDS,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TAXPAYER_RATINGS,
    TECH_FIELDS,
)

_LAST_INPUT_ROW: Final = 2_000  # how far down the drop-downs reach

_CHOICES: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("机构类型", INSTITUTION_KINDS),
    ("融资方式", FINANCING_TYPES),
    ("企业阶段", STAGES),
    ("担保方式", COLLATERAL),
    ("资质", QUALIFICATIONS),
    ("资金用途", PURPOSES),
    ("技术领域", TECH_FIELDS),
    ("纳税信用等级", TAXPAYER_RATINGS),
    ("条件", CRITERIA),
)

_GUIDE: Final = (
    "红色表头为必填；其余不掌握的留空，表示“未知”。确实没有的列表项填“无”。",
    "金额单位为万元，比率和利率单位为 %，期限和成立时间单位为月；是/否 项填 是 或 否。",
    "一格填多项时用顿号“、”隔开；可选的内容见工作表“选项”，写中文名称或代码均可。",
    "机构有条件但未对外公布的，在该条件的格内填“未公布”，或在“未公布的条件”列中列出。",
    "各表第 1 行为表头；以【说明】【示例】开头的行不作为数据读取，可以删去。",
    "删去示例行首格中的“【示例】”，该行即作为一行数据读取。",
    "请勿合并单元格，勿改工作表名称和表头。",
    "“截至日期”是计算所依据的日期；也可以在命令中用 --as-of 指定。",
)

# A spreadsheet would spoil what is typed there: 3.85% becomes 0.0385, long codes numbers.
_TYPED_AS_TEXT: Final = (Identifier, Uscc, Region, Industry, Fraction)

_NOTES: Final[Mapping[type, str]] = {
    Identifier: "本工作簿中已有的代码",
    Uscc: "18 位，校验码须正确",
    Region: "全称或 6 位代码",
    Industry: "GB/T 4754-2017 代码，如 C3976",
    Choice: "从下拉中选择一项",
    Flag: "是 或 否",
    Day: "如 2026-11-23",
    Qualifications: "见“选项”，可附有效期，如 高新技术企业(2024-11-01~2027-11-01)",
    Undisclosed: "见“选项”中的条件",
    Terms: SYNTAX,
}


def note(field: Field) -> str:
    """Return what to fill into a field, in a few words."""
    own_code = isinstance(field.kind, Identifier) and field.name == "code"
    text = "代码，表内不重复" if own_code else _note_of_kind(field.kind)
    return ("必填；" if field.required else "") + text


def _note_of_kind(kind: Kind) -> str:
    match kind:
        case CodeList(item=Choice()):
            text = "可多项，用顿号隔开，见“选项”"
        case CodeList():
            text = f"可多项，用顿号隔开；{_note_of_kind(kind.item)}"
        case Whole():
            text = "万元，如 300.5" if kind.unit == "yuan" else f"整数（{UNIT_LABELS[kind.unit]}）"
        case Fraction():
            text = f"%，如 {kind.example * 100:g}"
        case Points():
            text = f"0 到 {kind.maximum:g}"
        case Text():
            text = f"不超过 {kind.limit} 字"
        case _:
            text = _NOTES[type(kind)]
    return text


def lay_out_column(sheet: Worksheet, column: int, field: Field, styles: Styles) -> None:
    """Set the width of a column, how typed values are taken, and its drop-down."""
    style = styles.text if isinstance(field.kind, _TYPED_AS_TEXT) else None
    sheet.set_column(column, column, max(18, min(2 * len(field.header) + 4, 30)), style)
    rules: dict[str, Any] | None = None
    if isinstance(field.kind, Choice):
        rules = {"validate": "list", "source": _choice_source(field.kind), "error_type": "warning"}
    elif isinstance(field.kind, Flag):
        rules = {"validate": "list", "source": ["是", "否"]}
    if rules is not None:
        sheet.data_validation(1, column, _LAST_INPUT_ROW, column, rules)


def _choice_source(kind: Choice) -> str:
    """Return the cells of the sheet of choices that hold the labels of a vocabulary."""
    column = next(2 * at for at, (_, labels) in enumerate(_CHOICES) if labels is kind.labels)
    return f"='{CHOICES_SHEET}'!{xl_range_abs(1, column, len(kind.labels), column)}"


def write_choices(sheet: Worksheet, styles: Styles) -> None:
    """Write every vocabulary as two columns, label and code."""
    sheet.freeze_panes(1, 0)
    for at, (title, _) in enumerate(_CHOICES):
        sheet.set_column(2 * at, 2 * at, 24)
        sheet.set_column(2 * at + 1, 2 * at + 1, 20)
        sheet.write_string(0, 2 * at, title, styles.header)
        sheet.write_string(0, 2 * at + 1, "代码", styles.header)
    for row in range(max(len(labels) for _, labels in _CHOICES)):
        for at, (_, labels) in enumerate(_CHOICES):
            if row < len(labels):
                code, label = list(labels.items())[row]
                sheet.write_string(row + 1, 2 * at, label)
                sheet.write_string(row + 1, 2 * at + 1, code)


def write_guide(sheet: Worksheet, styles: Styles, *, as_of: date | None) -> None:
    """Write the format line, the date that everything is computed for, and the instructions."""
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, FORMAT_LABEL, styles.header)
    sheet.write_string(0, 1, FORMAT)
    sheet.write_string(1, 0, AS_OF_LABEL, styles.header)
    if as_of is None:
        sheet.write_blank(1, 1, None, styles.day)
    else:
        sheet.write_string(1, 1, as_of.isoformat())
    for number, text in enumerate(_GUIDE, start=1):
        sheet.write_number(number + 2, 0, number)
        sheet.write_string(number + 2, 1, text, styles.wrapped)
