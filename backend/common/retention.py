"""What the platform forgets, and when: each app says so of its own rows, one job does it.

What is append-only (journal, ledger of disclosures, sheets, steps, reviews, signatures) is never
forgotten; the database refuses it.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import models, transaction

logger = logging.getLogger(__name__)

# Forgets what is too old at a moment and returns how many rows.
Purge = Callable[..., int]

_BATCH = 2_000
_purges: dict[str, Purge] = {}


def register_purge(name: str, purge: Purge) -> None:
    """Let the job call ``purge(now=...)``; for use in an app's ``ready``."""
    _purges[name] = purge


def purge_all(*, now: datetime) -> dict[str, int]:
    """Forget what every app no longer keeps; return how many rows by name.

    One that fails is logged and left to the next day; the others go on.
    """
    done = {}
    for name, purge in sorted(_purges.items()):
        try:
            done[name] = purge(now=now)
        except Exception:
            logger.exception("the purge of %s failed", name)
    return done


def delete_in_batches(rows: models.QuerySet) -> int:
    """Delete rows and what hangs on them, some thousand per transaction; return how many rows.

    Others wait for a batch, never for the whole; what was done stays done when it is broken off.
    """
    total = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            _, by_model = rows.model._default_manager.filter(pk__in=keys).delete()
        deleted = by_model.get(rows.model._meta.label, 0)
        if not deleted:  # another run was at it
            break
        total += deleted
    return total
