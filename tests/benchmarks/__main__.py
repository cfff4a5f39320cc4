"""`python -m tests.benchmarks`: measure, print a table, write build/bench.json.

Needs a PostgreSQL (DATABASE_URL) on which it may make a database of its own; with a broker
(BROKER_URL) a real Celery worker is measured too.
"""

import argparse
import json
import os
import sys
from pathlib import Path

RESULTS = Path("build/bench.json")
# They slow NumPy where an environment sets them.
_SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def main() -> int:
    """Run what was asked for; 2 when there is no database."""
    parser = argparse.ArgumentParser(description="性能测量")
    parser.add_argument("--quick", action="store_true", help="小规模，几秒内完成")
    arguments = parser.parse_args()
    if not os.environ.get("DATABASE_URL"):
        print("需要 DATABASE_URL；请用 make bench。", file=sys.stderr)  # noqa: T201 - a command
        return 2
    for name in _SLOWING:
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"

    from tests.benchmarks.database import fresh_database

    with fresh_database():
        from tests.benchmarks import suite

        figures = suite.run(quick=arguments.quick)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
