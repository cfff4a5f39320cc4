"""Which act leads a recommendation from which status to which; the database promises the same."""

from collections.abc import Sequence

from backend.common.errors import StateConflict
from backend.recommendations.enums import RecommendationAct as Act
from backend.recommendations.enums import RecommendationStatus as Status

TRANSITIONS: dict[tuple[Status, Act], Status] = {
    (Status.DRAFT, Act.SUBMITTED): Status.SUBMITTED,
    (Status.RETURNED, Act.SUBMITTED): Status.SUBMITTED,
    # A level in the middle hands it to the next one.
    (Status.SUBMITTED, Act.PASSED): Status.SUBMITTED,
    (Status.SUBMITTED, Act.ACCEPTED): Status.ACCEPTED,
    (Status.SUBMITTED, Act.RETURNED): Status.RETURNED,
    (Status.DRAFT, Act.WITHDRAWN): Status.WITHDRAWN,
    (Status.SUBMITTED, Act.WITHDRAWN): Status.WITHDRAWN,
    (Status.RETURNED, Act.WITHDRAWN): Status.WITHDRAWN,
}
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


def next_status(status: str, act: Act) -> Status:
    """Return where an act leads; refuse one that the status does not allow."""
    try:
        return TRANSITIONS[Status(status), act]
    except KeyError:
        allowed = [taken.label for (start, taken) in TRANSITIONS if start == status]
        raise StateConflict(
            "transition_not_allowed",
            f"推荐现为“{Status(status).label}”，不能{act.label}；"
            f"此状态可以：{'、'.join(allowed) or '无'}。",
        ) from None


def require_editable(status: str) -> None:
    """Refuse to edit what is on its way or has ended."""
    if status not in EDITABLE:
        raise StateConflict(
            "not_editable",
            f"推荐现为“{Status(status).label}”，只有草稿和已退回的推荐可以修改。",
        )


def next_level(route: Sequence[str], level: str) -> str | None:
    """Return the level that follows on a route; None after the last."""
    after = list(route)[list(route).index(level) + 1 :]
    return after[0] if after else None
