"""What an organization's entries have to be; every problem names its field."""

from collections.abc import Mapping
from typing import Any

from backend.common.problems import ProblemList, shown
from backend.organizations.enums import OFFERING_KINDS, InstitutionLevel, OrganizationKind
from backend.organizations.lines import line_of
from backend.organizations.models import Organization
from backend.reference.regions import known_regions
from matching.uscc import is_uscc

LARGEST_CAPACITY = 1_000_000
_PLACED_KINDS = frozenset({OrganizationKind.DEPARTMENT, OrganizationKind.FIRM})


def check_new_organization(values: Mapping[str, Any]) -> None:
    """Refuse entries that do not suit the organization's kind, all together."""
    problems = ProblemList()
    kind = OrganizationKind(values["kind"])
    if kind is OrganizationKind.FIRM:
        check_uscc(problems, "code", values["code"])
    if values.get("region") is None and kind in _PLACED_KINDS:
        problems.add("region", "required", "此类机构必须填写所在地区（6 位行政区划代码）。")
    check_region(problems, values.get("region"))
    _check_levels(problems, kind, values)
    parent = values.get("parent")
    if parent is not None and parent.kind != kind:
        problems.add("parent", "kind_differs", f"上级“{parent.name}”不是同类机构。")
    elif parent is not None and kind is OrganizationKind.INSTITUTION:
        _check_line(problems, values.get("institution_level") or "", parent)
    _check_own_capacity(problems, kind, values.get("capacity"))
    problems.refuse()


def check_changes(kind: OrganizationKind, changes: Mapping[str, Any]) -> None:
    """Refuse changes that do not suit the organization's kind."""
    problems = ProblemList()
    _check_own_capacity(problems, kind, changes.get("capacity"))
    problems.refuse()


def check_uscc(problems: ProblemList, field: str, code: str) -> None:
    """Note a firm's code whose form or check character is wrong."""
    if not is_uscc(code):
        problems.add(
            field,
            "invalid_uscc",
            f"统一社会信用代码“{shown(code)}”有误：应为 18 位数字或大写字母，且校验码正确，"
            "请对照营业执照核对。",
        )


def check_region(problems: ProblemList, code: str | None) -> None:
    """Note a region that the reference data do not have."""
    if code is not None and not known_regions([code]):
        problems.add(
            "region",
            "unknown_code",
            f"未知行政区划代码“{shown(code)}”，应为 GB/T 2260 的 6 位代码。",
        )


def check_capacity(problems: ProblemList, capacity: int | None) -> None:
    """Note a number of referrals that no list has."""
    if capacity is not None and not 0 <= capacity <= LARGEST_CAPACITY:
        problems.add("capacity", "out_of_range", f"可承接数 {capacity} 应为 0–{LARGEST_CAPACITY}。")


def _check_levels(problems: ProblemList, kind: OrganizationKind, values: Mapping[str, Any]) -> None:
    is_department = kind is OrganizationKind.DEPARTMENT
    is_institution = kind is OrganizationKind.INSTITUTION
    _check_belongs(problems, "department_level", values, allowed=is_department)
    _check_belongs(problems, "agency", values, allowed=is_department)
    _check_belongs(problems, "institution_level", values, allowed=is_institution)
    _check_belongs(problems, "institution_kind", values, allowed=kind in OFFERING_KINDS)
    if is_department and not values.get("department_level"):
        problems.add("department_level", "required", "科技管理部门必须填写层级。")
    if is_institution and not values.get("institution_kind"):
        problems.add("institution_kind", "required", "金融机构必须填写机构类型。")


def _check_line(problems: ProblemList, level: str, parent: Organization) -> None:
    """Note a unit that does not stand below its parent: head office, province, city, branch."""
    levels = list(InstitutionLevel)
    if not parent.is_active:
        problems.add("parent", "inactive", f"上级“{parent.name}”已停用。")
    if len(line_of(parent)) >= len(levels):
        problems.add("parent", "too_deep", f"上级“{parent.name}”已是最低一级，不能再设下级。")
    if not parent.institution_level:
        return
    if not level:
        problems.add("institution_level", "required", "有上级的机构必须填写层级。")
    elif levels.index(InstitutionLevel(level)) <= levels.index(
        InstitutionLevel(parent.institution_level)
    ):
        problems.add(
            "institution_level",
            "not_below_parent",
            f"层级“{InstitutionLevel(level).label}”应低于上级“{parent.name}”的"
            f"“{parent.get_institution_level_display()}”。",
        )


def _check_belongs(
    problems: ProblemList, field: str, values: Mapping[str, Any], *, allowed: bool
) -> None:
    if values.get(field) and not allowed:
        problems.add(field, "unsuitable", f"“{values[field]}”不适用于此类机构，请留空。")


def _check_own_capacity(
    problems: ProblemList, kind: OrganizationKind, capacity: int | None
) -> None:
    if capacity is not None and kind not in OFFERING_KINDS:
        problems.add("capacity", "unsuitable", "只有金融机构和孵化载体有可承接数，请留空。")
    else:
        check_capacity(problems, capacity)
