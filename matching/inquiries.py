"""What a matcher answers beyond the ranking of one need: what if, when, and what is missing.

Each function takes a ``Matcher``, so that the catalogue is encoded once for all of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date

from matching.eligibility.facts import gather_facts
from matching.eligibility.need_facts import NeedFacts
from matching.eligibility.stage import assess_stage
from matching.explanation.calendar import check_horizon, find_calendar, merge_calendars
from matching.explanation.coverage import Service, assess_service, summarise_coverage
from matching.explanation.offer_changes import explore_offer
from matching.explanation.what_if import explore_field
from matching.parameters import load_parameters
from matching.pipeline import Matcher
from matching.results import Calendar, Coverage, ProductWhatIf, WhatIf
from matching.schema import Firm, Need, Product, StageAssessment

__all__ = [
    "calendar",
    "calendars",
    "check_horizon",
    "coverage",
    "merge_calendars",
    "product_what_if",
    "stage_of",
    "what_if",
]


def what_if(
    matcher: Matcher,
    need: Need,
    firm: Firm,
    *,
    as_of: date,
    field: str,
    values: Sequence[object] = (),
) -> WhatIf:
    """Say what a need would find if one of its fields had another value.

    Parameters
    ----------
    field : str
        ``amount_min_yuan``, ``amount_max_yuan``, ``term_min_months``, ``term_max_months``,
        ``max_annual_rate``, ``financing_types``, ``purposes``, ``collateral``, or
        ``qualifications`` of the firm.
    values : sequence
        Numbers in the unit of the field, or tuples of codes that take the place of the
        list; for ``qualifications`` tuples of codes to add, which then hold without end.
        None is unknown (no cap for the rate). None of them: only the steps of a slider.

    Returns
    -------
    WhatIf
        The verdicts are those of ``Matcher.match`` for the changed need. An end of an
        interval that passes the other end takes it along.

    Raises
    ------
    InputError
        When the field cannot be varied, or a value is none that it can have (not a
        number, not finite, negative, a fraction of a yuan, an unknown code).

    Examples
    --------
    >>> from matching.schema import Product
    >>> product = Product(code="P1", institution="B", name="科创贷", financing_type="credit_loan",
    ...     amount_max_yuan=2_000_000)
    >>> firm = Firm(uscc="F1", name="演示企业")
    >>> need = Need(code="N1", firm="F1", amount_max_yuan=3_000_000)
    >>> found = what_if(Matcher([product]), need, firm, as_of=date(2026, 11, 23),
    ...     field="amount_max_yuan")
    >>> [(step.start, step.eligible) for step in found.steps]
    [(0, 1), (2000001, 0)]
    """
    facts, outcomes = matcher.compare(need, firm, as_of=as_of)
    parameters = matcher.parameters_on(as_of)
    return explore_field(matcher.catalogue, facts, outcomes, parameters, field=field, values=values)


def calendar(matcher: Matcher, need: Need, firm: Firm, *, as_of: date, until: date) -> Calendar:
    """Return the days on which a need's matches change with nothing but time passing.

    Parameters
    ----------
    as_of : date
        The day before the horizon begins; its parameters hold throughout.
    until : date
        The last day of the horizon; on ``as_of`` itself the horizon has no day.

    Raises
    ------
    InputError
        When ``until`` lies before ``as_of``.
    """
    check_horizon(as_of, until)
    facts, outcomes = matcher.compare(need, firm, as_of=as_of)
    parameters = matcher.parameters_on(as_of)
    return find_calendar(matcher.catalogue, facts, outcomes, parameters, until=until)


def calendars(
    matcher: Matcher, pairs: Iterable[tuple[Need, Firm]], *, as_of: date, until: date
) -> tuple[Calendar, ...]:
    """Return the calendar of each of some needs, in ascending order of need code.

    With a matcher of one product this is the product's calendar; ``merge_calendars`` puts
    the days of all needs in one list.
    """
    found = [calendar(matcher, need, firm, as_of=as_of, until=until) for need, firm in pairs]
    return tuple(sorted(found, key=lambda entry: entry.need))


def coverage(
    matcher: Matcher,
    pairs: Iterable[tuple[Need, Firm]],
    *,
    as_of: date,
    top: int | None = 50,
    served: Container[str] = frozenset(),
) -> Coverage:
    """Count the needs that no product serves, and rank what would serve most of them.

    Parameters
    ----------
    pairs : iterable of (Need, Firm)
        Needs with distinct codes and their firms, in any order.
    top : int or None
        How many relaxations to keep; None keeps all.
    served : container of str
        Changes speed, never the result: codes of needs that are known to match something
        (a batch tells), and so are not compared again.
    """
    parameters = matcher.parameters_on(as_of)
    services = (
        Service(gather_facts(need, firm, as_of=as_of, parameters=parameters), None)
        if need.code in served
        else assess_service(matcher.catalogue, *matcher.compare(need, firm, as_of=as_of))
        for need, firm in pairs
    )
    return summarise_coverage(matcher.catalogue, services, as_of=as_of, top=top)


def product_what_if(before: Product | None, after: Product, needs: NeedFacts) -> ProductWhatIf:
    """Say which needs a changed product would gain and lose, before it is published.

    Parameters
    ----------
    before : Product or None
        The product as it is; None when it is new.
    after : Product
        The product as it would be.
    needs : NeedFacts
        From ``matching.bulk.hold_facts``; the answer speaks about their day.

    Returns
    -------
    ProductWhatIf
        The verdicts are those of ``Matcher.match``, for each changed condition alone and
        for all together, with counts by city and stage.
    """
    return explore_offer(before, after, needs)


def stage_of(firm: Firm, *, as_of: date) -> StageAssessment:
    """Return a firm's stage: the declared one, or the inferred one with the rule that fired.

    Parameters
    ----------
    firm : Firm
        A declared ``stage`` is used as given.
    as_of : date
        The day on which age is counted, and of which the parameters are.

    Examples
    --------
    >>> stage_of(Firm(uscc="x", name="x", revenue_yuan=300_000_000), as_of=date(2026, 11, 23)).rule
    'revenue_beyond_sme'
    """
    return assess_stage(firm, as_of=as_of, parameters=load_parameters(as_of))
