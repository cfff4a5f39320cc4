"""The workbook that outcomes from before the platform are filled into."""

from pathlib import Path
from tempfile import TemporaryDirectory

from backend.exchange.past_results_file import COLUMNS, RESULTS
from backend.exchange.tables import Column
from matching.exchange.records.kinds import Choice
from matching.exchange.workbook.styles import new_workbook, write_row
from matching.vocabulary import STAGES

SHEET_NAME = "历史结果"
_NOTES_NAME = "填写说明"
_WIDTH = 16
_LAST_ROW = 20_000
_NOTES = {
    "need_code": ("N2023-001", "同一需求与几家机构对接过就写几行，编号相同；本来源内唯一。"),
    "firm": (
        "F0001",
        (
            "只用来区分企业：自编代号，或统一社会信用代码。代号加密后存储，平台不保存原文；"
            "填信用代码可与平台上的同一企业对上。请勿填写企业名称。"
        ),
    ),
    "ranked_on": ("2023-03-01", "向机构推送或介绍的日期，不晚于今天。"),
    "stage": ("成长期", f"当时的阶段：{'、'.join(STAGES.values())}；不清楚就留空。"),
    "industry": ("C3976", "GB/T 4754-2017 代码；不清楚就留空。"),
    "region": ("220102", "GB/T 2260 代码或全称；不清楚就留空。"),
    "amount_yuan": ("500", "申请的金额（不是批准的金额），单位万元；不清楚就留空。"),
    "product": ("", "平台产品目录中的产品代码，须为发布过的产品。"),
    "result": ("获得融资", f"{'、'.join(RESULTS.values())}。办理中的不要填。"),
    "known_on": ("2023-05-20", "放款、回绝或期满未答复的日期，不早于对接日期，不晚于今天。"),
    "position": ("1", "当时在推荐中的名次，从 1 开始；没有记录就留空。"),
}


def write_template() -> bytes:
    """Return the empty workbook: a sheet to fill in, and one with notes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        with new_workbook(path) as (workbook, styles):
            page = workbook.add_worksheet(SHEET_NAME)
            page.set_column(0, len(COLUMNS) - 1, _WIDTH, styles.text)
            for place, column in enumerate(COLUMNS):
                style = styles.required if column.is_required else styles.header
                page.write_string(0, place, column.header, style)
                page.data_validation(1, place, _LAST_ROW, place, _rule(column))
            page.freeze_panes(1, 0)
            notes = workbook.add_worksheet(_NOTES_NAME)
            notes.set_column(0, 0, 22)
            notes.set_column(1, 1, 10)
            notes.set_column(2, 2, 16)
            notes.set_column(3, 3, 80, styles.wrapped)
            write_row(notes, 0, ["列", "是否必填", "示例", "怎样填"], styles, styles.header)
            for row, column in enumerate(COLUMNS, start=1):
                example, text = _NOTES[column.name]
                need = "必填" if column.is_required else "可空"
                write_row(notes, row, [column.header, need, example, text], styles, styles.wrapped)
        return path.read_bytes()


def _rule(column: Column) -> dict[str, object]:
    rule: dict[str, object] = {
        "validate": "any",
        "input_title": column.header,
        "input_message": _NOTES[column.name][1][:255],
    }
    if isinstance(column.kind, Choice):
        rule |= {"validate": "list", "source": list(column.kind.labels.values())}
    return rule
