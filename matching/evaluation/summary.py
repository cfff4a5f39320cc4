"""From what each need got to the figures that are reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.backtest import SEEN, UNSEEN, Evaluation, MethodRecord
from matching.evaluation.dataset import Floats
from matching.metrics.intervals import paired_bootstrap, standard_error
from matching.metrics.ranking import MEASURES, as_rows
from matching.version import __version__

FORMAT: Final = "kerong-evaluation/1"

# What the last of these that ran is compared with: all others.
_CHAMPIONS: Final = ("learned", "boosting", "logistic", "naive_bayes")
_ONLY_AMOUNT: Final = "_no_amount"

Flags = NDArray[np.bool_]


def summarise(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures of an evaluation as plain values.

    Everything but ``timing`` is the same for the same input, options and seed.
    """
    needs, dataset = evaluation.needs, evaluation.dataset
    stages = _stages(evaluation)
    known = np.array(needs.known_firm, dtype=bool)
    ndcg = {
        name: record.rows()[:, MEASURES.index("ndcg_10")]
        for name, record in evaluation.records.items()
    }
    return {
        "format": FORMAT,
        "version": __version__,
        "options": _options(evaluation),
        "notes": list(dataset.notes),
        "needs": {
            "count": len(needs.events),
            "known_firms": int(known.sum()),
            "candidates": float(np.mean(needs.candidates)),
            "financiers": sum(needs.financiers),
            "reachable": sum(needs.reachable),
        },
        "methods": {
            name: _method(record, stages, known) for name, record in evaluation.records.items()
        },
        "differences": _differences(ndcg, evaluation.config.seed),
        "per_need": {
            "event": [dataset.events[event] for event in needs.events],
            "ndcg_10": {name: [round(x, 10) for x in own.tolist()] for name, own in ndcg.items()},
        },
        "timing": {
            name: {
                "fit_seconds": record.fit_seconds,
                "microseconds_per_pair": 1e6 * record.score_seconds / max(record.pairs, 1),
            }
            for name, record in evaluation.records.items()
        },
    }


def _options(evaluation: Evaluation) -> dict[str, Any]:
    split, config = evaluation.split, evaluation.config
    return {
        "train": [[str(one.start), str(one.end)] for one in split.train],
        "valid": [str(split.valid.start), str(split.valid.end)],
        "test": [str(split.test.start), str(split.test.end)],
        "period": config.kind,
        "min_deals": config.min_deals,
        "drop_stages": sorted(config.drop_stages),
        "max_needs": config.max_needs,
        "seed": config.seed,
        "negatives": config.negatives,
        "train_needs": config.train_needs,
    }


def _method(record: MethodRecord, stages: Sequence[str], known: Flags) -> dict[str, Any]:
    rows = record.rows()
    ndcg = rows[:, MEASURES.index("ndcg_10")]
    stage = np.array(stages)
    found = np.array([found for found, _ in record.links])
    kind = np.array([kind for _, kind in record.links])
    reverse = as_rows(record.reverse)
    result: dict[str, Any] = {
        **{name: _mean(rows[:, place]) for place, name in enumerate(MEASURES)},
        "ndcg_10_by_stage": {name: _mean(ndcg[stage == name]) for name in sorted(set(stages))},
        "ndcg_10_by_firm": {"new": _mean(ndcg[~known]), "known": _mean(ndcg[known])},
        "recall_50_by_institution": {
            "seen": _mean(found[kind == SEEN]),
            "unseen": _mean(found[kind == UNSEEN]),
        },
        "reverse": {name: _mean(reverse[:, place]) for place, name in enumerate(MEASURES)},
    }
    if record.calibration is not None:
        result["calibration"] = asdict(record.calibration)
    return result


def _differences(ndcg: dict[str, Floats], seed: int) -> list[dict[str, Any]]:
    """Return how much better the best method that ran is than each other, paired."""
    rows = []
    for champion in (name for name in _CHAMPIONS if name in ndcg):
        others = [name for name in ndcg if name != champion]
        for other in others:
            difference = paired_bootstrap(ndcg[champion], ndcg[other], rng=seed)
            rows.append({"first": champion, "second": other, **asdict(difference)})
        break
    bare = f"learned{_ONLY_AMOUNT}"
    if bare in ndcg:
        for other, own in ndcg.items():
            is_fair = other.startswith("popularity") or other.endswith(_ONLY_AMOUNT)
            if is_fair and other != bare:
                difference = paired_bootstrap(ndcg[bare], own, rng=seed)
                rows.append({"first": bare, "second": other, **asdict(difference)})
    return rows


def _stages(evaluation: Evaluation) -> list[str]:
    """Return the stage of each need as the set names it."""
    dataset = evaluation.dataset
    codes = dataset.columns.get("stage")
    if codes is None:
        return ["unknown"] * len(evaluation.needs.events)
    names = dataset.values["stage"]
    return [
        names[codes[event]] if codes[event] >= 0 else "unknown" for event in evaluation.needs.events
    ]


def _mean(values: Floats) -> dict[str, float | int | None]:
    if len(values) == 0:
        return {"mean": None, "standard_error": None, "count": 0}
    return {
        "mean": round(float(values.mean()), 10),
        "standard_error": round(standard_error(values), 10),
        "count": len(values),
    }
