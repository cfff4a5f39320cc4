"""Brings the code lists in the database up to what comes with the platform."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from backend.reference import sources
from backend.reference.models import (
    Edition,
    Industry,
    Qualification,
    Region,
    ReportingUnit,
    Stage,
)

# In this order, because reporting units lie in regions.
_LISTS: tuple[tuple[type[models.Model], Callable[[Path], list[sources.Row]]], ...] = (
    (Region, lambda folder: sources.read_regions()),  # noqa: ARG005 - comes from a package
    (ReportingUnit, sources.read_reporting_units),
    (Industry, sources.read_industries),
    (Qualification, sources.read_qualifications),
    (Stage, sources.read_stages),
)


@transaction.atomic
def load_reference(*, folder: Path, now: datetime) -> dict[str, int]:
    """Load every code list that differs from what is stored; return the rows written by list.

    Codes are added and corrected, never deleted: data may refer to them. A fault in any file
    leaves everything as it was.
    """
    written = {}
    for model, read in _LISTS:
        rows = read(folder)
        name = model._meta.model_name
        checksum = _checksum(rows)
        if Edition.objects.filter(name=name, checksum=checksum).exists():
            continue
        _write(model, rows)
        Edition.objects.update_or_create(
            name=name, defaults={"checksum": checksum, "loaded_at": now}
        )
        written[name] = len(rows)
    return written


def _write(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    key = model._meta.pk.attname
    model.objects.bulk_create(
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[name for name in rows[0] if name != key],
        batch_size=2_000,
    )


def _checksum(rows: list[dict[str, Any]]) -> str:
    text = json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
