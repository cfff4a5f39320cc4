"""Who may do what to webhooks; each rule is one sentence."""

from backend.common.errors import NotPermitted, StateConflict
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind, Role
from backend.organizations.permissions import Permission
from backend.webhooks.enums import DisabledBy, EndpointStatus
from backend.webhooks.models import WebhookEndpoint


def is_own(actor: Actor, endpoint: WebhookEndpoint) -> bool:
    """Tell whether the endpoint belongs to the acting institution."""
    return endpoint.organization_id == actor.organization.pk


def can_see_address(actor: Actor, endpoint: WebhookEndpoint) -> bool:
    """The full address may hold a token, so it is for its own institution; others see the host."""
    return actor.has(Permission.WEBHOOK_EDIT) and is_own(actor, endpoint)


def require_can_create(actor: Actor) -> None:
    """Managers of institutions enter endpoints of their own institution."""
    is_institution = actor.organization.kind == OrganizationKind.INSTITUTION
    if not (actor.has(Permission.WEBHOOK_EDIT) and is_institution):
        raise NotPermitted("permission_denied", "只有金融机构负责人可以设置推送端点。")


def require_can_edit(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Managers change, rotate, check and remove their own institution's endpoints."""
    if not (actor.has(Permission.WEBHOOK_EDIT) and is_own(actor, endpoint)):
        raise NotPermitted("permission_denied", "只有本机构负责人可以修改推送端点。")


def require_can_switch(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Managers switch their own institution's endpoints, security officers any."""
    is_security = actor.role is Role.SECURITY_OFFICER
    if not (actor.has(Permission.WEBHOOK_SWITCH) and (is_security or is_own(actor, endpoint))):
        raise NotPermitted("permission_denied", "只有本机构负责人或安全管理员可以启停推送端点。")


def require_can_enable(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """What a security officer switched off, only a security officer switches on."""
    require_can_switch(actor, endpoint)
    is_security = actor.role is Role.SECURITY_OFFICER
    if endpoint.disabled_by == DisabledBy.SECURITY_OFFICER and not is_security:
        raise NotPermitted("disabled_by_security", "该端点由安全管理员停用，请联系其恢复。")


def require_can_replay(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Managers send messages to their own institution again, while the endpoint is active."""
    if not (actor.has(Permission.DELIVERY_REPLAY) and is_own(actor, endpoint)):
        raise NotPermitted("permission_denied", "只有本机构负责人可以重发消息。")
    require_active(endpoint)


def require_active(endpoint: WebhookEndpoint) -> None:
    """Refuse what needs an endpoint that is switched on."""
    if endpoint.status != EndpointStatus.ACTIVE:
        raise StateConflict("endpoint_disabled", "推送端点已停用，请先启用。")


def disabling_party(actor: Actor) -> DisabledBy:
    """Return as whom the actor switches off."""
    if actor.role is Role.SECURITY_OFFICER:
        return DisabledBy.SECURITY_OFFICER
    return DisabledBy.INSTITUTION
