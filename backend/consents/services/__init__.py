"""What changes consents: granting, withdrawing, and holding them while something is sent."""

from backend.consents.services.granting import Terms, default_end, grant_consents
from backend.consents.services.locking import lock_live_consents
from backend.consents.services.withdrawing import withdraw_consent

__all__ = ["Terms", "default_end", "grant_consents", "lock_live_consents", "withdraw_consent"]
