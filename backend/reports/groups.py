"""By what figures are grouped, and what the groups are called; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Final

from django.db import models
from django.db.models import QuerySet

from backend.catalogue.models import Product
from backend.common.errors import InvalidInput
from backend.firms.models import Firm, FirmQualification, Tenancy
from backend.organizations.models import Organization
from backend.reference.models import Industry, Region
from backend.reports.facts import Entry, Facts
from backend.reports.scope import Scope
from matching.vocabulary import QUALIFICATIONS, STAGES

UNKNOWN = "unknown"
UNKNOWN_LABEL = "未知或无"
Keys = Callable[[Entry], tuple[str, ...]]
Pairs = dict[int, tuple[str, ...]]


class GroupBy(models.TextChoices):
    """What one row of a report stands for."""

    MONTH = "month", "月份"
    CITY = "city", "市州"
    COUNTY = "county", "县（市、区）"
    INSTITUTION = "institution", "机构"
    UNIT = "unit", "承办单位"
    PRODUCT = "product", "产品"
    STAGE = "stage", "发展阶段"
    INDUSTRY = "industry", "行业门类"
    QUALIFICATION = "qualification", "资质"
    INCUBATOR = "incubator", "孵化载体"
    TECH_FIRM = "tech_firm", "是否科技型企业"


# Whom figures call a 科技型企业: a firm that holds one of these on the day.
TECH_QUALIFICATIONS: Final = frozenset({"tech_sme", "high_tech", "four_tech"})
TECH, NOT_TECH = "yes", "no"
OF_REFERRALS = frozenset({GroupBy.INSTITUTION, GroupBy.UNIT, GroupBy.PRODUCT})
OVERLAPPING = frozenset({GroupBy.QUALIFICATION, GroupBy.INCUBATOR})


def require_group(scope: Scope, group_by: GroupBy) -> None:
    """Let institutions group by what is theirs: traits of firms may not be told to them."""
    if not scope.actor.is_department and group_by not in OF_REFERRALS | {GroupBy.MONTH}:
        raise InvalidInput.of(
            "group_by", "not_available", f"机构的统计不能按“{group_by.label}”分组。"
        )


def read_keys(scope: Scope, facts: Facts, group_by: GroupBy) -> Keys:
    """Return what tells the groups of an entry; a firm may stand in several, or in "unknown"."""
    if group_by is GroupBy.MONTH:
        return lambda entry: (f"{entry.day:%Y-%m}",)
    if group_by in OF_REFERRALS:
        code_of = _codes_of_referrals(facts, group_by)
        return lambda entry: code_of.get(entry.referral or 0, ())
    of_firm = _LOADERS[group_by](scope, _firms_of(scope))
    return lambda entry: of_firm.get(facts.firm_of[entry.need]) or (UNKNOWN,)


def _codes_of_referrals(facts: Facts, group_by: GroupBy) -> Pairs:
    keys = {pk: getattr(sent, group_by.value) for pk, sent in facts.sent.items()}
    model = Product if group_by is GroupBy.PRODUCT else Organization
    codes = dict(model.objects.filter(pk__in=set(keys.values())).values_list("pk", "code"))
    return {pk: (codes[key],) for pk, key in keys.items()}


def _firms_of(scope: Scope) -> QuerySet[Firm]:
    """Return the firms of the scope's needs, as the database knows them: not key by key."""
    return Firm.objects.filter(pk__in=scope.needs().order_by().values("firm_id")).order_by()


def _counties(_scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    rows = firms.values_list("pk", "organization__region_id")
    return {pk: (code,) for pk, code in rows if code}


def _cities(scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    return {pk: (f"{code[:4]}00",) for pk, (code,) in _counties(scope, firms).items()}


def _stages(_scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    rows = firms.values_list("pk", "stage_override", "declared_stage")
    return {pk: (found,) for pk, ruled, declared in rows if (found := ruled or declared)}


def _industries(_scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    rows = firms.values_list("pk", "industry")
    return {pk: (code[:1],) for pk, code in rows if code}


def _qualifications(scope: Scope, firms: QuerySet[Firm], among: Collection[str] = ()) -> Pairs:
    """Return what firms held on the day, as far as it had been recorded by then."""
    day = scope.as_of
    rows = FirmQualification.objects.filter(
        models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day),
        models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=day),
        recorded_at__lt=scope.cutoff,
        firm__in=firms.values("pk"),
    ).order_by()
    if among:
        rows = rows.filter(code__in=among)
    return _several(rows.values_list("firm_id", "code"))


def _tech_firms(scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    held = _qualifications(scope, firms, TECH_QUALIFICATIONS)
    return {
        firm: (TECH if firm in held else NOT_TECH,) for firm in firms.values_list("pk", flat=True)
    }


def _incubators(scope: Scope, firms: QuerySet[Firm]) -> Pairs:
    rows = Tenancy.objects.current(scope.as_of).filter(
        created_at__lt=scope.cutoff, firm__in=firms.values("pk")
    )
    return _several(rows.values_list("firm_id", "incubator__code"))


def _several(rows: Collection[tuple[int, str]]) -> Pairs:
    found: dict[int, set[str]] = defaultdict(set)
    for firm, code in rows:
        found[firm].add(code)
    return {firm: tuple(sorted(codes)) for firm, codes in found.items()}


_LOADERS = {
    GroupBy.CITY: _cities,
    GroupBy.COUNTY: _counties,
    GroupBy.STAGE: _stages,
    GroupBy.INDUSTRY: _industries,
    GroupBy.QUALIFICATION: _qualifications,
    GroupBy.INCUBATOR: _incubators,
    GroupBy.TECH_FIRM: _tech_firms,
}


def labels_of(group_by: GroupBy, keys: Collection[str]) -> dict[str, str]:
    """Return the name of each group."""
    return {**_names(group_by, keys), UNKNOWN: UNKNOWN_LABEL}


def _names(group_by: GroupBy, keys: Collection[str]) -> dict[str, str]:
    if group_by is GroupBy.MONTH:
        return {key: f"{int(key[:4])}年{int(key[5:])}月" for key in keys if key != UNKNOWN}
    if group_by is GroupBy.STAGE:
        return dict(STAGES)
    if group_by is GroupBy.QUALIFICATION:
        return dict(QUALIFICATIONS)
    if group_by is GroupBy.TECH_FIRM:
        return {TECH: "科技型企业", NOT_TECH: "其他企业"}
    model = {
        GroupBy.CITY: Region,
        GroupBy.COUNTY: Region,
        GroupBy.INDUSTRY: Industry,
        GroupBy.PRODUCT: Product,
    }.get(group_by, Organization)
    named = model.objects.filter(code__in=keys)
    if model is Product:
        return dict(named.values_list("code", "current_version__name"))
    return dict(named.values_list("code", "name"))
