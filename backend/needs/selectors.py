"""What is read of needs: the record that matching works on."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.needs.enums import Attitude
from backend.needs.models import NamedInstitution, Need


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
    """A need's snapshot and what identifies the row and the revision it was taken of."""

    pk: int
    public_id: UUID
    revision: int
    firm_pk: int
    snapshot: NeedSnapshot


def list_open_need_ids(*, region: str | None = None) -> list[int]:
    """Return the primary keys of open needs in ascending order.

    ``region`` leaves those of firms in that division or below; None means everywhere.
    """
    needs = Need.objects.open()
    if region is not None:
        needs = needs.inside(region)
    return list(needs.order_by("pk").values_list("pk", flat=True))


def list_need_records(need_ids: Collection[int]) -> dict[int, NeedRecord]:
    """Return needs as matching takes them, by primary key; two queries however many there are."""
    needs = Need.objects.with_firm().filter(pk__in=need_ids).order_by("pk")
    named = list_named_institutions(need_ids)
    return {
        need.pk: NeedRecord(
            pk=need.pk,
            public_id=need.public_id,
            revision=need.revision,
            firm_pk=need.firm_id,
            snapshot=_snapshot(need, named.get(need.pk, {})),
        )
        for need in needs
    }


def list_named_institutions(
    need_ids: Collection[int],
) -> dict[int, dict[Attitude, tuple[str, ...]]]:
    """Return the codes of the institutions that needs name, in their order; one query."""
    rows = NamedInstitution.objects.filter(need_id__in=need_ids).order_by("need_id", "position")
    codes: dict[int, dict[Attitude, tuple[str, ...]]] = defaultdict(dict)
    for need_id, attitude, code in rows.values_list("need_id", "attitude", "institution__code"):
        named = codes[need_id]
        named[Attitude(attitude)] = (*named.get(Attitude(attitude), ()), code)
    return codes


def _snapshot(need: Need, named: dict[Attitude, tuple[str, ...]]) -> NeedSnapshot:
    return NeedSnapshot(
        code=need.code,
        firm=need.firm.organization.code,
        financing_types=_codes(need.financing_types),
        amount_min_yuan=need.amount_min_yuan,
        amount_max_yuan=need.amount_max_yuan,
        term_min_months=need.term_min_months,
        term_max_months=need.term_max_months,
        max_annual_rate=None if need.max_annual_rate is None else float(need.max_annual_rate),
        collateral=_codes(need.collateral),
        purposes=_codes(need.purposes),
        needed_by=need.needed_by,
        preferred_institutions=named.get(Attitude.PREFERRED, ()),
        excluded_institutions=named.get(Attitude.EXCLUDED, ()),
        open_to_others=need.open_to_others,
        dossier=need.dossier or None,
        description=need.description or None,
    )


def _codes(codes: list[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(codes)
