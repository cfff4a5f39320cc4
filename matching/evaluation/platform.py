"""The platform's own fit, measured on histories like any other method.

Each financier is an institution with one product. What the platform has no word for (number of
rounds, age, size, names) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from matching.evaluation.dataset import Dataset, Floats, Integers
from matching.evaluation.features import FeatureBuilder, PeriodFeatures
from matching.evaluation.methods import Method
from matching.ranking.learned.errors import TooFewOutcomesError
from matching.ranking.learned.fitting import LearnedConfig, fit_model
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import Candidate, NeedFacts, Outcome

_LEARNED_FROM: Final = 4_000  # the newest needs before the day, as other methods take
_DRAWN: Final = 60  # of a need's candidates, of whom the fit draws its negatives
_FIRST_LETTER: Final = 0x4E00
_UNKNOWN: Final = "00"  # as codes of regions end that say no more


class Platform(Method):
    """The margins of a model that is fitted anew before each period.

    Where the history carries no model all candidates tie.
    """

    name = "platform"
    uses_amount = True
    only_when_named = True

    def __init__(self, builder: FeatureBuilder) -> None:
        self._fits = _Fits(builder)

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the margins of all units for each need of a period."""
        fits, period = self._fits, features.period
        model = fits.model(period.before)
        for case in period.cases:
            if model is None:
                yield np.zeros(len(fits.candidates))
            else:
                yield model.contributions(fits.facts.need(case.event), fits.candidates).margins


class _Fits:
    """Fits the platform's model to what was known before a day; the last one is kept."""

    def __init__(self, builder: FeatureBuilder) -> None:
        dataset = builder.dataset
        self._dataset, self._protocol = dataset, builder.protocol
        self._codes = [f"{unit:06d}" for unit in range(len(dataset.units))]
        self.candidates = [Candidate(product=code, institution=code) for code in self._codes]
        self.facts = _Facts(dataset)
        self._last: tuple[int, LearnedModel | None] | None = None

    def model(self, before: int) -> LearnedModel | None:
        """Return the model of a day; None where it would rank by rules."""
        if self._last is None or self._last[0] != before:
            try:
                self._last = before, self._fit(before)
            except TooFewOutcomesError:
                self._last = before, None
        return self._last[1]

    def _fit(self, before: int) -> LearnedModel:
        dataset = self._dataset
        rows = np.flatnonzero(self._protocol.is_new & (dataset.link_days < before))
        events, units = dataset.link_events[rows], dataset.link_units[rows]
        earlier = self._earlier(events, units)
        needs = {event: self.facts.need(event) for event in earlier}
        outcomes = [
            Outcome(
                need=needs[event], product=self._codes[unit], result="funded", on=needs[event].on
            )
            for event, unit in zip(events.tolist(), units.tolist(), strict=True)
        ]
        newest = sorted(needs)[-_LEARNED_FROM:]
        first = int(np.searchsorted(events, newest[0])) if newest else 0
        return fit_model(
            outcomes,
            [self.candidates[unit] for unit in np.unique(units).tolist()],
            until=date.fromordinal(before),
            eligible=self._drawn(events, units, newest, earlier),
            config=LearnedConfig(
                period=self._protocol.kind, warm_up=max(first - 1, 0) / max(len(outcomes), 1)
            ),
        )

    def _earlier(self, events: Integers, units: Integers) -> dict[int, list[int]]:
        """Return per event who had financed its firm on an earlier day."""
        of_firm: dict[int, list[tuple[int, int]]] = {}
        found: dict[int, list[int]] = {}
        for event, unit in zip(events.tolist(), units.tolist(), strict=True):
            own = of_firm.setdefault(int(self._dataset.firms[event]), [])
            day = int(self._dataset.days[event])
            found[event] = sorted(other for known, other in own if known < day)
            own.append((day, unit))
        return found

    def _drawn(
        self,
        events: Integers,
        units: Integers,
        wanted: Sequence[int],
        earlier: Mapping[int, Sequence[int]],
    ) -> dict[str, list[str]]:
        """Draw candidates for each need among the units that had done a deal by then."""
        dataset = self._dataset
        rng = np.random.default_rng(0)
        order = np.argsort(dataset.days[events], kind="stable")
        known_units, firsts = np.unique(units[order], return_index=True)
        first_days = dataset.days[events][order][firsts]
        found = {}
        for event in wanted:
            known = known_units[first_days < dataset.days[event]]
            drawn = rng.choice(known, size=min(_DRAWN, len(known)), replace=False)
            own = set(drawn.tolist()) - set(earlier[event])
            found[dataset.events[event]] = [self._codes[unit] for unit in sorted(own)]
        return found


class _Facts:
    """Facts of events as the platform spells them: codes that are cut to be coarser."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def need(self, event: int) -> NeedFacts:
        """Return what is known of an event."""
        dataset = self._dataset
        amount = float(dataset.amounts[event])
        stage = self._number("stage", event)
        return NeedFacts(
            code=dataset.events[event],
            firm=str(int(dataset.firms[event])),
            on=date.fromordinal(int(dataset.days[event])),
            stage=None if stage < 0 else dataset.values["stage"][stage],
            industry=self._industry(event),
            region=self._region(event),
            amount_yuan=None if np.isnan(amount) else int(amount),
        )

    def _industry(self, event: int) -> str | None:
        """Return a section and a division of it, which is the section where there is none."""
        section, division = self._number("sector1", event), self._number("sector2", event)
        if section < 0:
            return None
        return _letter(section) + _letter(max(division, 0)) * 2

    def _region(self, event: int) -> str | None:
        """Return a city and, where one is known, a county of it."""
        region, city = self._number("region", event), self._number("city", event)
        if region < 0:
            return None
        return _letter(region) * 4 + (_UNKNOWN if city < 0 else _letter(city) * 2)

    def _number(self, column: str, event: int) -> int:
        codes = self._dataset.columns.get(column)
        return -1 if codes is None else int(codes[event])


def _letter(number: int) -> str:
    return chr(_FIRST_LETTER + number)
