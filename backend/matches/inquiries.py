"""What a need would find with other values of a field, and when its matches change."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from backend.common.errors import InvalidInput
from backend.matches import adapters, inquiry_payloads
from backend.matches.answers import FoundNeed, encode, heading, load_pair

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
    record, firm = load_pair(found.pk, as_of)
    answer = adapters.explore(
        found.catalogue.matcher, record.snapshot, firm, as_of=as_of, field=field, values=values
    )
    return {
        **heading(found.catalogue, record, firm, as_of),
        **inquiry_payloads.what_if_payload(answer, found.catalogue),
    }


def answer_calendar(found: FoundNeed, *, until: date | None, as_of: date) -> bytes:
    """Answer in JSON on which days a need's matches change with nothing but time passing.

    Without ``until`` one year. Remembered as the matches of a need are. Raises InvalidInput
    for a horizon that ends before it begins or is too long.
    """
    last = as_of + LONGEST_HORIZON
    if until is not None and until > last:
        raise InvalidInput.of(
            "until", "too_far", f"“{until.isoformat()}”太远；应为不晚于 {last.isoformat()} 的日期。"
        )
    end = as_of + DEFAULT_HORIZON if until is None else until

    def compute() -> bytes:
        record, firm = load_pair(found.pk, as_of)
        answer = adapters.find_calendar(
            found.catalogue.matcher, record.snapshot, firm, as_of=as_of, until=end
        )
        return encode(
            {
                **heading(found.catalogue, record, firm, as_of),
                **inquiry_payloads.calendar_payload(answer, found.catalogue),
            }
        )

    return found.catalogue.answers.get(("calendar", *found.state, as_of, end), compute)
