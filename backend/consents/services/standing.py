"""Hold what a firm consented to while that changes."""

from collections.abc import Iterable

from backend.consents.enums import Direction
from backend.consents.models import Consent
from backend.firms.models import Firm
from backend.needs.models import Need
from backend.organizations.models import Organization


def lock_firm_consents(firm: Firm) -> None:
    """Let one change of a firm's consents wait for another, until the transaction ends.

    The firm's row stands for them, since there may be none yet. The weaker lock leaves those
    alone who only refer to the firm, such as a sending that writes the ledger: it may wait for
    nothing that waits for it.
    """
    Firm.objects.select_for_update(no_key=True).get(pk=firm.pk)


def lock_standing(
    need: Need, institutions: Iterable[Organization], direction: Direction
) -> dict[int, Consent]:
    """Return the standing consent per institution, locked; waits for sendings under way."""
    rows = (
        Consent.objects.standing()
        .towards(direction)
        .filter(need=need, institution__in=list(institutions))
        .select_related("text", "institution", "need__firm__organization")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    return {consent.institution_id: consent for consent in rows}
