"""Collects the faults of one input, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from matching.errors import Fault, InputError
from matching.exchange import limits

_FILE_WORD = "文件"
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})
_WORDS: Mapping[object, str] = MappingProxyType({None: "null", True: "true", False: "false"})


class UnreadableError(InputError):
    """The file could not be opened as an exchange file at all, so nothing in it was checked."""

    def __init__(self, code: str, expected: str, *, value: object = None) -> None:
        shown = None if value is None else show(value)
        super().__init__([Fault("file", None, None, shown, expected, code)])


class FaultLog:
    """The faults found so far and the place that is being read.

    Parameters
    ----------
    people : bool
        True for a workbook: places are named by sheet and header, limits in 万元 and %.

    Attributes
    ----------
    where, row, field
        The place that the next fault belongs to; ``field`` is a field name of the contract.
    """

    def __init__(self, *, people: bool = False) -> None:
        self.faults: list[Fault] = []
        self.people = people
        self.where = "file"
        self.row: int | None = None
        self.field: str | None = None
        self._labels: Mapping[str, str] = _NO_TEXTS
        self._shown: Mapping[str, str] = _NO_TEXTS

    def enter(
        self,
        where: str,
        row: int | None = None,
        *,
        labels: Mapping[str, str] = _NO_TEXTS,
        shown: Mapping[str, str] = _NO_TEXTS,
    ) -> None:
        """Go to a place; ``labels`` name its fields, ``shown`` holds the texts of its cells."""
        self.where = where
        self.row = row
        self.field = None
        self._labels = labels
        self._shown = shown

    def add(
        self, code: str, expected: str, value: object = None, *, field: str | None = None
    ) -> None:
        """Record a fault at the present place; ``field`` overrides the present field."""
        if len(self.faults) > limits.MAX_FAULTS:
            return
        if len(self.faults) == limits.MAX_FAULTS:
            text = f"缺陷超过 {limits.MAX_FAULTS} 处，其余不再列出；请先修改已列出的部分"
            self.faults.append(Fault("file", None, None, None, text, "too_many_faults"))
            return
        name = self.field if field is None else field
        shown = self._shown.get(name) if name is not None else None
        if shown is None and value is not None:
            shown = show(value)
        label = self._labels.get(name, name) if name is not None else None
        self.faults.append(Fault(self.where, self.row, label, clip(shown), expected, code))

    def finish(self) -> None:
        """Raise :class:`InputError` with every fault, if there is any."""
        if self.faults:
            raise InputError(self.faults)


def show(value: object) -> str:
    """Return a value as the person who wrote it would recognise it, in one short line."""
    if isinstance(value, dict):
        return f"对象（{len(value)} 个键）"
    if isinstance(value, list | tuple):
        return f"列表（{len(value)} 项）"
    if isinstance(value, int) and abs(value) >= 10**40:
        return f"{'-' if value < 0 else ''}超过 40 位的整数"
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    text = value.isoformat() if isinstance(value, date) else str(value)
    return clip(text) or "（空）"


def clip(text: str | None) -> str | None:
    """Cut a text for display and make what cannot be printed visible."""
    if text is None:
        return None
    head = text[: limits.MAX_SHOWN_CHARACTERS + 1]
    if not head.isprintable():
        head = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in head)
    if len(head) <= limits.MAX_SHOWN_CHARACTERS:
        return head
    return head[: limits.MAX_SHOWN_CHARACTERS - 1] + "…"


def fault_line(fault: Fault) -> str:
    """Return a fault as one line: where, which field, which value, what is expected."""
    place = [_FILE_WORD if fault.where == "file" else fault.where]
    if fault.row is not None:
        place.append(f"第 {fault.row} {'条' if fault.where.isascii() else '行'}")
    if fault.field is not None:
        place.append(f"字段“{clip(fault.field)}”")
    found = "" if fault.value is None else f"：值“{fault.value}”"
    return f"{' '.join(place)}{found}；应为：{fault.expected} [{fault.code}]"
