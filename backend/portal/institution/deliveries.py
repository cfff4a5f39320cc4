"""What went to an institution's systems, what came of it, and sending it again."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.permissions import Permission
from backend.portal.institution.pages import InstitutionPage
from backend.webhooks import services
from backend.webhooks.enums import MessageStatus
from backend.webhooks.models import WebhookMessage

_PAGE_SIZE = 50


class DeliveryPage(InstitutionPage):
    """A page about messages to the own institution's endpoints."""

    word = Permission.DELIVERY_VIEW

    def messages(self) -> QuerySet[WebhookMessage]:
        """Return the messages with their endpoint."""
        return WebhookMessage.objects.visible_to(self.actor).select_related("endpoint")


class DeliveryList(DeliveryPage):
    """The messages, the latest first."""

    title = "投递记录"
    template_name = "portal/institution/deliveries.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of messages in one state, or of all."""
        rows = self.messages().order_by("-created_at", "-pk")
        status = request.GET.get("status", "")
        if status in MessageStatus.values:
            rows = rows.filter(status=status)
        page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
        return self.show(page=page, status_shown=status, statuses=MessageStatus.choices)


class DeliveryDetail(DeliveryPage):
    """One message, as it was sent, with every attempt."""

    template_name = "portal/institution/delivery.html"

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        """Show the message."""
        message = self.find(self.messages(), delivery_id)
        return self.show(
            title=f"投递 {message.type}",
            message=message,
            attempts=message.attempt_rows.order_by("-number")[:_PAGE_SIZE],
        )


class ReplayDelivery(DeliveryPage):
    """Sending a message again; its webhook-id stays."""

    word = Permission.DELIVERY_REPLAY

    def post(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        """Put the message in line again."""
        message = self.find(self.messages(), delivery_id)
        return self.act(
            lambda: services.replay_message(actor=self.actor, message=message, now=self.now),
            to=reverse("portal:institution_endpoints_delivery", args=[delivery_id]),
            done="已重新排队，几秒钟后刷新查看结果。",
        )
