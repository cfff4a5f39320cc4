"""What is read of firms: the record that matching works on, and figures with their history."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from backend.firms.fact_fields import FACT_FIELDS, to_number
from backend.firms.models import Fact, Firm, FirmQualification, Tenancy


@dataclass(frozen=True, slots=True)
class QualificationPeriod:
    """A qualification held during ``valid_from <= day < valid_until``."""

    code: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmSnapshot:
    """A firm on a day, with exactly the fields of the exchange format; None is unknown."""

    uscc: str
    name: str
    region: str | None
    industry: str | None
    founded_on: date | None
    stage: str | None
    qualifications: tuple[QualificationPeriod, ...] | None
    incubator: str | None
    tech_fields: tuple[str, ...] | None
    taxpayer_rating: str | None
    description: str | None
    fiscal_year: int | None = None
    registered_capital_yuan: int | None = None
    revenue_yuan: int | None = None
    revenue_growth: float | None = None
    net_profit_yuan: int | None = None
    total_assets_yuan: int | None = None
    debt_ratio: float | None = None
    rd_ratio: float | None = None
    rd_staff_ratio: float | None = None
    employees: int | None = None
    invention_patents: int | None = None
    utility_patents: int | None = None
    software_copyrights: int | None = None
    innovation_points: float | None = None
    rd_expense_yuan: int | None = None
    insured_employees: int | None = None
    order_backlog_yuan: int | None = None


Figures = dict[str, int | float]


def list_figures(firm_ids: Collection[int], as_of: date) -> dict[int, Figures]:
    """Return, per firm and field, the figure that counts on a day, as the exchange format has it.

    The fiscal year stands with the yearly figures. Where they belong to several years, the
    oldest counts: nothing is claimed to be newer than it is. One query of plain rows, because a
    run over all needs reads hundreds of thousands of figures.
    """
    rows = Fact.objects.filter(firm_id__in=firm_ids).current(as_of)
    found: dict[int, Figures] = defaultdict(dict)
    for firm_id, field, value, year in rows.values_list("firm_id", "field", "value", "fiscal_year"):
        figures = found[firm_id]
        figures[field] = to_number(field, value)
        if year is not None:
            figures["fiscal_year"] = min(figures.get("fiscal_year", year), year)
    return found


def get_figures(firm: Firm, as_of: date) -> dict[str, int | float | None]:
    """Return every figure of a firm on a day; what nobody recorded is None."""
    known = list_figures([firm.pk], as_of).get(firm.pk, {})
    return dict.fromkeys((*FACT_FIELDS, "fiscal_year")) | known


def list_yearly_figures(
    firm_ids: Collection[int], as_of: date, fields: Collection[str]
) -> dict[int, dict[int, Figures]]:
    """Return, per firm and fiscal year, the yearly figures that count on a day; one query."""
    rows = Fact.objects.filter(firm_id__in=firm_ids, field__in=fields).current_of_years(as_of)
    found: dict[int, dict[int, Figures]] = defaultdict(dict)
    for firm_id, field, value, year in rows.values_list("firm_id", "field", "value", "fiscal_year"):
        found[firm_id].setdefault(year, {})[field] = to_number(field, value)
    return found


def list_firm_snapshots(firm_ids: Collection[int], as_of: date) -> dict[int, FirmSnapshot]:
    """Return the firms' snapshots on a day by primary key; four queries however many there are."""
    firms = Firm.objects.select_related("organization").filter(pk__in=firm_ids)
    figures = list_figures(firm_ids, as_of)
    qualifications = _qualifications_of(firm_ids)
    incubators = _incubators_of(firm_ids, as_of)
    return {
        firm.pk: _snapshot(
            firm,
            figures=figures.get(firm.pk, {}),
            qualifications=qualifications.get(firm.pk, ()),
            incubator=incubators.get(firm.pk),
        )
        for firm in firms
    }


def _snapshot(
    firm: Firm,
    *,
    figures: Figures,
    qualifications: Iterable[QualificationPeriod],
    incubator: str | None,
) -> FirmSnapshot:
    organization = firm.organization
    return FirmSnapshot(
        uscc=organization.code,
        name=organization.name,
        region=organization.region_code,
        industry=firm.industry or None,
        founded_on=firm.founded_on,
        stage=firm.stage,
        qualifications=tuple(qualifications) if firm.qualifications_known else None,
        incubator=incubator,
        tech_fields=None if firm.tech_fields is None else tuple(firm.tech_fields),
        taxpayer_rating=firm.taxpayer_rating or None,
        description=firm.description or None,
        **figures,
    )


def _qualifications_of(firm_ids: Collection[int]) -> dict[int, list[QualificationPeriod]]:
    rows = FirmQualification.objects.filter(firm_id__in=firm_ids).values_list(
        "firm_id", "code", "valid_from", "valid_until"
    )
    found: dict[int, list[QualificationPeriod]] = defaultdict(list)
    for firm_id, *period in rows.order_by("firm_id", "code", "valid_from", "pk"):
        found[firm_id].append(QualificationPeriod(*period))
    return found


def _incubators_of(firm_ids: Collection[int], as_of: date) -> dict[int, str]:
    """Return the code of each firm's incubator on a day; the latest stay counts."""
    rows = Tenancy.objects.filter(firm_id__in=firm_ids).current(as_of)
    return dict(
        rows.order_by("firm_id", "valid_from", "pk").values_list("firm_id", "incubator__code")
    )
