"""Compiled loops are kept for the next process, and never outlive their sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import matching

PROGRAM = """
from datetime import date
from matching.bulk import BulkMatcher, hold_needs
from matching.ranking.kernel import rank_needs
from matching.schema import Firm, Need, Product
day = date(2026, 11, 23)
product = Product(code="P", institution="B", name="", financing_type="equity")
bulk = BulkMatcher([product], as_of=day)
needs = hold_needs([(Need(code="N", firm="F"), Firm(uscc="F", name=""))], as_of=day)
scores = bulk.rank(bulk.encode(needs), top=1).result.by_need.scores
print(len(rank_needs.stats.cache_hits), round(float(scores[0, 0]), 3))
"""


@pytest.fixture
def library(tmp_path):
    """Copy the library to a place of its own."""
    source = Path(matching.__file__).parent
    shutil.copytree(source, tmp_path / "matching", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(library, **environment):
    """Run the program; return whether the loop came from the cache, and the score."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=library,
        env={"PATH": "/usr/bin:/bin", "HOME": str(library), "PYTHONPATH": str(library)}
        | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    hits, score = done.stdout.split()
    return bool(int(hits)), float(score)


@pytest.mark.slow
def test_a_loop_is_kept_where_told_and_compiled_anew_when_an_inner_part_changes(library, tmp_path):
    place = tmp_path / "elsewhere"
    assert run(library, NUMBA_CACHE_DIR=str(place))[0] is False
    assert list(place.glob("kernels-*/**/*.nbi"))
    is_kept, score = run(library, NUMBA_CACHE_DIR=str(place))
    assert is_kept
    inner = library / "matching" / "ranking" / "pair_scores.py"
    changed = inner.read_text(encoding="utf-8").replace(
        "return min(lowest, 1.0)", "return min(lowest, 1.0) / 2.0"
    )
    inner.write_text(changed, encoding="utf-8")
    is_kept, halved = run(library, NUMBA_CACHE_DIR=str(place))
    assert not is_kept
    assert halved == pytest.approx(score / 2, abs=1e-3)


@pytest.mark.slow
def test_where_nothing_can_be_kept_loops_are_compiled_all_the_same(library):
    (library / "no-folder").touch()
    assert run(library, NUMBA_CACHE_DIR=str(library / "no-folder"))[0] is False
