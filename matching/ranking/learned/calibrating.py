"""Fits chances on whole candidate lists, by kind of product, and says how far they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from matching.metrics.calibration import CalibrationMeasures, measure_calibration
from matching.ranking.learned.chances import Curve, Form, Standing
from matching.ranking.learned.history import Floats, Integers
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import Candidate, NeedFacts

Flags = NDArray[np.bool_]
_FOLDS: Final = 5
_FORMS: Final[tuple[Form, ...]] = ("platt", "isotonic")
# With fewer, steps say "never" where only few were asked.
_LEAST_FOR_STEPS: Final = 300


@dataclass(slots=True)
class Lists:
    """Pairs of whole candidate lists, gathered kind by kind.

    Attributes
    ----------
    values : mapping of str to list of float arrays
        By kind; margins as they stand on their day, or chances.
    funded : mapping of str to list of bool arrays
    needs : mapping of str to list of int arrays
        The number of the need of each pair.
    """

    values: dict[str, list[Floats]] = field(default_factory=dict)
    funded: dict[str, list[Flags]] = field(default_factory=dict)
    needs: dict[str, list[Integers]] = field(default_factory=dict)
    count: int = 0

    def add(
        self,
        families: Sequence[str | None],
        values: Floats,
        funded: Flags,
        standings: Mapping[str, Standing] | None = None,
    ) -> None:
        """Add the list of one more need; a product of no known kind counts nowhere.

        With ``standings`` values are margins, and are measured against them.
        """
        kinds = np.array([family or "" for family in families])
        for kind in np.unique(kinds).tolist():
            if kind:
                own = kinds == kind
                told = values[own] if standings is None else standings[kind](values[own])
                self.values.setdefault(kind, []).append(told)
                self.funded.setdefault(kind, []).append(funded[own])
                numbers = np.full(int(own.sum()), self.count, dtype=np.int64)
                self.needs.setdefault(kind, []).append(numbers)
        self.count += 1


def fit_chances(
    lists: Lists, *, standings: Mapping[str, Standing], least_funded: int
) -> dict[str, Curve]:
    """Fit a curve for each kind with enough funded outcomes; the others have none.

    A logistic curve or, with enough of them, an isotonic one, whichever loses less (log-loss)
    on needs that it was not fitted to; of equals the logistic one, which has two parameters.
    """
    curves = {}
    for kind in sorted(lists.values):
        margins = np.concatenate(lists.values[kind])
        funded = np.concatenate(lists.funded[kind])
        if int(funded.sum()) < least_funded or funded.all():
            continue
        folds = np.concatenate(lists.needs[kind]) % _FOLDS
        forms = _FORMS if funded.sum() >= _LEAST_FOR_STEPS else _FORMS[:1]
        losses = [_held_out_loss(form, margins, funded, folds) for form in forms]
        curve = _fitted(forms[int(np.argmin(losses))], margins, funded)
        curves[kind] = replace(curve, standing=standings[kind])
    return curves


def measure_chances(
    model: LearnedModel,
    cases: Iterable[tuple[NeedFacts, Sequence[Candidate], Collection[str]]],
) -> Mapping[str, CalibrationMeasures]:
    """Return how what a model said came true, by kind.

    Parameters
    ----------
    model : LearnedModel
    cases : iterable of (NeedFacts, sequence of Candidate, collection of str)
        A need, its whole list, and the products that financed it.

    Returns
    -------
    mapping of str to CalibrationMeasures
        Of the kinds that have chances and were listed at all.
    """
    lists = Lists()
    for need, candidates, financed in cases:
        said = model.chances(need, candidates)
        told = ~np.isnan(said)
        funded = np.array([one.product in financed for one in candidates], dtype=bool)
        families = [one.family for one, is_told in zip(candidates, told, strict=True) if is_told]
        lists.add(families, said[told], funded[told])
    return {
        kind: measure_calibration(np.concatenate(own), np.concatenate(lists.funded[kind]))
        for kind, own in sorted(lists.values.items())
    }


def _held_out_loss(form: Form, margins: Floats, funded: Flags, folds: Integers) -> float:
    loss = 0.0
    for fold in range(_FOLDS):
        out = folds == fold
        rest = funded[~out]
        if not out.any() or not rest.any() or rest.all():
            continue
        said = _fitted(form, margins[~out], rest)(margins[out])
        loss -= float(np.where(funded[out], np.log(said), np.log1p(-said)).sum())
    return loss


def _fitted(form: Form, margins: Floats, funded: Flags) -> Curve:
    count = int(funded.sum())
    if form == "isotonic":
        least = 0.5 / len(funded)
        steps = IsotonicRegression(y_min=least, y_max=1.0 - least, out_of_bounds="clip")
        steps.fit(margins, funded.astype(np.float64))
        points: tuple[Floats, Floats] = steps.X_thresholds_, steps.y_thresholds_
        return Curve(form, 0.0, 0.0, points[0], points[1], count)
    # Platt's targets keep the curve from certainty where there is little data.
    high, low = (count + 1.0) / (count + 2.0), 1.0 / (len(funded) - count + 2.0)
    targets = np.where(funded, high, low)
    model = LogisticRegression(C=1e6, max_iter=1_000)
    model.fit(
        np.r_[margins, margins][:, np.newaxis],
        np.r_[np.ones(len(margins)), np.zeros(len(margins))],
        sample_weight=np.r_[targets, 1.0 - targets],
    )
    none = np.zeros(0)
    slope = max(float(model.coef_[0, 0]), 0.0)  # more may not mean less
    return Curve(form, slope, float(model.intercept_[0]), none, none, count)
