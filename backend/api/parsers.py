"""Reads JSON bodies and refuses what JSON libraries disagree about."""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from backend.api.exceptions import BodyTooLarge, MalformedBody
from backend.common.errors import FieldProblem, InvalidInput

_LARGEST_INTEGER = 2**63 - 1
_CLIP = 40
# A whole string (possessive, so that an unclosed one is read once) or one bracket.
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_BAD_CHARACTER = re.compile("[\0\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """Read one JSON object of bounded size and depth.

    Refused: duplicate keys, NaN and Infinity, numbers outside 64 bits, text with NUL or lone
    surrogates, anything but an object at the top.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object, or raise with a sentence that says what is wrong and where."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge(limit)
        return read_object(raw, max_depth=settings.REQUEST_JSON_MAX_DEPTH)


def read_object(raw: bytes, *, max_depth: int) -> dict[str, Any]:
    """Decode the bytes of one JSON object."""
    _check_depth(raw, max_depth)
    try:
        document = _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedBody(f"请求内容不是 UTF-8（第 {error.start} 字节）。") from error
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"请求内容不是 JSON：第 {error.lineno} 行第 {error.colno} 列：{error.msg}。"
        ) from error
    if not isinstance(document, dict):
        raise MalformedBody("请求内容应为一个 JSON 对象（{…}）。", code="object_expected")
    problems: list[FieldProblem] = []
    _collect(document, "", problems)
    if problems:
        raise InvalidInput("invalid_input", problems[0].message, problems=tuple(problems))
    return document


def _check_depth(raw: bytes, max_depth: int) -> None:
    """Refuse nesting beyond the limit without recursion, before anything is decoded."""
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(raw):
        token = match.group()
        if token in (b"[", b"{"):
            depth += 1
            if depth > max_depth:
                raise MalformedBody(f"JSON 嵌套超过 {max_depth} 层。", code="too_deep")
        elif token in (b"]", b"}"):
            depth -= 1


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in the document where a value could not be taken, until its place is known."""

    code: str
    message: str


def _integer(text: str) -> int | _Refused:
    if len(text) > len(str(_LARGEST_INTEGER)) + 1 or abs(int(text)) > _LARGEST_INTEGER:
        return _Refused("out_of_range", f"整数 {text[:_CLIP]} 超出 64 位范围。")
    return int(text)


def _float(text: str) -> float | _Refused:
    number = float(text)
    if not math.isfinite(number):
        return _Refused("out_of_range", f"数值 {text[:_CLIP]} 超出范围。")
    return number


def _constant(text: str) -> _Refused:
    return _Refused("not_a_number", f"{text} 不是 JSON 数值；未知的值请写 null 或省略。")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        twice = next(
            name for name, count in Counter(name for name, _ in pairs).items() if count > 1
        )
        document[twice] = _Refused("duplicate_key", f"键“{_shown(twice)}”出现多次。")
    return document


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _collect(value: Any, path: str, problems: list[FieldProblem]) -> None:
    """Note refused values with their paths; the depth is bounded already."""
    if isinstance(value, _Refused):
        problems.append(FieldProblem(path, value.code, value.message))
    elif isinstance(value, str):
        if _BAD_CHARACTER.search(value):
            problems.append(_bad_character(path))
    elif isinstance(value, dict):
        for key, inner in value.items():
            inner_path = f"{path}.{_shown(key)}" if path else _shown(key)
            if _BAD_CHARACTER.search(key):
                problems.append(_bad_character(inner_path))
            _collect(inner, inner_path, problems)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _collect(inner, f"{path}.{position}", problems)


def _bad_character(path: str) -> FieldProblem:
    return FieldProblem(path, "bad_character", "文字含有 NUL 字符或不成对的代理字符。")


def _shown(key: str) -> str:
    return _BAD_CHARACTER.sub("�", key[:_CLIP])
