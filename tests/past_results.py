"""Tables of outcomes from before the platform, as a department would fill them in."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

HEADER = [
    "需求编号",
    "企业标识",
    "对接日期",
    "企业阶段",
    "行业代码",
    "所在地区",
    "融资金额（万元）",
    "产品代码",
    "结果",
    "得知结果日期",
    "展示名次",
]
DAY = date(2024, 3, 1)


def make_row(number: int, product: str, result: str = "获得融资", **cells: object) -> list[object]:
    """Return one row; ``cells`` replaces by header."""
    day = DAY + timedelta(days=number)
    row = [
        f"N{number:05d}",
        f"F{number:05d}",
        day,
        "成长期",
        "C3976",
        "220102",
        500,
        product,
        result,
        day + timedelta(days=5),
        1,
    ]
    for header, value in cells.items():
        row[HEADER.index(header)] = value
    return row


def make_csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> bytes:
    """Return rows as a spreadsheet program writes them."""
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def tomorrow() -> date:
    """Return a day that has not come anywhere."""
    return timezone.localdate() + timedelta(days=2)
