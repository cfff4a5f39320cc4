"""The embedded services of one data folder, and commands that need them for a moment."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.embedded import ledger
from backend.embedded.binaries import broker_program, postgres_programs
from backend.embedded.broker import BrokerServer
from backend.embedded.errors import StartError
from backend.embedded.layout import CHECKOUT, Layout, read_layout
from backend.embedded.lock import InUseError, claimed_layout
from backend.embedded.postgres import PostgresServer
from backend.embedded.process import Child

START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_POLL_SECONDS = 0.03


@dataclass(frozen=True)
class Services:
    """What this machine has to bring along itself; None where an address is given from outside."""

    layout: Layout
    postgres: PostgresServer | None
    broker: BrokerServer | None

    @property
    def servers(self) -> tuple[PostgresServer | BrokerServer, ...]:
        """The servers to start, in order."""
        return tuple(server for server in (self.postgres, self.broker) if server)

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the given environment with the addresses and the secret key filled in."""
        environment = dict(given)
        environment.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.dev")
        environment["KERONG_DATA_DIR"] = os.fspath(self.layout.data_dir)
        if self.postgres:
            environment["DATABASE_URL"] = self.postgres.url
        if self.broker:
            environment["BROKER_URL"] = self.broker.url
        if not environment.get("KERONG_SECRET_KEY"):
            environment["KERONG_SECRET_KEY"] = self.layout.secret_key()
        if not os.access(CHECKOUT / "matching", os.W_OK):
            # Compiled programs are kept beside their sources, or here where nobody may write.
            environment.setdefault("NUMBA_CACHE_DIR", os.fspath(self.layout.kernels))
        return environment


def services_of(
    layout: Layout,
    given: Mapping[str, str],
    *,
    postgres_settings: Mapping[str, str] | None = None,
) -> Services:
    """Return the services to start: those whose address ``given`` does not name."""
    postgres = broker = None
    if not given.get("DATABASE_URL"):
        postgres = PostgresServer(
            programs=postgres_programs(layout.account),
            cluster=layout.cluster,
            sockets=layout.database_sockets,
            account=layout.account,
            extra_settings=postgres_settings or {},
        )
    if not given.get("BROKER_URL"):
        broker = BrokerServer(broker_program(), layout.broker, layout.broker_sockets)
    return Services(layout, postgres, broker)


@contextmanager
def environment_with_services(
    data_dir: Path,
    given: Mapping[str, str],
    *,
    postgres_settings: Mapping[str, str] | None = None,
) -> Iterator[dict[str, str]]:
    """Yield an environment in which database and broker answer.

    They are the ones of a running `kerong up` on this data folder, or are started for the
    length of the block.
    """
    with ExitStack() as held:
        try:
            layout = held.enter_context(claimed_layout(data_dir))
        except InUseError:
            services = services_of(read_layout(data_dir), given)
            for server in services.servers:
                _await(server)
            yield services.environment(given)
            return
        services = services_of(layout, given, postgres_settings=postgres_settings)
        ledger.end_orphans(layout.ledger)
        children: list[Child] = []
        try:
            for server in services.servers:
                children.append(_start(server, layout))
                ledger.write(layout.ledger, children)
            if services.postgres:
                services.postgres.create_database()
            yield services.environment(given)
        finally:
            for child in reversed(children):
                child.end(_STOP_SECONDS)
            layout.ledger.unlink(missing_ok=True)


def _start(server: PostgresServer | BrokerServer, layout: Layout) -> Child:
    """Start one server and wait until it answers; its output goes to a file of its own."""
    server.prepare()
    log = layout.logs / f"{server.name}.log"
    child = Child(server.launch(), log=log)
    try:
        _await(server, child)
    except StartError as error:
        child.end(_STOP_SECONDS)
        raise StartError(f"{error}原因见 {log}。") from error
    return child


def _await(server: PostgresServer | BrokerServer, child: Child | None = None) -> None:
    """Wait until a server answers; give up early when its process has ended."""
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready():
        ended = child is not None and child.exit_status() is not None
        if ended or time.monotonic() > deadline:
            raise StartError(f"{server.name} 没有应答。")
        time.sleep(_POLL_SECONDS)
