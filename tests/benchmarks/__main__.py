"""`python -m tests.benchmarks`: measure, print tables, write build/bench.json and a page.

Needs a PostgreSQL (DATABASE_URL) on which it may make a database of its own; with a broker
(BROKER_URL) a real Celery worker is measured too. ``--publish`` puts the page into docs/ and
its first table into the README; ``--from FILE`` does so with figures measured before.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

RESULTS = Path("build/bench.json")
PAGE, PUBLISHED_PAGE = Path("build/performance.md"), Path("docs/performance.md")
README = Path("README.md")
# They slow NumPy where an environment sets them.
_SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def main() -> int:
    """Run what was asked for; 2 when there is no database."""
    parser = argparse.ArgumentParser(description="性能测量")
    parser.add_argument("--quick", action="store_true", help="小规模，约一分钟")
    parser.add_argument(
        "--publish", action="store_true", help="同时更新 docs/performance.md 和 README.md"
    )
    parser.add_argument("--from", dest="source", type=Path, help="不测量，用已有的 bench.json")
    arguments = parser.parse_args()
    if arguments.quick and arguments.publish:
        parser.error("--quick 的数值不发布。")
    if arguments.source:
        figures = json.loads(arguments.source.read_text(encoding="utf-8"))
    else:
        figures = _measure(quick=arguments.quick)
        if figures is None:
            return 2
        RESULTS.parent.mkdir(exist_ok=True)
        kept = json.dumps(figures, ensure_ascii=False, indent=2)
        RESULTS.write_text(kept + "\n", encoding="utf-8")
    return _write(figures, publish=arguments.publish)


def _measure(*, quick: bool) -> Any:
    """Measure on a database of its own; None when there is no server for one."""
    if not os.environ.get("DATABASE_URL"):
        print("需要 DATABASE_URL；请用 make bench。", file=sys.stderr)  # noqa: T201 - a command
        return None
    for name in _SLOWING:
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"

    from tests.benchmarks.database import fresh_database

    with fresh_database():
        from tests.benchmarks import suite

        return suite.run(quick=quick)


def _write(figures: Any, *, publish: bool) -> int:
    from tests.benchmarks import page, terminal

    PAGE.parent.mkdir(exist_ok=True)
    page.write_page(figures, PAGE)
    if publish:
        page.write_page(figures, PUBLISHED_PAGE)
        page.write_readme(figures, README)
    terminal.print_tables(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
