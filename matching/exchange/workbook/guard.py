"""Looks into a workbook's zip before any parser does, and refuses what can do harm.

Everything is measured while unpacking in small pieces: what the archive says of itself is
not believed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from matching.exchange import limits
from matching.exchange.faults import UnreadableError

_CHUNK_BYTES: Final = 256 * 1024
_OVERLAP_BYTES: Final = 1024  # longer than any pattern below, so that none hides on a seam
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"

_FORBIDDEN_PARTS: Final = (
    (re.compile(r"vbaproject|macrosheets/|activex/", re.IGNORECASE), "macros", "不含宏"),
    (
        re.compile(r"externallinks/|embeddings/|connections\.xml", re.IGNORECASE),
        "external_links",
        "不含外部链接、嵌入对象或数据连接",
    ),
)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RELATIONSHIP = re.compile(rb"<Relationship\s[^<>]{0,900}>")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^<>]{0,200}?\br\s*=\s*[\"']([A-Z]*)([0-9]*)[\"']")


def check_zip(data: bytes) -> None:
    """Refuse bytes that are no workbook, or one that is dangerous to open.

    Raises
    ------
    UnreadableError
        With the reason: too large, a bomb, macros, external links, a DTD, a far cell,
        damaged, encrypted or of the old format.
    """
    if len(data) > limits.MAX_WORKBOOK_BYTES:
        limit = limits.MAX_WORKBOOK_BYTES // 1024**2
        raise UnreadableError("file_too_large", f"不超过 {limit} MiB 的工作簿；请分成几个文件")
    if data.startswith(_OLE_MAGIC):
        text = "未加密的 .xlsx 工作簿；旧版 .xls 或加密文件请另存为无密码的 .xlsx"
        raise UnreadableError("not_a_workbook", text)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_archive(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,  # fields of the archive that contradict each other
        NotImplementedError,  # a compression that workbooks do not use
        RuntimeError,  # a part that is encrypted
        OverflowError,
    ) as error:
        text = "完整的 .xlsx 工作簿；文件已损坏或被截断，请重新导出"
        raise UnreadableError("not_a_workbook", text) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > limits.MAX_WORKBOOK_PARTS or len(set(names)) != len(names):
        text = f"不超过 {limits.MAX_WORKBOOK_PARTS} 个部件且不重名的工作簿"
        raise UnreadableError("suspicious_archive", text, value=f"{len(parts)} 个部件")
    if "[Content_Types].xml" not in names:
        raise UnreadableError("not_a_workbook", "Excel 工作簿（.xlsx），而非其他压缩文件")
    for name in names:
        for pattern, code, expected in _FORBIDDEN_PARTS:
            if pattern.search(name):
                text = f"{expected}的工作簿；请复制数据到空白模板后重新提交"
                raise UnreadableError(code, text, value=name)
    unpacked = 0
    for part in parts:
        unpacked += _check_part(archive, part, limits.MAX_UNPACKED_BYTES - unpacked)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget_bytes: int) -> int:
    """Unpack one part piece by piece, look at it and return its size."""
    size = 0
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    for window, fresh_bytes in _windows(archive, part):
        size += fresh_bytes
        ratio = size / max(part.compress_size, 1)
        is_bomb = size > limits.RATIO_EXEMPT_BYTES and ratio > limits.MAX_COMPRESSION_RATIO
        if size > budget_bytes or is_bomb:
            limit = limits.MAX_UNPACKED_BYTES // 1024**2
            text = f"解压后不超过 {limit} MiB、压缩比不超过 {limits.MAX_COMPRESSION_RATIO} 的工作簿"
            raise UnreadableError("archive_too_large", text, value=part.filename)
        if is_xml:
            _check_xml(part.filename, window)
    return size


def _windows(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """Yield a part in pieces that overlap, each with the number of bytes new in it."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield tail + chunk, len(chunk)
            tail = chunk[-_OVERLAP_BYTES:]


def _check_xml(name: str, window: bytes) -> None:
    if b"\x00" in window or _DTD.search(window):
        text = "UTF-8 编码、不含 DTD 或实体声明的工作簿"
        raise UnreadableError("document_type", text, value=name)
    if name.endswith(".rels"):
        for relationship in _RELATIONSHIP.findall(window):
            if _EXTERNAL.search(relationship) and not _HYPERLINK.search(relationship):
                text = "不引用外部文件的工作簿；请复制数据到空白模板后重新提交"
                raise UnreadableError("external_links", text, value=name)
    elif name == "[Content_Types].xml" and _MACRO_TYPE.search(window):
        raise UnreadableError("macros", "不含宏的 .xlsx 工作簿", value=name)
    elif "/worksheets/" in name:
        _check_extent(window)


def _check_extent(window: bytes) -> None:
    """Refuse a sheet that reaches further than any list does."""
    cells = _CELL.findall(window)
    last_row = max((int(row[:9]) for row in {row for _, row in cells} if row), default=0)
    last_column = max(map(column_number, {column for column, _ in cells}), default=0)
    if last_row > limits.MAX_SHEET_ROWS or last_column > limits.MAX_SHEET_COLUMNS:
        text = (
            f"每张工作表不超过 {limits.MAX_SHEET_ROWS} 行、{limits.MAX_SHEET_COLUMNS} 列；"
            "请删去远处的单元格，或分成几个文件"
        )
        raise UnreadableError("sheet_too_large", text, value=f"{last_row} 行 {last_column} 列")


def column_number(letters: bytes) -> int:
    """Return the one-based number of a column.

    Examples
    --------
    >>> column_number(b"A"), column_number(b"CV")
    (1, 100)
    """
    number = 0
    for letter in letters[:8]:
        number = number * 26 + letter - 64
    return number
