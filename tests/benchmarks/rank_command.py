"""`kerong rank` as a whole process: start, parse, rank, explain, write."""

import gc
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matching.exchange import read_exchange
from matching.exchange.results.as_json import write_json
from matching.exchange.results.ranking import Ranking
from matching.pipeline import rank_exchange

_ROUNDS = 3
_COMMAND = "import sys; from backend.command import main; sys.exit(main(sys.argv[1:]))"


def measure(exchange: dict[str, Any]) -> dict[str, Any]:
    """Rank a file a few times; the outputs must be the same bytes.

    Returns
    -------
    dict
        Wall and CPU seconds of the fastest process. ``start`` is what its phases leave of the
        CPU time: the interpreter and its imports.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "exchange.json", Path(folder) / "out.json"
        source.write_text(json.dumps(exchange, ensure_ascii=False), encoding="utf-8")
        runs, outputs = [], set()
        for _ in range(_ROUNDS):
            runs.append(_run("rank", source, "--out", target))
            outputs.add(hashlib.sha256(target.read_bytes()).hexdigest())
        assert len(outputs) == 1, "the same input gave different bytes"
        _, by_product_cpu = _run(
            "rank", source, "--by", "product", "--out", Path(folder) / "by.json"
        )
        phases = _phases(source, target)
        assert outputs == {hashlib.sha256(target.read_bytes()).hexdigest()}
        size = target.stat().st_size
    wall, cpu = (min(times) for times in zip(*runs, strict=True))
    return {
        "pairs": f"{len(exchange['needs'])} × {len(exchange['products'])}",
        "seconds": wall,
        "cpu_seconds": cpu,
        "start_cpu_seconds": max(cpu - sum(phases.values()), 0.0),
        **{f"{name}_cpu_seconds": seconds for name, seconds in phases.items()},
        "by_product_cpu_seconds": by_product_cpu,
        "output_mb": size / 1e6,
        "output_sha256": outputs.pop(),
    }


def _run(*arguments: str | Path) -> tuple[float, float]:
    """Run the command as a process of its own; return its wall and CPU seconds."""
    before, start = _cpu_of_children(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start, _cpu_of_children() - before


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _phases(source: Path, target: Path) -> dict[str, float]:
    """Return the CPU seconds of each phase within this process, without its start."""
    seconds: dict[str, float] = {}

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        begin = time.process_time()
        yield
        seconds[name] = time.process_time() - begin

    gc.disable()  # as the command does
    try:
        with phase("read"):
            exchange = read_exchange(source)
        as_of = exchange.as_of
        assert as_of is not None
        with phase("rank"):
            needs = rank_exchange(exchange, as_of=as_of)
        versions = json.loads(target.read_bytes())["versions"]
        with phase("write"):
            write_json(Ranking(exchange, as_of, versions, "need", needs, {}), target)
    finally:
        gc.enable()
    return seconds
