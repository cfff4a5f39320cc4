"""The wordings that people consent to: loading, the one in force, and filling it in."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import Direction, FieldGroup
from backend.consents.models import Consent, ConsentText

INDEX = "texts.json"


def digest_of(body: str) -> str:
    """Return the SHA-256 of a wording."""
    return hashlib.sha256(body.encode()).hexdigest()


@transaction.atomic
def load_texts(*, folder: Path) -> int:
    """Load the wordings that are not there yet; return how many.

    Raises `InvalidInput` when a known version has another wording: it must get a new version.
    """
    known = {(text.direction, text.version): text for text in ConsentText.objects.all()}
    new = []
    for entry in json.loads((folder / INDEX).read_text(encoding="utf-8")):
        text = _read(folder, entry)
        before = known.get((text.direction, text.version))
        if before is None:
            new.append(text)
        elif before.sha256 != text.sha256 or before.purpose != text.purpose:
            raise InvalidInput.of(
                "version",
                "text_changed",
                f"{entry['body']}：版本 {text.version} 已装入且内容不同；改动正文须用新版本号。",
            )
    ConsentText.objects.bulk_create(new)
    return len(new)


def _read(folder: Path, entry: dict[str, Any]) -> ConsentText:
    body = (folder / entry["body"]).read_text(encoding="utf-8").rstrip("\n")
    return ConsentText(
        direction=Direction(entry["direction"]),
        version=entry["version"],
        purpose=entry["purpose"],
        body=body,
        sha256=digest_of(body),
        valid_from=date.fromisoformat(entry["valid_from"]),
    )


def list_texts_in_force(day: date) -> list[ConsentText]:
    """Return the wording of each direction that new consents are given to on a day."""
    return list(
        ConsentText.objects.filter(valid_from__lte=day)
        .order_by("direction", "-valid_from", "-pk")
        .distinct("direction")
    )


def get_text_in_force(direction: Direction, day: date) -> ConsentText:
    """Return the wording of one direction in force on a day."""
    for text in list_texts_in_force(day):
        if text.direction == direction:
            return text
    raise StateConflict(
        "consent_text_missing", "尚未装入授权文本；请管理员运行 manage.py load_consent_texts。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanks:
    """What is filled into a wording."""

    firm: str
    uscc: str
    need: str
    institution: str
    groups: Collection[str]
    contact: str
    expires_on: date


def fill_in(text: ConsentText, blanks: Blanks) -> str:
    """Return the wording as the person who consents reads it."""
    values = {
        "firm": blanks.firm,
        "uscc": blanks.uscc,
        "need": blanks.need,
        "institution": blanks.institution,
        "groups": "；".join(str(FieldGroup(group).label) for group in blanks.groups),
        "contact": blanks.contact or "（未提供）",
        "expires_on": blanks.expires_on.isoformat(),
    }
    body = text.body
    for mark, value in values.items():
        body = body.replace(f"{{{mark}}}", value)
    return body


def wording_of(consent: Consent) -> str:
    """Return what was consented to, word for word."""
    firm = consent.need.firm.organization
    return fill_in(
        consent.text,
        Blanks(
            firm=firm.name,
            uscc=firm.code,
            need=consent.need.code,
            institution=consent.institution.name,
            groups=consent.groups,
            contact=consent.contact_person,
            expires_on=consent.expires_on,
        ),
    )
