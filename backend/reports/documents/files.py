"""A report as a file, with its name and type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db import models

from backend.reports.documents.word import write_word
from backend.reports.documents.workbook import write_workbook
from backend.reports.periodic import Report


class DocumentKind(models.TextChoices):
    """What kind of file."""

    WORD = "docx", "Word"
    EXCEL = "xlsx", "Excel"


_PREFIX = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final[Mapping[DocumentKind, str]] = MappingProxyType(
    {
        DocumentKind.WORD: f"{_PREFIX}.wordprocessingml.document",
        DocumentKind.EXCEL: f"{_PREFIX}.spreadsheetml.sheet",
    }
)
_WRITERS: Final[Mapping[DocumentKind, Callable[[Report], bytes]]] = MappingProxyType(
    {DocumentKind.WORD: write_word, DocumentKind.EXCEL: write_workbook}
)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file to be handed out."""

    name: str
    media_type: str
    data: bytes


def write_file(report: Report, kind: DocumentKind) -> ReportFile:
    """Return a report as a file; its name says period and day in plain letters."""
    scope = report.scope
    name = f"{report.kind.value}-{scope.region}-{scope.start:%Y%m}-as-of-{scope.as_of:%Y%m%d}"
    return ReportFile(f"{name}.{kind.value}", MEDIA_TYPES[kind], _WRITERS[kind](report))
