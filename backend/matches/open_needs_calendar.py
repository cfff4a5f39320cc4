"""When the matches of the open needs change, with nothing but time passing."""

from datetime import date, timedelta

from backend.common.errors import InvalidInput
from backend.matches import adapters, payloads, policies
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.fragments import encode
from backend.matches.inquiries import check_horizon
from backend.matches.inquiry_payloads import shared_calendar_payload
from backend.matches.shared_answers import answer_over_needs
from backend.needs.selectors import list_need_records
from backend.organizations.actors import Actor

# What an officer plans for; farther ahead one asks product by product.
DEFAULT_HORIZON = timedelta(days=30)
LONGEST_HORIZON = timedelta(days=366)
# Records are some 3 KB each while they are compared.
_BATCH = 10_000


def answer_open_needs_calendar(*, actor: Actor, until: date | None) -> bytes:
    """Answer in JSON on which days open needs of the department's region gain or lose products.

    Without ``until`` thirty days. Remembered. Raises InvalidInput for a horizon that ends before
    it begins or is too long, NotPermitted.
    """
    policies.require_can_see_coverage(actor)
    as_of = actor.today
    end = as_of + DEFAULT_HORIZON if until is None else until
    check_horizon(end, as_of)
    last = as_of + LONGEST_HORIZON
    if end > last:
        raise InvalidInput.of(
            "until", "too_far", f"“{end.isoformat()}”太远；应为不晚于 {last.isoformat()} 的日期。"
        )

    def make(catalogue: LoadedCatalogue, need_pks: list[int]) -> bytes:
        records = [
            record
            for at in range(0, len(need_pks), _BATCH)
            for record in list_need_records(need_pks[at : at + _BATCH], as_of)
        ]
        pairs = [(record.need, record.firm) for record in records]
        days = adapters.find_shared_calendar(catalogue.matcher, pairs, as_of=as_of, until=end)
        named = {record.need.code: record for record in records}
        return encode(
            {
                "as_of": as_of,
                "region": actor.region,
                **payloads.common_payload(catalogue),
                **shared_calendar_payload(days, named, catalogue, until=end),
            }
        )

    return answer_over_needs(actor=actor, question=("open needs calendar", end), make=make)
