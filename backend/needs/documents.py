"""Papers of a need: taken in under limits, given up again while the need is being written."""

import hashlib
from typing import Final

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.needs import policies
from backend.needs.enums import DocumentKind
from backend.needs.lifecycle import require_editable
from backend.needs.limits import DOCUMENT_MAX_BYTES, DOCUMENT_NAME_MAX_LENGTH, DOCUMENTS_MAX
from backend.needs.models import Need, NeedDocument
from backend.needs.services import lock_need
from backend.organizations.actors import Actor

# A file is what its first bytes say, whatever its name ends in.
_BEGINNINGS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
# What the platform never keeps.
_NEVER: Final = ("征信", "信用报告", "身份证", "户口", "结婚证", "房产证")


@transaction.atomic
def add_document(
    *, actor: Actor, need: Need, kind: DocumentKind, name: str, content: bytes
) -> NeedDocument:
    """Keep a paper with a draft or a returned need; the same bytes once.

    Raises InvalidInput for what is too large, of another format or must not be kept here, and
    StateConflict where the need has as many papers as it may.
    """
    need = lock_need(need)
    policies.require_can_edit(actor, need)
    require_editable(need.status)
    name = _checked_name(name)
    media_type = _checked_type(content)
    digest = hashlib.sha256(content).hexdigest()
    if need.papers.filter(sha256=digest).exists():
        raise InvalidInput.of("file", "duplicate", "这份文件已经上传过。")
    if need.papers.count() >= DOCUMENTS_MAX:
        raise StateConflict("too_many_documents", f"每项需求最多 {DOCUMENTS_MAX} 份附件。")
    document = NeedDocument.objects.create(
        need=need,
        kind=kind,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=digest,
        content=content,
        uploaded_by=actor.user,
    )
    _record(EventType.NEED_DOCUMENT_ADDED, document, actor)
    return document


@transaction.atomic
def remove_document(*, actor: Actor, document: NeedDocument) -> None:
    """Delete a paper of a draft or a returned need, bytes and all."""
    need = lock_need(document.need)
    policies.require_can_edit(actor, need)
    require_editable(need.status)
    _record(EventType.NEED_DOCUMENT_REMOVED, document, actor)
    document.delete()


def _checked_name(name: str) -> str:
    """Return the last part of a file's name, of a length that can be kept."""
    name = "".join(sign for sign in name.replace("\\", "/").split("/")[-1] if sign.isprintable())
    if not name:
        raise InvalidInput.of("file", "required", "文件没有名称，请重新选择。")
    for word in _NEVER:
        if word in name:
            raise InvalidInput.of(
                "file",
                "not_kept",
                f"文件名含“{word}”：平台不接收征信报告、身份证件和个人财产证明。",
            )
    if len(name) > DOCUMENT_NAME_MAX_LENGTH:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: DOCUMENT_NAME_MAX_LENGTH - len(ending) - 1]}{dot}{ending}"
    return name[:DOCUMENT_NAME_MAX_LENGTH]


def _checked_type(content: bytes) -> str:
    """Return the format that a file's first bytes show."""
    if not content:
        raise InvalidInput.of("file", "empty", "文件是空的，请重新选择。")
    if len(content) > DOCUMENT_MAX_BYTES:
        mib = 1024**2
        raise InvalidInput.of(
            "file",
            "file_too_large",
            f"文件有 {len(content) / mib:.1f} MiB，最多 {DOCUMENT_MAX_BYTES // mib} MiB。",
        )
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    raise InvalidInput.of("file", "wrong_format", "只接收 PDF、PNG 和 JPEG 文件。")


def _record(event: EventType, document: NeedDocument, actor: Actor) -> None:
    record(
        event,
        subject=document.need,
        actor=actor,
        payload={"document": str(document.public_id), "kind": document.kind},
    )
