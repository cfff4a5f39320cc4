"""What an organization's entries have to be; every problem names its field."""

from collections.abc import Mapping
from typing import Any

from backend.common.problems import ProblemList
from backend.organizations.enums import OrganizationKind
from backend.reference.models import Region
from matching.uscc import is_uscc

# Kinds that lend, invest or insure: only they have a capacity and a kind of institution.
OFFERING_KINDS = frozenset({OrganizationKind.INSTITUTION, OrganizationKind.INCUBATOR})
LARGEST_CAPACITY = 1_000_000


def check_new_organization(values: Mapping[str, Any]) -> None:
    """Refuse entries that do not suit the organization's kind, all together."""
    problems = ProblemList()
    kind = OrganizationKind(values["kind"])
    if kind is OrganizationKind.FIRM and not is_uscc(values["code"]):
        problems.add(
            "code",
            "invalid_uscc",
            f"“{values['code']}”不是统一社会信用代码：应为 18 位，且校验位正确。",
        )
    _check_region(problems, kind, values.get("region"))
    _check_levels(problems, kind, values)
    parent = values.get("parent")
    if parent is not None and parent.kind != kind:
        problems.add("parent", "kind_differs", f"上级“{parent.name}”不是同类机构。")
    _check_capacity(problems, kind, values.get("capacity"))
    problems.refuse()


def check_changes(kind: OrganizationKind, changes: Mapping[str, Any]) -> None:
    """Refuse changes that do not suit the organization's kind."""
    problems = ProblemList()
    _check_capacity(problems, kind, changes.get("capacity"))
    problems.refuse()


def _check_region(problems: ProblemList, kind: OrganizationKind, region: str | None) -> None:
    if region is None:
        if kind in {OrganizationKind.DEPARTMENT, OrganizationKind.FIRM}:
            problems.add("region", "required", "此类机构必须填写所在地区（6 位行政区划代码）。")
    elif not Region.objects.filter(pk=region).exists():
        problems.add("region", "unknown_code", f"没有行政区划代码“{region}”。")


def _check_levels(problems: ProblemList, kind: OrganizationKind, values: Mapping[str, Any]) -> None:
    is_department = kind is OrganizationKind.DEPARTMENT
    is_institution = kind is OrganizationKind.INSTITUTION
    _check_belongs(problems, "department_level", values, allowed=is_department)
    _check_belongs(problems, "institution_level", values, allowed=is_institution)
    _check_belongs(problems, "institution_kind", values, allowed=kind in OFFERING_KINDS)
    if is_department and not values.get("department_level"):
        problems.add("department_level", "required", "科技管理部门必须填写层级。")
    if is_institution and not values.get("institution_kind"):
        problems.add("institution_kind", "required", "金融机构必须填写机构类型。")


def _check_belongs(
    problems: ProblemList, field: str, values: Mapping[str, Any], *, allowed: bool
) -> None:
    if values.get(field) and not allowed:
        problems.add(field, "unsuitable", f"“{values[field]}”不适用于此类机构，请留空。")


def _check_capacity(problems: ProblemList, kind: OrganizationKind, capacity: int | None) -> None:
    if capacity is None:
        return
    if kind not in OFFERING_KINDS:
        problems.add("capacity", "unsuitable", "只有金融机构和孵化载体有可承接数，请留空。")
    elif not 0 <= capacity <= LARGEST_CAPACITY:
        problems.add("capacity", "out_of_range", f"可承接数 {capacity} 应为 0–{LARGEST_CAPACITY}。")
