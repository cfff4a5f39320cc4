"""The colour that each state has everywhere; the words beside it say the same."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_DONE = (
    "funded",
    "confirmed",
    "open",
    "published",
    "accepted",
    "finished",
    "live",
    "delivered",
    "sent",
    "reconciled",
    "held",
    "active",
)
_WAITING = (
    "submitted",
    "pending",
    "draft",
    "returned",
    "contested",
    "paused",
    "approving",
    "in_approval",
    "told",
    "proposed",
    "queued",
    "ahead",
)
_ONGOING = ("in_referral", "acknowledged", "contacted", "approved", "running", "acting")
_OVER = (
    "declined",
    "withdrawn",
    "expired",
    "closed",
    "failed",
    "overdue",
    "recalled",
    "ended",
    "discarded",
    "disabled",
    "cancelled",
    "over",
)

TONES: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(_DONE, "ok")
    | dict.fromkeys(_WAITING, "warn")
    | dict.fromkeys(_ONGOING, "info")
    | dict.fromkeys(_OVER, "bad")
)
