"""`kerong rank` as a whole process: start, parse, rank, explain, write."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_ROUNDS = 3
_COMMAND = "import sys; from backend.command import main; sys.exit(main(sys.argv[1:]))"


def measure(exchange: dict[str, Any]) -> dict[str, Any]:
    """Rank a file a few times; the outputs must be the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "exchange.json"
        source.write_text(json.dumps(exchange, ensure_ascii=False), encoding="utf-8")
        times, outputs = [], set()
        for number in range(_ROUNDS):
            target = Path(folder) / f"out-{number}.json"
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", _COMMAND, "rank", source, "--out", target],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            times.append(time.perf_counter() - start)
            outputs.add(target.read_bytes())
        assert len(outputs) == 1, "the same input gave different bytes"
        (output,) = outputs
    return {
        "pairs": f"{len(exchange['needs'])} × {len(exchange['products'])}",
        "seconds": min(times),
        "output_mb": len(output) / 1e6,
    }
