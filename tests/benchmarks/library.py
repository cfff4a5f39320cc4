"""One need through the library: ranking, explanation of twenty, what if, and the calendar."""

from datetime import timedelta
from functools import partial
from typing import Any

from matching.exchange import parse_exchange
from matching.inquiries import calendar, what_if
from matching.pipeline import Matcher
from tests.benchmarks.timing import timed

TOP = 20
_SOME = 200


def measure(exchange: dict[str, Any]) -> dict[str, Any]:
    """Rank need by need against all products, after one round to warm up."""
    parsed = parse_exchange(exchange)
    firms = {firm.uscc: firm for firm in parsed.firms}
    matcher = Matcher(parsed.products)
    as_of = parsed.as_of
    assert as_of is not None

    def call(need: Any, **parts: bool) -> Any:
        return lambda: matcher.match(need, firms[need.firm], as_of=as_of, top=TOP, **parts)

    plain = {"near_misses": False, "questions": False}
    for need in parsed.needs[:20]:
        call(need)()
        matched = call(need, **plain)().matches
        listed = matcher.shortlist(need, firms[need.firm], as_of=as_of, top=TOP)
        assert [match.product for match in matched] == list(listed.products)
    some = parsed.needs[:_SOME]
    year = as_of + timedelta(days=365)
    what_ifs = (
        partial(what_if, matcher, need, firms[need.firm], as_of=as_of, field="amount_max_yuan")
        for need in some
    )
    calendars = (
        partial(calendar, matcher, need, firms[need.firm], as_of=as_of, until=year) for need in some
    )
    return {
        "products": len(parsed.products),
        **timed(call(need, **plain) for need in parsed.needs).summary("matches"),
        **timed(call(need) for need in parsed.needs).summary("with_near_misses"),
        **timed(what_ifs).summary("what_if"),
        **timed(calendars).summary("calendar_of_a_year"),
    }
