"""One need through the library: encoding of the need, ranking, explanation of twenty."""

from typing import Any

from matching.exchange import parse_exchange
from matching.pipeline import Matcher
from tests.benchmarks.timing import timed

TOP = 20


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
    return {
        "products": len(parsed.products),
        **timed(call(need, **plain) for need in parsed.needs).summary("matches"),
        **timed(call(need) for need in parsed.needs).summary("with_near_misses"),
    }
