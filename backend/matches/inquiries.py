"""What a need would find with other values of a field, and when its matches change."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend.common.errors import InvalidInput
from backend.matches import adapters, inquiry_payloads, payloads
from backend.matches.found_needs import FoundNeed, answer_about
from backend.matches.fragments import encode
from backend.organizations.actors import Actor

# A slider shows no more; the steps come whole without any value.
MOST_VALUES = 60
DEFAULT_HORIZON = timedelta(days=365)
# Conditions of products rarely reach farther, and parameters change before.
LONGEST_HORIZON = timedelta(days=5 * 366)


def explore_need(
    found: FoundNeed, *, field: str, values: Sequence[object], as_of: date
) -> dict[str, Any]:
    """Compare a need with what it would be under each of some values of one field.

    Not remembered: values are many, and a slider rarely stops twice at the same ones. Raises
    InvalidInput for a field or value that cannot be.
    """
    if len(values) > MOST_VALUES:
        raise InvalidInput.of(
            "values", "too_many", f"一次最多试算 {MOST_VALUES} 个取值，这里有 {len(values)} 个。"
        )
    catalogue, record = found.catalogue, found.record
    answer = adapters.explore(
        catalogue.matcher, record.need, record.firm, as_of=as_of, field=field, values=values
    )
    return {
        **_heading(found, as_of),
        **inquiry_payloads.what_if_payload(answer, catalogue),
    }


def answer_calendar(*, actor: Actor, need_id: UUID, until: date | None) -> bytes | None:
    """Answer in JSON on which days a need's matches change with nothing but time passing.

    Without ``until`` one year; None when the actor may not know of the need. Remembered as the
    matches of a need are. Raises InvalidInput for a horizon that ends before it begins or is
    too long.
    """
    as_of = actor.today
    end = as_of + DEFAULT_HORIZON if until is None else until

    def make(found: FoundNeed) -> bytes:
        check_horizon(end, as_of)
        catalogue, record = found.catalogue, found.record
        answer = adapters.find_calendar(
            catalogue.matcher, record.need, record.firm, as_of=as_of, until=end
        )
        return encode(
            {
                **_heading(found, as_of),
                **inquiry_payloads.calendar_payload(answer, catalogue),
            }
        )

    return answer_about(actor=actor, need_id=need_id, question=("calendar", end), make=make)


def check_horizon(until: date, as_of: date) -> None:
    """Refuse to look farther than anybody can know."""
    last = as_of + LONGEST_HORIZON
    if until > last:
        raise InvalidInput.of(
            "until", "too_far", f"“{until.isoformat()}”太远；应为不晚于 {last.isoformat()} 的日期。"
        )


def _heading(found: FoundNeed, as_of: date) -> dict[str, Any]:
    return payloads.need_payload(found.record, as_of) | payloads.common_payload(found.catalogue)
