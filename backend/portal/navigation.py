"""What stands in the menu of each role."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the menu; shown to those who have the word."""

    label: str
    url_name: str
    icon: str
    word: Permission | None = None
    group: str = ""


def _group(title: str, *entries: Entry) -> tuple[Entry, ...]:
    """Return entries that stand together under a title; long menus have some."""
    return tuple(replace(entry, group=title) for entry in entries)


_ANNOUNCEMENTS = Entry(
    "通知公告", "portal:announcements", "megaphone", Permission.ANNOUNCEMENT_VIEW
)
_ACTIVITIES = Entry("活动管理", "portal:activities", "calendar", Permission.ACTIVITY_EDIT)
_CONTACTS = Entry("联系人", "portal:people", "person", Permission.CONTACT_VIEW)
_MEMBERS = Entry("账号管理", "portal:members", "firm", Permission.MEMBERSHIP_VIEW)
MENUS: Final[Mapping[Role, tuple[Entry, ...]]] = MappingProxyType(
    {
        Role.FIRM: (
            Entry("我的融资", "portal:firm", "home", Permission.NEED_VIEW),
            Entry("发布需求", "portal:firm_need_new", "need", Permission.NEED_CREATE),
            Entry("企业资料", "portal:firm_profile", "firm", Permission.FIRM_VIEW),
            Entry("对接活动", "portal:firm_activities", "calendar", Permission.ACTIVITY_VIEW),
            Entry("项目库", "portal:firm_projects", "list", Permission.PROJECT_VIEW),
            Entry(
                "谁看过我的信息",
                "portal:firm_disclosures",
                "shield",
                Permission.DISCLOSURE_VIEW,
            ),
            _MEMBERS,
            _ANNOUNCEMENTS,
        ),
        Role.INSTITUTION: (
            Entry("工作台", "portal:institution", "home"),
            Entry("推送收件箱", "portal:institution_inbox", "inbox", Permission.REFERRAL_VIEW),
            Entry("收到的清单", "portal:institution_sheets", "list", Permission.REFERRAL_VIEW),
            Entry("金融产品", "portal:institution_products", "product", Permission.PRODUCT_EDIT),
            Entry("优惠政策", "portal:institution_policies", "megaphone", Permission.POLICY_EDIT),
            Entry("项目库", "portal:institution_projects", "need", Permission.PROJECT_VIEW),
            Entry("本机构统计", "portal:institution_figures", "chart", Permission.FIGURE_VIEW),
            Entry("统计报送", "portal:institution_filings", "check", Permission.AGGREGATE_VIEW),
            _CONTACTS,
            _MEMBERS,
            Entry("系统对接", "portal:institution_endpoints", "key", Permission.WEBHOOK_VIEW),
            _ANNOUNCEMENTS,
        ),
        Role.DEPARTMENT: (
            Entry("工作台", "portal:department", "home", Permission.NEED_VIEW),
            *_group(
                "需求与推送",
                Entry("需求核验", "portal:department_needs", "check", Permission.NEED_VIEW),
                Entry(
                    "走访推荐",
                    "portal:department_recommendations",
                    "person",
                    Permission.RECOMMENDATION_VIEW,
                ),
                Entry("匹配批次", "portal:department_runs", "run", Permission.RUN_VIEW),
                Entry("排序依据", "portal:department_ranking", "chart", Permission.MODEL_VIEW),
                Entry("推送清单", "portal:department_lists", "list", Permission.LIST_VIEW),
                Entry(
                    "逾期提请",
                    "portal:department_escalations",
                    "clock",
                    Permission.ESCALATION_DECIDE,
                ),
                Entry(
                    "放款异议",
                    "portal:department_outcomes",
                    "need",
                    Permission.OUTCOME_RECONCILE,
                ),
                Entry("协调事项", "portal:department_matters", "megaphone", Permission.MATTER_VIEW),
            ),
            *_group(
                "产品与统计",
                Entry("产品覆盖", "portal:department_coverage", "map", Permission.MATCH_VIEW),
                Entry("产品目录", "portal:department_products", "product", Permission.PRODUCT_VIEW),
                Entry("数据看板", "portal:department_figures", "chart", Permission.FIGURE_VIEW),
                Entry("定期报告", "portal:department_reports", "journal", Permission.REPORT_DRAW),
                Entry(
                    "填报指标",
                    "portal:department_indicators",
                    "need",
                    Permission.INDICATOR_VIEW,
                ),
            ),
            *_group(
                "机制与账号",
                Entry("企业账号", "portal:department_accounts", "firm", Permission.AUTHORITY_PROVE),
                Entry(
                    "数据请求",
                    "portal:department_data_requests",
                    "shield",
                    Permission.DATA_REQUEST_VIEW,
                ),
                Entry(
                    "合作协议",
                    "portal:department_agreements",
                    "shield",
                    Permission.AGREEMENT_VIEW,
                ),
                _CONTACTS,
                _MEMBERS,
                _ACTIVITIES,
                Entry(
                    "公告管理",
                    "portal:department_announcements",
                    "megaphone",
                    Permission.ANNOUNCEMENT_EDIT,
                ),
                Entry("名单导入", "portal:department_import", "import", Permission.ROSTER_IMPORT),
            ),
        ),
        Role.AUDITOR: (
            Entry("审计日志", "portal:department_journal", "journal", Permission.EVENT_VIEW),
            _ANNOUNCEMENTS,
        ),
        Role.INCUBATOR: (
            Entry("工作台", "portal:incubator", "home"),
            Entry("在孵企业", "portal:incubator_tenants", "firm", Permission.TENANT_VIEW),
            Entry("在孵企业需求", "portal:incubator_needs", "need", Permission.ENDORSEMENT_VIEW),
            Entry("种子资金产品", "portal:incubator_products", "product", Permission.PRODUCT_VIEW),
            _ACTIVITIES,
            _MEMBERS,
            _ANNOUNCEMENTS,
        ),
    }
)
HOMES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.FIRM: "portal:firm",
        Role.INSTITUTION: "portal:institution",
        Role.DEPARTMENT: "portal:department",
        Role.INCUBATOR: "portal:incubator",
        Role.AUDITOR: "portal:department_journal",
    }
)


def menu_of(actor: Actor) -> list[Entry]:
    """Return the entries of an actor's role that the actor may open."""
    return [
        entry for entry in MENUS.get(actor.role, ()) if entry.word is None or actor.has(entry.word)
    ]


def current_entry(menu: list[Entry], url_name: str) -> Entry | None:
    """Return the entry that leads to a page or nearest above it: names of pages nest."""
    around = [
        entry
        for entry in menu
        if url_name == entry.url_name or url_name.startswith(f"{entry.url_name}_")
    ]
    return max(around, key=lambda entry: len(entry.url_name), default=None)


def home_of(actor: Actor) -> str:
    """Return the name of the role's first page."""
    return HOMES.get(actor.role, "portal:account")
