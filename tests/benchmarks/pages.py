"""Every page of the four roles on a platform in full use: CPU, wall time, queries, size.

``python -m tests.benchmarks.pages`` fills a database of its own (an embedded one where
DATABASE_URL names none) and opens each page through Django's whole WSGI stack, without sockets.
With ``--data-dir DIR`` the filled database is kept there, and the next run finds it.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROLES = ("firm", "institution", "department", "incubator")
# Pages of a role that other people read.
_READERS = {"department_journal": "auditor"}
# What a page may take of the server.
HELD_MS = 200.0
_EXTRA = {
    "department_figures": ("?group=city", "?group=institution", "?group=month"),
    "department_figures_rows": ("?cell=posted", "?cell=referred"),
    "department_needs": ("?show=open", "?show=all&page=100", "?q=0042"),
    "department_lists_detail": ("?tab=unplaced", "?page=100"),
    "institution_inbox": ("?page=10",),
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Opened(NamedTuple):
    """What opening a page took: CPU in the median of its repetitions, the least on the wall.

    The least is what others on the machine disturbed least; it holds the database's time too.
    """

    address: str
    status: int
    is_file: bool
    cpu_ms: float
    wall_ms: float
    queries: int
    kilobytes: float


def measure(*, rounds: int, only: str = "") -> dict[str, list[Opened]]:
    """Open each page once to warm up, then time it; by role."""
    from tests.benchmarks.populated import find_populated
    from tests.browsing import browser_of

    world = find_populated()
    return {
        role: [
            _open(browser_of(world.people[_READERS.get(name, role)]), address, rounds)
            for name, address in _addresses(role, world.objects)
            if only in address
        ]
        for role in ROLES
    }


def _open(client: Any, address: str, rounds: int) -> Opened:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.benchmarks.timing import timed

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        count = len(queries)
    times = timed(lambda: client.get(address) for _ in range(rounds))
    return Opened(
        address,
        answer.status_code,
        "attachment" in answer.headers.get("Content-Disposition", ""),
        statistics.median(times.each_cpu_ms),
        min(times.wall_ms),
        count,
        len(b"".join(answer)) / 1e3 if answer.streaming else len(answer.content) / 1e3,
    )


def _addresses(role: str, objects: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and address of each page of a role for which the platform holds the objects."""
    from django.urls import get_resolver, reverse

    from backend.portal.urls import urlpatterns

    names = get_resolver().namespace_dict["portal"][1].reverse_dict
    for pattern in _pages(urlpatterns):
        name = pattern.name
        if name != role and not name.startswith(f"{role}_"):
            continue
        wanted = names.getlist(name)[0][0][0][1]
        found = {key: _named(key.removesuffix("_id"), name, objects) for key in wanted}
        if any(value is None for value in found.values()):
            continue
        keys = {key: value.public_id for key, value in found.items()}
        address = reverse(f"portal:{name}", kwargs=keys)
        yield from ((name, address + query) for query in ("", *_EXTRA.get(name, ())))


def _pages(patterns: list[Any]) -> Iterator[Any]:
    """Yield every named address of the portal that can be looked at."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _pages(pattern.url_patterns)
        elif hasattr(getattr(pattern.callback, "view_class", None), "get"):
            yield pattern


def _named(key: str, page: str, objects: dict[str, Any]) -> Any:
    """Return what a page names by a keyword: its own object of that kind, or anybody's."""
    role = page.split("_", maxsplit=1)[0]
    names = (f"{page}.{key}", f"{role}.{key}", key)
    return next((objects[name] for name in names if name in objects), None)


def show(figures: dict[str, list[Opened]]) -> None:
    """Print a line for each page, the slowest of each role first."""
    say = sys.stdout.write
    for role, pages in figures.items():
        say(f"\n{role}\n{'CPU ms':>8} {'wall ms':>8} {'queries':>8} {'kB':>6}\n")
        for one in sorted(pages, key=lambda page: -page.wall_ms):
            mark = "file" if one.is_file else "" if _is_held(one) else "slow"
            say(
                f"{one.cpu_ms:8.0f} {one.wall_ms:8.0f} {one.queries:8} {one.kilobytes:6.0f} "
                f"{mark:4} {one.status} {one.address}\n"
            )


def _is_held(one: Opened) -> bool:
    """Tell whether a page answers in time; files may take longer."""
    return one.is_file or one.wall_ms <= HELD_MS


@contextmanager
def _database(data_dir: Path | None, needs: int) -> Iterator[None]:
    """Start a database where none is given, and fill it unless it is filled already."""
    from backend.embedded.erase import erase
    from backend.embedded.services import environment_with_services

    with ExitStack() as held:
        if not os.environ.get("DATABASE_URL"):
            folder = data_dir or Path(tempfile.mkdtemp(prefix="kerong-pages-"))
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)  # the database's account passes through
            if data_dir is None:
                held.callback(shutil.rmtree, folder, ignore_errors=True)
                held.callback(erase, folder)
            given = {**os.environ, "BROKER_URL": "memory://"}
            os.environ |= held.enter_context(
                environment_with_services(folder, given, postgres_settings=_FORGETFUL)
            )
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
        held.enter_context(_filled(needs, is_kept=data_dir is not None))
        yield


@contextmanager
def _filled(needs: int, *, is_kept: bool) -> Iterator[None]:
    from tests.benchmarks.database import fresh_database

    if not is_kept:
        with fresh_database():
            from tests.benchmarks.populated import populate

            populate(needs)
            yield
        return
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from backend.referrals.models import ReferralList
    from tests.benchmarks.populated import populate

    if not ReferralList.objects.exists():
        populate(needs)
    yield


def main() -> int:
    """Measure and print; 1 when a page took more than it may."""
    parser = argparse.ArgumentParser(description="页面性能测量")
    parser.add_argument("--needs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="只测量地址中含此文字的页面")
    parser.add_argument("--data-dir", type=Path, help="保留数据的目录，再次运行时直接使用")
    arguments = parser.parse_args()
    with _database(arguments.data_dir, arguments.needs):
        figures = measure(rounds=arguments.rounds, only=arguments.only)
        show(figures)
    slow = [one for pages in figures.values() for one in pages if not _is_held(one)]
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
