"""Where an institution's systems hear of events: endpoints, their secrets, self-checks."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.common.errors import DomainError
from backend.organizations.permissions import Permission
from backend.portal.institution.endpoint_forms import EndpointForm, RotationForm
from backend.portal.institution.pages import InstitutionPage
from backend.portal.pages import put_on_form
from backend.webhooks import services
from backend.webhooks.models import WebhookEndpoint
from backend.webhooks.services import MOST_ENDPOINTS


class EndpointPage(InstitutionPage):
    """A page about the own institution's endpoints."""

    word = Permission.WEBHOOK_VIEW

    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        """Return the own endpoints with their health."""
        visible = WebhookEndpoint.objects.visible_to(self.actor)
        return visible.select_related("organization").with_health()

    def list_address(self, _result: Any = None) -> str:
        """Return where the endpoints are listed."""
        return reverse("portal:institution_endpoints")


class EndpointList(EndpointPage):
    """All endpoints; there are at most a handful."""

    title = "系统对接"
    template_name = "portal/institution/endpoints.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the endpoints."""
        endpoints = list(self.endpoints().order_by("pk"))
        return self.show(endpoints=endpoints, most=MOST_ENDPOINTS)


class NewEndpoint(EndpointPage):
    """A new endpoint; its secret is shown this once."""

    title = "新建推送端点"
    word = Permission.WEBHOOK_EDIT
    template_name = "portal/institution/endpoint_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=EndpointForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the endpoint; a second press is refused because the address is in use by then."""
        form = EndpointForm(request.POST)
        if form.is_valid():
            try:
                endpoint, secret = services.create_endpoint(
                    actor=self.actor, now=self.now, **form.cleaned_data
                )
            except DomainError as error:
                put_on_form(form, error)
            else:
                return self.show(
                    "portal/institution/endpoint_secret.html", endpoint=endpoint, secret=secret
                )
        return self.show(form=form, status=422)


class EditEndpoint(EndpointPage):
    """The address and the events."""

    title = "修改推送端点"
    word = Permission.WEBHOOK_EDIT
    template_name = "portal/institution/endpoint_form.html"

    def get(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Show the form as the endpoint stands."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        initial = {"url": endpoint.url, "event_types": endpoint.event_types}
        return self.show(form=EndpointForm(initial=initial), endpoint=endpoint)

    def post(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Keep the changes."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        form = EndpointForm(request.POST)

        def update() -> WebhookEndpoint:
            return services.update_endpoint(
                actor=self.actor,
                endpoint=endpoint,
                changes=form.cleaned_data,
                expected_revision=self.expected_revision(endpoint),
            )

        return self.submit(form, update, to=self.list_address, done="已保存。", endpoint=endpoint)


class RotateSecret(EndpointPage):
    """A new secret, shown this once; the old one signs beside it for a while."""

    title = "轮换签名密钥"
    word = Permission.WEBHOOK_EDIT
    template_name = "portal/institution/endpoint_rotate.html"

    def get(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Ask how long both are to sign."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        return self.show(form=RotationForm(), endpoint=endpoint)

    def post(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Replace the secret; a second press carries an old revision and is refused."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        form = RotationForm(request.POST)
        if form.is_valid():
            try:
                endpoint, secret = services.rotate_secret(
                    actor=self.actor,
                    endpoint=endpoint,
                    overlap_hours=form.cleaned_data["overlap_hours"],
                    expected_revision=self.expected_revision(endpoint),
                    now=self.now,
                )
            except DomainError as error:
                put_on_form(form, error)
            else:
                return self.show(
                    "portal/institution/endpoint_secret.html", endpoint=endpoint, secret=secret
                )
        return self.show(form=form, status=422, endpoint=endpoint)


class PingEndpoint(EndpointPage):
    """A message without meaning, so that the receiver can be tried out."""

    word = Permission.WEBHOOK_EDIT

    def post(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Send it, and lead to where its fate is seen."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        return self.act(
            lambda: services.ping_endpoint(actor=self.actor, endpoint=endpoint),
            to=reverse("portal:institution_endpoints_deliveries"),
            done="自检消息已发出，几秒钟后刷新查看结果。",
        )


class SwitchEndpoint(EndpointPage):
    """Switching an endpoint on or off."""

    word = Permission.WEBHOOK_SWITCH

    def post(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Switch it to the state that the button names."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        what = {"actor": self.actor, "endpoint": endpoint}
        is_on = request.POST.get("state") == "on"

        def switch() -> WebhookEndpoint:
            what["expected_revision"] = self.expected_revision(endpoint)
            if is_on:
                return services.enable_endpoint(**what)
            return services.disable_endpoint(**what, reason="", now=self.now)

        done = "已启用；停用期间的消息请在投递记录中重发。" if is_on else "已停用。"
        return self.act(switch, to=self.list_address(), done=done)


class RemoveEndpoint(EndpointPage):
    """Taking an endpoint away for good."""

    word = Permission.WEBHOOK_EDIT

    def post(self, request: HttpRequest, webhook_endpoint_id: UUID) -> HttpResponse:
        """Remove it; the record of what was delivered stays in the database."""
        endpoint = self.find(self.endpoints(), webhook_endpoint_id)
        return self.act(
            lambda: services.remove_endpoint(
                actor=self.actor,
                endpoint=endpoint,
                expected_revision=self.expected_revision(endpoint),
                now=self.now,
            ),
            to=self.list_address(),
            done="已删除。",
        )
