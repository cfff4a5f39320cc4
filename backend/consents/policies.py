"""Who may do what to consents; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.consents.models import Consent
from backend.firms.models import Firm
from backend.firms.policies import speaks_for
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority


def require_can_grant(actor: Actor, firm: Firm) -> None:
    """Whoever speaks for a firm, with proved authority, consents for it."""
    if not (actor.has(Permission.CONSENT_GRANT) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以作出授权。")
    require_authority(actor)


def require_can_withdraw(actor: Actor, consent: Consent) -> None:
    """Whoever speaks for the firm withdraws, also when their authority has run out.

    Withdrawing must be no harder than consenting, and shows nobody anything.
    """
    if not (actor.has(Permission.CONSENT_GRANT) and speaks_for(actor, consent.need.firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以撤回授权。")


def require_can_withdraw_for(actor: Actor, firm: Firm) -> None:
    """Whoever speaks for a firm takes it off rosters, by the same rule."""
    if not (actor.has(Permission.CONSENT_GRANT) and speaks_for(actor, firm)):
        raise NotPermitted("permission_denied", "只有企业自身或其授权的孵化载体可以撤回授权。")


def can_see_people(actor: Actor) -> bool:
    """Who clicked is known to the firm's side and to departments, not to institutions."""
    return not actor.is_institution
