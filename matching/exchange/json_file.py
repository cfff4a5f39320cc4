"""Reads the JSON form of an exchange file, guarded against what JSON can do to a program."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

from matching.exchange import limits
from matching.exchange.build import Document
from matching.exchange.faults import FaultLog, UnreadableError
from matching.exchange.records.compounds import DuplicateKeys, check_keys
from matching.exchange.records.fields import SPECS
from matching.exchange.records.kinds import Day
from matching.exchange.records.rows import RawRow

FORMAT: Final = "kerong/1"

_TOP_KEYS: Final = dict.fromkeys(["format", "as_of", *(spec.list_name for spec in SPECS)])
# A string, closed or running to the end of the data; possessive, so time stays linear.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def decode_json(data: bytes) -> object:
    """Decode JSON that is small, shallow and UTF-8; objects keep note of repeated keys.

    Raises
    ------
    UnreadableError
        When it is not.
    """
    if len(data) > limits.MAX_JSON_BYTES:
        limit = limits.MAX_JSON_BYTES // 1024**2
        text = f"不超过 {limit} MiB 的 JSON 文件；请分成几个文件"
        raise UnreadableError("file_too_large", text, value=f"{len(data)} 字节")
    if nesting_depth(data) > limits.MAX_JSON_DEPTH:
        text = f"嵌套不超过 {limits.MAX_JSON_DEPTH} 层的 JSON"
        raise UnreadableError("nested_too_deep", text)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"第 {error.start + 1} 字节起"
        raise UnreadableError("not_utf8", "UTF-8 编码的 JSON 文件", value=found) from error
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        found = f"第 {error.lineno} 行第 {error.colno} 列：{text[error.pos : error.pos + 20]}"
        expected = "完整、合乎语法的 JSON；文件可能被截断，请重新导出"
        raise UnreadableError("invalid_json", expected, value=found) from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise UnreadableError("invalid_json", "位数合理的数字") from error


def nesting_depth(data: bytes) -> int:
    """Return how deep brackets nest outside strings, whether or not the rest is JSON.

    Examples
    --------
    >>> nesting_depth(b'{"a": ["[[[["]}')
    2
    """
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    marked = DuplicateKeys(plain)
    counts = Counter(key for key, _ in pairs)
    marked.repeated = tuple(key for key, count in counts.items() if count > 1)
    return marked


def document_of_object(raw: object, log: FaultLog) -> Document:
    """Take a decoded exchange object apart into rows, reporting what is not of the format."""
    log.enter("file")
    if not isinstance(raw, dict):
        log.add("wrong_type", "一个 JSON 对象，含 format、as_of 和四个列表", raw)
        return Document(None, {})
    check_keys(raw, _TOP_KEYS, log)
    log.field = "format"
    if raw.get("format") != FORMAT:
        code = "missing" if raw.get("format") is None else "unknown_format"
        log.add(code, f'"{FORMAT}"', raw.get("format"))
    log.field = "as_of"
    as_of = None if raw.get("as_of") is None else Day().check(raw["as_of"], log)
    return Document(as_of, {spec.list_name: _rows(raw, spec.list_name, log) for spec in SPECS})


def _rows(raw: Mapping[str, Any], name: str, log: FaultLog) -> list[RawRow]:
    items = raw.get(name)
    if items is None:
        return []
    if not isinstance(items, list):
        log.add("wrong_type", "列表，每项一条记录", items, field=name)
        return []
    return [RawRow(number, item) for number, item in enumerate(items, start=1)]
