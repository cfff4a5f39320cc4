"""Several needs decided on at once; each stands for itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend.common.errors import DomainError
from backend.needs.models import Need
from backend.needs.services import return_need, verify_need
from backend.organizations.actors import Actor

# Needs, each with the revision that was seen of it.
Seen = Iterable[tuple[Need, int | None]]


@dataclass(slots=True)
class DecidedBatch:
    """What was done, and what was not with the reason that was given."""

    decided: list[Need] = field(default_factory=list)
    refused: list[tuple[Need, str]] = field(default_factory=list)

    def refused_by_reason(self) -> dict[str, list[str]]:
        """Return the codes of the refused needs by reason, in the order of asking."""
        found: dict[str, list[str]] = {}
        for need, reason in self.refused:
            found.setdefault(reason, []).append(need.code)
        return found


def decide_each(needs: Seen, decide: Callable[[Need, int | None], object]) -> DecidedBatch:
    """Decide on needs one by one.

    A need that is refused stays as it is and does not keep the others back.
    """
    done = DecidedBatch()
    for need, expected_revision in needs:
        try:
            decide(need, expected_revision)
        except DomainError as error:
            done.refused.append((need, error.message))
        else:
            done.decided.append(need)
    return done


def verify_needs(*, actor: Actor, needs: Seen, now: datetime) -> DecidedBatch:
    """Verify needs one by one, each with the revision that was seen of it."""
    return decide_each(
        needs,
        lambda need, revision: verify_need(
            actor=actor, need=need, expected_revision=revision, now=now
        ),
    )


def return_needs(*, actor: Actor, needs: Seen, reason: str, now: datetime) -> DecidedBatch:
    """Return needs to their firms one by one, all for the same reason."""
    return decide_each(
        needs,
        lambda need, revision: return_need(
            actor=actor, need=need, reason=reason, expected_revision=revision, now=now
        ),
    )
