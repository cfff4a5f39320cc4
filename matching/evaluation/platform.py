"""The platform's own fit, measured on histories like any other method.

Each financier is an institution with one product. What the platform has no word for (number of
rounds, age, size, names) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import numpy as np

from matching.evaluation.dataset import Floats, Integers
from matching.evaluation.features import FeatureBuilder, PeriodFeatures
from matching.evaluation.methods import Method
from matching.evaluation.splitting import PeriodKind
from matching.ranking.learned import Candidate, LearnedConfig, LearnedModel, NeedFacts, Outcome
from matching.ranking.learned.fitting import fit_model

_LEARNED_FROM: Final = 4_000  # the newest needs before the day, as other methods take
_DRAWN: Final = 60  # of a need's candidates, of whom the fit draws its negatives
_FIRST_LETTER: Final = 0x4E00
_UNKNOWN: Final = "00"  # as codes of regions end that say no more


class Platform(Method):
    """``fit_model`` on what was known before each period, with or without earlier financiers.

    Parameters
    ----------
    name : str
    builder : FeatureBuilder
    kind : {"month", "day"}
    knows_earlier : bool
        Whether needs say who financed the firm before.
    """

    uses_amount = True

    def __init__(
        self, name: str, builder: FeatureBuilder, *, kind: PeriodKind, knows_earlier: bool
    ) -> None:
        self.name = name
        self._builder, self._kind, self._knows_earlier = builder, kind, knows_earlier
        dataset = builder.dataset
        self._codes = [f"{unit:06d}" for unit in range(len(dataset.units))]
        self._candidates = [Candidate(product=code, institution=code) for code in self._codes]
        self._facts = _Facts(builder)

    def scores(self, features: PeriodFeatures) -> Iterator[Floats]:
        """Yield the margins of all units for each need of a period."""
        period = features.period
        model = self._model(date.fromordinal(period.before))
        for case in period.cases:
            earlier = case.earlier if self._knows_earlier else case.earlier[:0]
            need = self._facts.need(case.event, [self._codes[unit] for unit in earlier.tolist()])
            yield model.contributions(need, self._candidates).margins

    def _model(self, until: date) -> LearnedModel:
        dataset, protocol = self._builder.dataset, self._builder.protocol
        rows = np.flatnonzero(protocol.is_new & (dataset.link_days < until.toordinal()))
        earlier = self._earlier(rows)
        events = dataset.link_events[rows]
        needs = {event: self._facts.need(event, earlier[event]) for event in dict.fromkeys(events.tolist())}
        outcomes = [
            Outcome(
                need=needs[event],
                product=self._codes[unit],
                result="funded",
                on=needs[event].on,
            )
            for event, unit in zip(events.tolist(), dataset.link_units[rows].tolist(), strict=True)
        ]
        newest = sorted(needs)[-_LEARNED_FROM:]
        first = int(np.searchsorted(events, newest[0]))
        config = LearnedConfig(period=self._kind, warm_up=max(first - 1, 0) / len(outcomes))
        known = sorted(set(dataset.link_units[rows].tolist()))
        return fit_model(
            outcomes,
            [self._candidates[unit] for unit in known],
            until=until,
            eligible=self._drawn(rows, newest, earlier),
            config=config,
        )

    def _earlier(self, rows: Integers) -> Mapping[int, list[str]]:
        """Return per event who had financed its firm on an earlier day."""
        dataset = self._builder.dataset
        of_firm: dict[int, list[tuple[int, int]]] = {}
        found: dict[int, list[str]] = {}
        for event, unit in zip(
            dataset.link_events[rows].tolist(), dataset.link_units[rows].tolist(), strict=True
        ):
            own = of_firm.setdefault(int(dataset.firms[event]), [])
            day = int(dataset.days[event])
            before = [self._codes[other] for known, other in own if known < day]
            found[event] = sorted(before) if self._knows_earlier else []
            own.append((day, unit))
        return found

    def _drawn(
        self, rows: Integers, events: list[int], earlier: Mapping[int, list[str]]
    ) -> dict[str, list[str]]:
        """Draw candidates for each need among the units that had done a deal by then."""
        dataset = self._builder.dataset
        rng = np.random.default_rng(0)
        order = np.argsort(dataset.link_days[rows], kind="stable")
        units, firsts = np.unique(dataset.link_units[rows][order], return_index=True)
        first_day = dataset.link_days[rows][order][firsts]
        found = {}
        for event in events:
            known = units[first_day < dataset.days[event]]
            drawn = rng.choice(known, size=min(_DRAWN, len(known)), replace=False)
            codes = {self._codes[unit] for unit in drawn.tolist()} - set(earlier[event])
            found[dataset.events[event]] = sorted(codes)
        return found


class _Facts:
    """Facts of events as the platform spells them: codes that are cut to be coarser."""

    def __init__(self, builder: FeatureBuilder) -> None:
        self._dataset = builder.dataset

    def need(self, event: int, earlier: list[str]) -> NeedFacts:
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
            earlier=tuple(earlier),
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
