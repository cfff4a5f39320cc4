"""The kinds of single values that fields hold, and how a value of the JSON form is checked.

A kind's ``check`` takes a decoded JSON value that is not null. It returns the value as the
records hold it, or reports to the log and returns None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

from matching.exchange import limits
from matching.exchange.faults import FaultLog
from matching.exchange.records.industries import is_industry
from matching.exchange.records.regions import is_region
from matching.units import yuan_to_wan
from matching.uscc import has_uscc_shape, uscc_check_character

Unit = Literal["yuan", "month", "workday", "person", "piece", "year", "referral"]

UNIT_LABELS: Final[Mapping[Unit, str]] = {
    "yuan": "元",
    "month": "个月",
    "workday": "个工作日",
    "person": "人",
    "piece": "件",
    "year": "年",
    "referral": "条",
}

# Control characters other than tab and line breaks, and halves of surrogate pairs.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Kind(Protocol):
    """What every kind of value can do."""

    def check(self, value: object, log: FaultLog) -> object:
        """Return the value as the records hold it, or None after reporting why not."""


def text_word(log: FaultLog) -> str:
    """Return what a text is called; in JSON ``220000`` and ``"220000"`` look alike to people."""
    return "文本" if log.people else "加引号的文本"


def checked_text(value: object, log: FaultLog, *, limit: int, what: str) -> str | None:
    """Check a text for type, length and characters that no person types."""
    if not isinstance(value, str):
        log.add("wrong_type", f"{text_word(log)}：{what}", value)
        return None
    if len(value) > limit:
        log.add("too_long", f"不超过 {limit} 个字符（现有 {len(value)} 个）；请精简", value)
        return None
    if _FORBIDDEN.search(value) is not None:
        log.add("forbidden_character", "不含控制字符或不成对的代理字符的文本；请删去后重填", value)
        return None
    return value


@dataclass(frozen=True, slots=True)
class Text:
    """Free text; blank means the same as absent unless ``required``."""

    limit: int
    required: bool = False

    def check(self, value: object, log: FaultLog) -> str | None:
        text = checked_text(value, log, limit=self.limit, what=f"不超过 {self.limit} 个字符")
        if text is not None and not text.strip():
            if self.required:
                log.add("blank", "非空文本", value)
            return None
        return text


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code by which records name one another; compared character by character."""

    def check(self, value: object, log: FaultLog) -> str | None:
        text = checked_text(value, log, limit=limits.MAX_CODE_CHARACTERS, what="代码")
        if text is None:
            return None
        if not text.strip():
            log.add("blank", "非空代码", value)
            return None
        if text != text.strip() or not text.isprintable():
            log.add("surrounding_space", "首尾无空格、不含换行的代码；请删去多余空格", value)
            return None
        return text


@dataclass(frozen=True, slots=True)
class Uscc:
    """A unified social credit code with a right check character (GB 32100-2015)."""

    def check(self, value: object, log: FaultLog) -> str | None:
        text = checked_text(value, log, limit=limits.MAX_CODE_CHARACTERS, what="统一社会信用代码")
        if text is None:
            return None
        if not has_uscc_shape(text):
            log.add(
                "bad_uscc",
                "18 位统一社会信用代码：数字和大写字母（不用 I、O、S、V、Z），第 3 至 8 位为数字",
                value,
            )
            return None
        if text[17] != uscc_check_character(text):
            right = uscc_check_character(text)
            log.add(
                "bad_check_character",
                f"第 18 位校验码为 {right}（由前 17 位算得）；请对照营业执照核对全部字符",
                value,
            )
            return None
        return text


@dataclass(frozen=True, slots=True)
class Choice:
    """One code of a fixed vocabulary."""

    labels: Mapping[str, str]

    def check(self, value: object, log: FaultLog) -> str | None:
        if isinstance(value, str) and value in self.labels:
            return value
        code = "unknown_code" if isinstance(value, str) else "wrong_type"
        log.add(code, f"以下之一：{self.choices(people=log.people)}", value)
        return None

    def choices(self, *, people: bool) -> str:
        """Return what may be chosen, in words for people or as codes with words."""
        if people:
            return "、".join(self.labels.values())
        return "、".join(f"{code}（{label}）" for code, label in self.labels.items())


@dataclass(frozen=True, slots=True)
class Region:
    """A code of GB/T 2260, or one of Jilin's statistical zones."""

    def check(self, value: object, log: FaultLog) -> str | None:
        if isinstance(value, str) and is_region(value):
            return value
        expected = "GB/T 2260 的 6 位行政区划代码，如 220000、220100、220102"
        if log.people:
            expected += "，或全称，如 吉林省长春市南关区"
        if isinstance(value, str):
            log.add("unknown_code", expected, value)
        else:
            log.add("wrong_type", f"{text_word(log)}：{expected}", value)
        return None


