"""Hold consents while something is sent by them."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from backend.consents.enums import Direction
from backend.consents.grounds import Grounds, Pair, list_grounds


def lock_live_consents(pairs: Iterable[Pair], day: date) -> dict[Pair, Grounds]:
    """Return what live consents let pass per pair, and hold them until the transaction ends.

    Call it inside the sending transaction, before anything is written. A withdrawal that came
    first is seen: its pair is missing here. One that comes later waits for the end of the
    sending, so it finds every row that it has to take back. Senders do not wait for each other.
    Whoever locks needs as well locks them afterwards, as granting does.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "consents are locked inside the transaction that sends"
        )
    return list_grounds(pairs, day=day, direction=Direction.TO_INSTITUTION, lock=True)
