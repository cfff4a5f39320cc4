"""All that could be shown of needs and their firms; the policy picks from it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.firms.models import Firm
from backend.firms.selectors import (
    Figures,
    FirmSnapshot,
    list_firm_snapshots,
    list_yearly_figures,
)
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.selectors import NeedSnapshot, list_need_records

# What a sheet shows year by year.
YEAR_BY_YEAR = ("revenue_yuan", "rd_expense_yuan")


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosableRecord:
    """A need with its firm on a day, complete: never hand it to anybody but `describe`.

    ``stage`` is the declared or recognized one; whoever infers it replaces it and its basis, and
    says by which rule, in words that may tell of figures.
    """

    need_pk: int
    need_id: UUID
    need_revision: int
    firm_pk: int
    is_withdrawn: bool
    need: NeedSnapshot
    firm: FirmSnapshot
    stage: str | None
    stage_basis: str | None
    stage_rule: str | None = None
    yearly_figures: tuple[dict[str, Any], ...]
    contact_name: str
    contact_phone: str


def list_disclosable(need_ids: Collection[int], *, day: date) -> dict[int, DisclosableRecord]:
    """Return what could be shown of needs on a day, by primary key; three queries for any number.

    Raw material for `backend.consents.disclosure.describe`.
    """
    records = list_need_records(need_ids, day)
    needs = Need.objects.select_related("firm").in_bulk(need_ids)
    years = list_yearly_figures({need.firm_id for need in needs.values()}, day, YEAR_BY_YEAR)
    return {
        record.pk: DisclosableRecord(
            need_pk=record.pk,
            need_id=record.public_id,
            need_revision=record.revision,
            firm_pk=needs[record.pk].firm_id,
            is_withdrawn=needs[record.pk].status == NeedStatus.WITHDRAWN,
            need=record.need,
            firm=record.firm,
            stage=record.firm.stage,
            stage_basis=_basis_of(needs[record.pk].firm),
            yearly_figures=_by_year(years.get(needs[record.pk].firm_id, {})),
            contact_name=needs[record.pk].contact_name,
            contact_phone=needs[record.pk].contact_phone,
        )
        for record in records
    }


def _basis_of(firm: Firm) -> str | None:
    if firm.stage_override:
        return "科技管理部门认定"
    return "企业申报" if firm.declared_stage else None


def _by_year(years: dict[int, Figures]) -> tuple[dict[str, Any], ...]:
    """Return the years in ascending order; what a year lacks is None."""
    return tuple(
        {"fiscal_year": year, **dict.fromkeys(YEAR_BY_YEAR), **years[year]}
        for year in sorted(years)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRecord:
    """A firm on a day, complete, as a roster may show it: for `describe_firm` alone."""

    firm_pk: int
    firm: FirmSnapshot
    stage: str | None
    stage_basis: str | None
    stage_rule: str | None = None
    yearly_figures: tuple[dict[str, Any], ...]


def list_firm_records(firm_ids: Collection[int], *, day: date) -> dict[int, FirmRecord]:
    """Return what could be shown of firms on a day, by primary key; three queries."""
    firms = Firm.objects.in_bulk(firm_ids)
    years = list_yearly_figures(firm_ids, day, YEAR_BY_YEAR)
    return {
        pk: FirmRecord(
            firm_pk=pk,
            firm=snapshot,
            stage=snapshot.stage,
            stage_basis=_basis_of(firms[pk]),
            yearly_figures=_by_year(years.get(pk, {})),
        )
        for pk, snapshot in list_firm_snapshots(firm_ids, day).items()
    }
