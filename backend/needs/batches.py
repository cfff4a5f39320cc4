"""Several needs verified at once; each stands for itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend.common.errors import DomainError
from backend.needs.models import Need
from backend.needs.services import verify_need
from backend.organizations.actors import Actor


@dataclass(slots=True)
class VerifiedBatch:
    """What was verified, and what was not with the reason that was given."""

    verified: list[Need] = field(default_factory=list)
    refused: list[tuple[Need, str]] = field(default_factory=list)

    def refused_by_reason(self) -> dict[str, list[str]]:
        """Return the codes of the refused needs by reason, in the order of asking."""
        found: dict[str, list[str]] = {}
        for need, reason in self.refused:
            found.setdefault(reason, []).append(need.code)
        return found


def verify_needs(
    *, actor: Actor, needs: Iterable[tuple[Need, int | None]], now: datetime
) -> VerifiedBatch:
    """Verify needs one by one, each with the revision that was seen of it.

    A need that may not be verified stays as it is and does not keep the others back.
    """
    done = VerifiedBatch()
    for need, expected_revision in needs:
        try:
            verify_need(actor=actor, need=need, expected_revision=expected_revision, now=now)
        except DomainError as error:
            done.refused.append((need, error.message))
        else:
            done.verified.append(need)
    return done
