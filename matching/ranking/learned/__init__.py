"""Ranking that learns from outcomes: fit, explain, save.

What the platform uses, and what stays as it is:

>>> from matching.ranking.learned import Candidate, NeedFacts, Outcome, fit_model  # doctest: +SKIP
>>> model = fit_model(outcomes, candidates, until=date(2026, 11, 1), rng=0)        # doctest: +SKIP
>>> answer = model.contributions(need, candidates)                                # doctest: +SKIP
>>> model.band(need, candidates[0])                                               # doctest: +SKIP

- Records: :class:`NeedFacts`, :class:`Candidate`, :class:`Outcome` in;
  :class:`Contributions`, :class:`Band`, :class:`ModelCard` out.
- :func:`fit_model` refuses faulty histories (:class:`~matching.errors.InputError`) and says
  of those that cannot carry a model (:class:`TooFewOutcomesError`) that rules rank.
- :meth:`LearnedModel.contributions` gives each candidate a value in [0, 1] for the component
  ``learned`` and the parts of its margin, which add up to the last bit.
- :meth:`LearnedModel.chance` says how often pairs like one ended in money, by kind of product;
  :func:`measure_chances` how far that held.
- :func:`save_model`, :func:`load_model` (files), :func:`dump_model`, :func:`read_model` (bytes).

The rules stay above it: a model never sees who is eligible, is asked only about pairs that
the rules let through, and hangs on nothing that an offer could be bettered by, so that a lower
rate, a larger limit or one more met condition cannot lower a score. A fact that is unknown
counts for the least that any value of it could.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from matching.ranking.learned.errors import ModelFileError, TooFewOutcomesError
from matching.ranking.learned.model import LearnedModel
from matching.ranking.learned.records import (
    Band,
    Candidate,
    Contributions,
    ModelCard,
    NeedFacts,
    Outcome,
)

if TYPE_CHECKING:
    from matching.ranking.learned.calibrating import measure_chances
    from matching.ranking.learned.fitting import LearnedConfig, fit_model
    from matching.ranking.learned.store import (
        dump_model,
        load_model,
        model_sha256,
        read_model,
        save_model,
    )

__all__ = [
    "Band",
    "Candidate",
    "Contributions",
    "LearnedConfig",
    "LearnedModel",
    "ModelCard",
    "ModelFileError",
    "NeedFacts",
    "Outcome",
    "TooFewOutcomesError",
    "dump_model",
    "fit_model",
    "load_model",
    "measure_chances",
    "model_sha256",
    "read_model",
    "save_model",
]

# What these need (scikit-learn, skops) takes two seconds to import, which a process
# that ranks without a model must not wait for.
_LATER: Final = {
    "LearnedConfig": "fitting",
    "fit_model": "fitting",
    "dump_model": "store",
    "load_model": "store",
    "measure_chances": "calibrating",
    "model_sha256": "store",
    "read_model": "store",
    "save_model": "store",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for first when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
