"""A valid exchange object, and workbooks written cell by cell."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from matching.exchange.records.fields import SPECS

USCC = "91220101MA0DEMX01D"

_VALID: dict[str, Any] = {
    "format": "kerong/1",
    "as_of": "2026-11-23",
    "institutions": [
        {"code": "B1", "name": "总行", "kind": "bank"},
        {"code": "B2", "name": "分行", "kind": "bank", "parent": "B1", "capacity": 3},
    ],
    "products": [
        {
            "code": "P1",
            "institution": "B1",
            "name": "科创贷",
            "financing_type": "credit_loan",
            "stages": ["growth"],
            "amount_min_yuan": 500000,
            "amount_max_yuan": 5000000,
            "annual_rate_min": 0.0385,
            "terms": [{"field": "revenue_yuan", "op": ">=", "value": 1000000}],
            "undisclosed": ["term"],
        },
        {"code": "P2", "institution": "B2", "name": "变体", "financing_type": "leasing"},
    ],
    "firms": [
        {
            "uscc": USCC,
            "name": "演示科技",
            "region": "220102",
            "industry": "C3976",
            "founded_on": "2021-05-18",
            "qualifications": ["tech_sme", {"code": "high_tech", "valid_until": "2027-01-01"}],
            "fiscal_year": 2025,
        }
    ],
    "needs": [
        {
            "code": "N1",
            "firm": USCC,
            "amount_min_yuan": 1000000,
            "amount_max_yuan": 3000000,
            "preferred_institutions": ["B1"],
        }
    ],
}


@pytest.fixture
def valid() -> dict[str, Any]:
    """Return a small exchange object without fault, free to be changed."""
    return copy.deepcopy(_VALID)


Cells = Mapping[str, Sequence[Sequence[Any]]]


@pytest.fixture
def write_cells(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of workbooks: sheet name -> rows of cells, headers included."""

    def write(sheets: Cells, *, merge: Mapping[str, str] | None = None) -> Path:
        path = tmp_path / "input.xlsx"
        with xlsxwriter.Workbook(str(path)) as workbook:
            day = workbook.add_format({"num_format": "yyyy-mm-dd"})
            for name, rows in sheets.items():
                sheet = workbook.add_worksheet(name)
                for number, cells in enumerate(rows):
                    for column, cell in enumerate(cells):
                        style = day if hasattr(cell, "isoformat") else None
                        sheet.write(number, column, cell, style)
                if merge and name in merge:
                    sheet.merge_range(merge[name], "合并")
        return path

    return write


@pytest.fixture
def sheets() -> dict[str, list[list[Any]]]:
    """Return the cells of a small workbook without fault, free to be changed."""
    return {
        "机构": [["机构代码", "机构名称", "机构类型"], ["B1", "演示银行", "银行"]],
        "产品": [
            ["产品代码", "机构代码", "产品名称", "融资方式"],
            ["P1", "B1", "科创贷", "信用贷款"],
        ],
        "企业": [["统一社会信用代码", "企业名称"], [USCC, "演示科技"]],
        "需求": [["需求代码", "统一社会信用代码"], ["N1", USCC]],
    }


@pytest.fixture
def add_column() -> Callable[..., None]:
    """Return a helper that adds a header and the cell below it to the first data row."""

    def add(sheets: dict[str, list[list[Any]]], sheet: str, header: str, cell: Any) -> None:
        assert any(header in spec.headers.values() for spec in SPECS if spec.sheet == sheet)
        sheets[sheet][0].append(header)
        sheets[sheet][1].append(cell)

    return add