@dataclass(frozen=True, slots=True)
class Industry:
    """A section, division, group or class of GB/T 4754-2017."""

    def check(self, value: object, log: FaultLog) -> str | None:
        if isinstance(value, str) and is_industry(value):
            return value
        code = "unknown_code" if isinstance(value, str) else "wrong_type"
        log.add(
            code, "GB/T 4754-2017 的行业代码：门类字母，可接 2 至 4 位数字，如 C、C39、C3976", value
        )
        return None


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def check(self, value: object, log: FaultLog) -> bool | None:
        if isinstance(value, bool):
            return value
        log.add("wrong_type", "是 或 否" if log.people else "true 或 false", value)
        return None


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    def check(self, value: object, log: FaultLog) -> date | None:
        day: date | None = None
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                day = None
        if day is None:
            code = "bad_date" if isinstance(value, str) else "wrong_type"
            log.add(code, "存在的日期，写成 年-月-日，如 2026-11-23", value)
        elif day < limits.MIN_DATE:
            log.add("out_of_range", f"不早于 {limits.MIN_DATE.isoformat()} 的日期", value)
            return None
        return day


def checked_number(value: object, log: FaultLog, expected: str) -> int | float | None:
    """Check that a value is a finite number and not a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        log.add("wrong_type", expected, value)
        return None
    if isinstance(value, float) and not math.isfinite(value):
        log.add("not_finite", expected, value)
        return None
    return value


def shortest_number(number: int | float) -> int | float:
    """Return a whole number as an int, so that 60 and 60.0 are one value in every output."""
    return int(number) if number == int(number) else number


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two limits; ``300.0`` counts as 300."""

    maximum: int
    unit: Unit
    minimum: int = 0

    def check(self, value: object, log: FaultLog) -> int | None:
        number = value
        if type(number) is not int:  # a bool is no number; floats come second for speed
            number = checked_number(value, log, self.expected(people=log.people))
            if number is None:
                return None
            if number != int(number):
                log.add("not_whole", self.expected(people=log.people), value)
                return None
        number = int(number)
        if self.minimum <= number <= self.maximum:
            return number
        code = "negative" if self.minimum == 0 and number < 0 else "out_of_range"
        log.add(code, self.expected(people=log.people), value)
        return None

    def expected(self, *, people: bool) -> str:
        """Say which numbers are right, amounts in 万元 for people."""
        if self.unit != "yuan":
            return f"{self.minimum} 到 {self.maximum} 之间的整数（{UNIT_LABELS[self.unit]}）"
        if people:
            low, high = (format(yuan_to_wan(n), "f") for n in (self.minimum, self.maximum))
            return f"{low} 到 {high} 之间的金额（万元，最多四位小数）"
        return f"{self.minimum} 到 {self.maximum} 之间的整数（元）"


@dataclass(frozen=True, slots=True)
class Fraction:
    """A rate or ratio as a fraction: 0.0385 stands for 3.85 %.

    ``least_plain`` is the least fraction that a workbook may hold as a bare number in a
    column of per cent. A spreadsheet turns a typed ``55%`` into 0.55, so a smaller number is
    more likely that slip than what it says.
    """

    maximum: float
    minimum: float = 0.0
    example: float = 0.0385
    what: str = "比率"
    least_plain: float = 0.01

    def check(self, value: object, log: FaultLog) -> float | None:
        number = checked_number(value, log, self.expected(people=log.people))
        if number is None:
            return None
        if self.minimum <= number <= self.maximum:
            return float(number)
        code = "negative" if self.minimum == 0 and number < 0 else "out_of_range"
        log.add(code, self.expected(people=log.people), value)
        return None

    def expected(self, *, people: bool) -> str:
        """Say which numbers are right, in per cent for people."""
        low, high = self.minimum, self.maximum
        if people:
            return (
                f"{self.what}用百分数表示，{low * 100:g} 到 {high * 100:g} 之间，"
                f"如 {self.example * 100:g}"
            )
        return (
            f"{self.what}用小数表示，{low:g} 到 {high:g} 之间，"
            f"如 {self.example:g} 表示 {self.example * 100:g}%"
        )


@dataclass(frozen=True, slots=True)
class Points:
    """A number of points, decimals allowed."""

    maximum: float

    def check(self, value: object, log: FaultLog) -> int | float | None:
        expected = f"0 到 {self.maximum:g} 之间的数"
        number = checked_number(value, log, expected)
        if number is None:
            return None
        if 0 <= number <= self.maximum:
            return shortest_number(number)
        log.add("negative" if number < 0 else "out_of_range", expected, value)
        return None
