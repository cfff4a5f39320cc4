"""What changes consents: granting, withdrawing, and holding them while something is sent."""

from backend.consents.services.locking import lock_live_consents

__all__ = ["lock_live_consents"]
