"""What is read of needs: the record that matching works on."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import Count, OuterRef
from django.db.models.functions import JSONArray

from backend.common import statements
from backend.common.statements import Statement
from backend.firms.selectors import FirmSnapshot, read_snapshot, snapshot_columns
from backend.needs.enums import Attitude
from backend.needs.models import NamedInstitution, Need
from backend.organizations.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedSnapshot:
    """A need with exactly the fields of the exchange format; None is unknown."""

    code: str
    firm: str
    financing_types: tuple[str, ...] | None
    amount_min_yuan: int | None
    amount_max_yuan: int | None
    term_min_months: int | None
    term_max_months: int | None
    max_annual_rate: float | None
    collateral: tuple[str, ...] | None
    purposes: tuple[str, ...] | None
    needed_by: date | None
    preferred_institutions: tuple[str, ...]
    excluded_institutions: tuple[str, ...]
    open_to_others: bool
    dossier: str | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRecord:
    """A need and its firm, and what identifies the row and the revision they were taken of."""

    pk: int
    public_id: UUID
    revision: int
    need: NeedSnapshot
    firm: FirmSnapshot


def list_open_need_ids(*, region: str | None = None) -> list[int]:
    """Return the primary keys of open needs in ascending order.

    ``region`` leaves those of firms in that division or below; None means everywhere.
    """
    needs = Need.objects.open()
    if region is not None:
        needs = needs.inside(region)
    return list(needs.order_by("pk").values_list("pk", flat=True))


def list_need_records(need_ids: Collection[int], as_of: date) -> list[NeedRecord]:
    """Return needs as matching takes them, by ascending key, with their firms on a day.

    One query however many there are; a need that is not there is left out.
    """
    rows = _records().rows(needs=list(need_ids), as_of=as_of)
    return [read_record(columns) for (columns,) in rows]


@cache
def _records() -> Statement:
    as_of, needs = statements.ANY_DAY, statements.ANY_KEYS
    rows = Need.objects.filter(statements.one_of("pk", needs)).order_by("pk")
    return statements.write(rows.values_list(record_columns(as_of)), needs=needs, as_of=as_of)


def record_columns(as_of: date) -> JSONArray:
    """Select all that is read of a need and its firm, in the order that ``read_record`` takes."""
    named = NamedInstitution.objects.filter(need=OuterRef("pk")).order_by("position", "pk")
    return JSONArray(
        "pk",
        "public_id",
        "revision",
        "code",
        "financing_types",
        "amount_min_yuan",
        "amount_max_yuan",
        "term_min_months",
        "term_max_months",
        "max_annual_rate",
        "collateral",
        "purposes",
        "needed_by",
        statements.json_rows(named, "attitude", "institution__code"),
        "open_to_others",
        "dossier",
        "description",
        snapshot_columns(as_of, path="firm__"),
    )


def read_record(selected: str) -> NeedRecord:
    """Read what ``record_columns`` selected."""
    columns = json.loads(selected)
    pk, public_id, revision, code, financing_types, amount_min, amount_max, *rest = columns
    term_min, term_max, max_annual_rate, collateral, purposes, needed_by, named, *rest = rest
    open_to_others, dossier, description, firm_columns = rest
    firm = read_snapshot(firm_columns)
    need = NeedSnapshot(
        code=code,
        firm=firm.uscc,
        financing_types=_codes(financing_types),
        amount_min_yuan=amount_min,
        amount_max_yuan=amount_max,
        term_min_months=term_min,
        term_max_months=term_max,
        max_annual_rate=None if max_annual_rate is None else float(max_annual_rate),
        collateral=_codes(collateral),
        purposes=_codes(purposes),
        needed_by=statements.read_day(needed_by),
        preferred_institutions=_with_attitude(named, Attitude.PREFERRED),
        excluded_institutions=_with_attitude(named, Attitude.EXCLUDED),
        open_to_others=open_to_others,
        dossier=dossier or None,
        description=description or None,
    )
    return NeedRecord(pk=pk, public_id=UUID(public_id), revision=revision, need=need, firm=firm)


def _with_attitude(named: list[list[str]], wanted: Attitude) -> tuple[str, ...]:
    return tuple(code for attitude, code in named if attitude == wanted)


def _codes(codes: list[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(codes)


def count_open_needs_by_region(*, actor: Actor) -> dict[str, int]:
    """Return how many open needs a department sees per division of their firms; one query.

    Firms without a division stand under the empty code.
    """
    rows = (
        Need.objects.visible_to(actor)
        .open()
        .order_by()
        .values_list("firm__organization__region_id")
        .annotate(Count("pk"))
    )
    return {code or "": count for code, count in rows}
