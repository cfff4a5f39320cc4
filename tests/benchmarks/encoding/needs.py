"""The needs' side of the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matching.eligibility.columns import ClassColumn, NeedColumns
from matching.vocabulary import FINANCING_TYPES, QUALIFICATIONS, STAGES
from tests.benchmarks.encoding.masks import (
    BIT,
    CODED_TERMS,
    INTERVALS,
    LIST_CRITERIA,
    NUMERIC_TERMS,
    Column,
    any_bit,
    mask,
    open_mask,
)

_WORD_BITS = 64


def need_columns(columns: NeedColumns, institutions: dict[str, int]) -> dict[str, Column]:
    """Lay needs out; ``waits`` holds the bits of what each leaves open."""
    waits = np.full(len(columns), BIT["undisclosed"], dtype=np.int64)
    return {
        **_types_and_stages(columns, waits),
        **_lists(columns, waits),
        **_places(columns, waits),
        **_intervals(columns, waits),
        **_figures(columns, waits),
        **_coded_fields(columns, waits),
        "excluded": _of_facts(
            columns.classes["excluded"], lambda codes: _only(codes, institutions), np.int32
        ),
        "waits": waits,
    }


def _of_facts(column: ClassColumn, value_of: Callable[[Any], int], dtype: Any) -> Column:
    """Give each need the value of its fact."""
    return np.array([value_of(fact) for fact in column.distinct], dtype=dtype)[column.of_need]


def _wait_where_null(column: ClassColumn, waits: Column, bit: int) -> None:
    waits |= _of_facts(column, lambda fact: bit * (fact is None), np.int64)


def _types_and_stages(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    types, stages = columns.classes["financing_type"], columns.classes["stage"]
    waits |= _of_facts(stages, _stage_waits, np.int64)
    every_type = mask(FINANCING_TYPES, FINANCING_TYPES)
    return {
        "types": _of_facts(
            types, lambda codes: mask(codes, FINANCING_TYPES) or every_type, np.uint16
        ),
        "stages": _of_facts(stages, _stages_accepted, np.uint8),
    }


def _stages_accepted(fact: tuple[str | None, bool, bool]) -> int:
    """Only a declared stage rules out."""
    stage, declared, _ = fact
    return mask((stage,), STAGES) | any_bit(STAGES) if declared else open_mask(STAGES)


def _stage_waits(fact: tuple[str | None, bool, bool]) -> int:
    stage, declared, _ = fact
    if declared:
        return 0
    return BIT["stage"] if stage is None else BIT[f"stage_other_than_{stage}"]


def _lists(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    lists = {}
    for name, (_, table) in LIST_CRITERIA.items():
        fact = "qualifications" if name == "qualifications_any" else name
        column = columns.classes[fact]
        # A need that does not say rules nothing out.
        lists[name] = _of_facts(
            column,
            lambda codes, table=table: (
                open_mask(table) if codes is None else mask(codes, table) | any_bit(table)
            ),
            np.uint32,
        )
        _wait_where_null(column, waits, BIT[name])
    held = columns.classes["qualifications"]
    _wait_where_null(held, waits, BIT["qualifications_all"])
    every = mask(QUALIFICATIONS, QUALIFICATIONS)
    lists["qualifications_missing"] = _of_facts(
        held,
        lambda codes: 0 if codes is None else every & ~mask(codes, QUALIFICATIONS),
        np.uint32,
    )
    return lists


def _places(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    """Give each distinct region and industry of the firms a bit of its own."""
    places = {}
    for name in ("region", "industry"):
        column = columns.classes[name]
        assert len(column.distinct) <= _WORD_BITS, f"{name}: more codes than bits"
        bits = [1 << number for number in range(len(column.distinct))]
        places[name] = np.array(bits, dtype=np.uint64)[column.of_need]
        _wait_where_null(column, waits, BIT[name])
    return places


def _intervals(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    """Lay out what is asked; one that is not known overlaps with every other."""
    ends = {}
    for name in INTERVALS:
        asked = columns.intervals[name]
        ends[f"{name}_low"] = np.where(asked.known, asked.low, -np.inf).astype(np.float64)
        ends[f"{name}_high"] = np.where(asked.known, asked.high, np.inf).astype(np.float64)
        waits[~asked.known] |= BIT[name]
    return ends


def _figures(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    """Lay the rate cap and the firm's figures out; what is not known meets every limit."""
    cap = columns.rate_cap
    figures = {"rate_cap": np.where(cap.known, cap.values, np.inf).astype(np.float64)}
    waits[cap.known] |= BIT["rate"]
    for field in NUMERIC_TERMS:
        figure: Any = columns.fields[field]
        for name, unknown in (("least", np.inf), ("most", -np.inf)):
            values = np.where(figure.known, figure.values, unknown)
            figures[f"{field}_{name}"] = values.astype(np.float64)
        waits[~figure.known] |= BIT[field]
    return figures


def _coded_fields(columns: NeedColumns, waits: Column) -> dict[str, Column]:
    fields = {}
    for field, table in CODED_TERMS.items():
        column: Any = columns.fields[field]
        fields[field] = _of_facts(
            column,
            lambda code, table=table: (
                open_mask(table) if code is None else mask((code,), table) | any_bit(table)
            ),
            np.uint8,
        )
        _wait_where_null(column, waits, BIT[field])
    return fields


def _only(codes: tuple[str, ...], numbers: dict[str, int]) -> int:
    assert len(codes) <= 1, "the columns hold one excluded institution"
    return numbers.get(codes[0], -1) if codes else -1
