"""A list that only waits to be sent: needs of firms with consents for every bank of it."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

_BATCH = 2_000
_PATIENCE_SECONDS = 300


def make_approved_list(*, needs: int, banks: int, url: str = "") -> dict[str, Any]:
    """Draft and approve a list of every need for every bank, and return who may send it.

    With ``url`` each bank's system is told of what was sent, at an address below it.
    """
    from backend.accounts.services import create_key
    from backend.referrals.services import drafting
    from tests.factories.lists import make_office, open_needs
    from tests.factories.webhooks import EndpointFactory

    office = make_office(banks=banks)
    people = {"submitted_by": office.officer.user, "verified_by": office.head.user}
    _consent(open_needs(needs, **people), office.banks)
    if url:
        for number, bank in enumerate(office.banks):
            EndpointFactory(organization=bank, url=f"{url}/{number}", event_types=["referral.sent"])
    drafted = drafting.draft_list(
        actor=office.officer, match_run=_finished_run(office), now=timezone.now(), per_need=banks
    )
    approved = office.approve(drafted)
    return {
        "key": create_key(actor=None, user=office.officer.user)[1],
        "list": str(approved.public_id),
        "revision": approved.revision,
        "rows": approved.rows.standing().count(),
        "office": office,
        "approved": approved,
    }


def _finished_run(office: Any) -> Any:
    """Rank the needs here, or wait until a platform's worker has, whoever takes it up first."""
    from backend.matches.enums import RunStatus
    from tests.factories.matches import MatchRunFactory

    run = MatchRunFactory(actor=office.officer, finished=True)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while run.status != RunStatus.FINISHED:
        assert time.monotonic() < deadline, f"the run is {run.status}"
        time.sleep(0.5)
        run.refresh_from_db()
    return run


def _consent(needs: list[Any], banks: list[Any]) -> None:
    from backend.consents.models import Consent
    from tests.factories.consents import ConsentFactory, ConsentTextFactory

    text, now = ConsentTextFactory(), timezone.now()
    like = ConsentFactory.build(need=needs[0], institution=banks[0], text=text, granted_by=None)
    Consent.objects.bulk_create(
        (
            Consent(
                need=need,
                institution=bank,
                direction=like.direction,
                groups=like.groups,
                contact_person=need.contact_name,
                text=text,
                granted_at=now - timedelta(days=1),
                granted_by=needs[0].verified_by,
                expires_on=like.expires_on,
            )
            for need in needs
            for bank in banks
        ),
        batch_size=_BATCH,
    )
