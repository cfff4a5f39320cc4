"""Which levels a region's needs pass, and of which agency the departments are."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.needs.enums import ROUTES
from backend.needs.routes import Route, list_routes, remove_route, set_route
from backend.organizations import services
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency, DepartmentLevel, OrganizationKind
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.organizations.policies import can_set_agency
from backend.organizations.querysets import OrganizationQuerySet
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.portal.department.scopes import regions_of
from backend.portal.forms import CodeField, CodesField, PlainForm

_BETWEEN = "-"
_LEVELS = dict(DepartmentLevel.choices)


def _say(levels: Any) -> str:
    return " → ".join(_LEVELS[level] for level in levels)


class RouteForm(PlainForm):
    """Which levels of a region take part."""

    region = forms.CharField()
    levels = forms.ChoiceField(
        label="逐级推荐的层级",
        choices=[(_BETWEEN.join(route), _say(route)) for route in ROUTES],
        help_text="由下至上；第一级走访推荐，其余逐级核验。",
    )
    direct_levels = CodesField(
        _LEVELS,
        label="可以直接核验的层级",
        required=False,
        help_text="不勾选表示需求都须经走访推荐。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = CodeField(regions_of(actor), label="地区")
        self.order_fields(["region", "levels", "direct_levels"])


class AgencyForm(PlainForm):
    """Of which agency a department is."""

    agency = forms.ChoiceField(label="所属系统", choices=Agency.choices)


class Routes(DepartmentPage):
    """What holds in the region and inside it, and the departments there."""

    title = "推荐层级与部门"
    word = Permission.RECOMMENDATION_EDIT
    template_name = "portal/department/routes.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the settings and a page of departments."""
        found = list_routes(actor=self.actor)
        page = self.rows_page(_departments(self.actor).order_by("region", "name", "pk"))
        is_province = self.actor.organization.department_level == DepartmentLevel.PROVINCE
        return self.show(
            effective=_describe(found["effective"]),
            settings=[_describe(route) for route in found["settings"]],
            can_set=is_province and self.actor.has(Permission.ROUTE_EDIT),
            page=page,
            rows=[(one, can_set_agency(self.actor, one)) for one in page],
        )


def _describe(route: Route) -> dict[str, Any]:
    return {
        "region": route.region,
        "levels": _say(route.levels),
        "direct": "、".join(_LEVELS[one] for one in _LEVELS if one in route.direct_levels),
    }


def _departments(actor: Actor) -> QuerySet[Organization]:
    """Return the active departments of the region and below."""
    return Organization.objects.filter(
        OrganizationQuerySet.inside(actor.region),
        kind=OrganizationKind.DEPARTMENT,
        is_active=True,
    ).select_related("region")


def _back() -> str:
    return reverse("portal:department_recommendations_routes")


class SetRoute(AskPage):
    """The levels of a region, set anew."""

    title = "设定推荐层级"
    word = Permission.ROUTE_EDIT
    lead = "对之后上报的推荐生效；已在途的推荐按原层级办理。"
    button = "保存"
    done = "已保存。"

    def load(self) -> None:
        """Nothing is named."""
        return

    def form(self, subject: None, data: Any = None) -> RouteForm:
        """Ask for region and levels."""
        return RouteForm(data, actor=self.actor)

    def call(self, subject: None, values: dict[str, Any]) -> Route:
        """Keep the setting."""
        return set_route(
            actor=self.actor,
            region=values["region"],
            levels=values["levels"].split(_BETWEEN),
            direct_levels=values["direct_levels"],
            now=self.now,
        )

    def back(self, subject: None) -> str:
        """Lead to the settings."""
        return _back()


class RemoveRoute(DepartmentPage):
    """A region's setting, taken back by a press."""

    word = Permission.ROUTE_EDIT

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let what holds around the region hold inside it."""
        region = request.POST.get("region", "")
        return self.act(
            lambda: remove_route(actor=self.actor, region=region),
            to=_back(),
            done="已取消该地区的设定，沿用上级地区的设定。",
        )


class SetAgency(AskPage):
    """Of which agency a department is."""

    title = "设定所属系统"
    word = Permission.ORGANIZATION_EDIT
    lead = "所属系统决定部门能否直接核验需求；此前办理的事项不变。"
    button = "保存"
    done = "已保存。"

    def load(self, unit_id: UUID) -> Organization:
        """Return the department."""
        return self.find(_departments(self.actor), unit_id)

    def form(self, subject: Organization, data: Any = None) -> AgencyForm:
        """Ask for the agency."""
        return AgencyForm(data, initial={"agency": subject.agency_code})

    def context(self, subject: Organization) -> dict[str, Any]:
        """Name the department above the form."""
        return super().context(subject) | {"quote": subject.name}

    def call(self, subject: Organization, values: dict[str, Any]) -> Organization:
        """Keep it."""
        return services.set_agency(
            actor=self.actor,
            department=subject,
            agency=Agency(values["agency"]),
            expected_revision=self.expected_revision(subject),
        )

    def back(self, subject: Organization) -> str:
        """Lead to the departments."""
        return _back()
