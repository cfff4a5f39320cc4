"""`kerong up`: the story of one run, from the first check to the last process gone."""

import os
from collections.abc import Mapping
from pathlib import Path
from socket import socket

from rich.console import Console

from backend.embedded import ledger, programs
from backend.embedded.errors import StartError
from backend.embedded.layout import Layout, make_data_dir
from backend.embedded.lock import claimed_layout
from backend.embedded.log import LogBook
from backend.embedded.services import START_SECONDS, Services, services_of
from backend.embedded.supervisor import StopRequested, Supervisor
from backend.embedded.web import FirstAnswer, allowed_hosts, listen, shown_address

# Together below the ten seconds within which everything is to be gone.
_STOP_PROGRAMS_SECONDS = 4.0
_STOP_SERVERS_SECONDS = 4.0
_PROGRAMS = ("web", "worker", "scheduler")


def up(*, host: str, port: int, data_dir: Path, demo: bool, given: Mapping[str, str]) -> int:
    """Run the platform until somebody stops it, and return the exit status.

    Raises UnusableError, before anything is started, when the data folder is in use or the port
    is taken.
    """
    with claimed_layout(make_data_dir(data_dir)) as layout:
        left_over = ledger.end_orphans(layout.ledger)
        with listen(host, port) as listener:
            services = services_of(layout, given)
            environment = programs.platform_environment(services.environment(given), demo=demo)
            hosts = allowed_hosts(listener, environment.get("KERONG_ALLOWED_HOSTS", ""))
            environment["KERONG_ALLOWED_HOSTS"] = hosts
            environment = with_mail_folder(environment, layout, shown_address(listener))
            book = LogBook(layout.logs)
            if left_over:
                book.write("kerong", f"已结束上次异常退出遗留的 {left_over} 个进程。")
            try:
                with Supervisor(book, layout.ledger) as supervisor:
                    _run(supervisor, services, environment, listener)
            except StopRequested:
                pass
            finally:
                book.close()
    return 0


def _run(
    supervisor: Supervisor,
    services: Services,
    environment: Mapping[str, str],
    listener: socket,
) -> None:
    try:
        _start_servers(supervisor, services)
        _prepare(supervisor, services.layout, environment)
        _start_programs(supervisor, services.layout, environment, listener)
        _announce(services.layout, listener, environment)
        supervisor.serve()
    finally:
        Console().print("正在停止 ……")
        supervisor.stop(_PROGRAMS, seconds=_STOP_PROGRAMS_SECONDS)
        supervisor.stop(("broker", "postgres"), seconds=_STOP_SERVERS_SECONDS)


def _start_servers(supervisor: Supervisor, services: Services) -> None:
    for server in services.servers:
        supervisor.keep(server.launch(), prepare=server.prepare)
    for server in services.servers:
        if not supervisor.wait_until(server.is_ready, seconds=START_SECONDS):
            log = services.layout.logs / "kerong.log"
            raise StartError(f"{server.name} 没有启动；原因见 {log}。")
    if services.postgres:
        services.postgres.create_database()


def _prepare(supervisor: Supervisor, layout: Layout, environment: Mapping[str, str]) -> None:
    demo = environment["KERONG_DEMO"] == "1"
    first = demo and not layout.demo_marker.exists()
    status = supervisor.run(programs.preparation(environment, show_matches=first))
    if status != 0:
        raise StartError(
            "准备数据库失败，原因见上；改正后重新运行即可，已完成的步骤不会重复产生数据。"
        )
    if first:
        layout.demo_marker.touch()


def _start_programs(
    supervisor: Supervisor, layout: Layout, environment: Mapping[str, str], listener: socket
) -> None:
    supervisor.keep(programs.web(environment, listener))
    supervisor.keep(programs.worker(environment, identity=layout.identity))
    supervisor.keep(programs.scheduler(environment, schedule=layout.schedule))
    answer = FirstAnswer(listener)
    try:
        if not supervisor.wait_until(answer.has_come, seconds=START_SECONDS):
            raise StartError(f"网站没有应答；原因见 {layout.logs}/kerong.log。")
    finally:
        answer.close()


def with_mail_folder(
    environment: Mapping[str, str], layout: Layout, address: str
) -> dict[str, str]:
    """Return the environment with mails that stay here, unless it names a mail server."""
    filled = dict(environment)
    filled["KERONG_PUBLIC_URL"] = filled.get("KERONG_PUBLIC_URL") or address
    filled["EMAIL_URL"] = filled.get("EMAIL_URL") or layout.mail.as_uri()
    return filled


def _announce(layout: Layout, listener: socket, environment: Mapping[str, str]) -> None:
    address = shown_address(listener)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\n[bold]平台已就绪：{address}/[/bold]")
    console.print(f"  登录        {address}/sign-in/")
    console.print(f"  接口文档    {address}/api/v1/docs/")
    console.print(f"  OpenAPI     {address}/api/v1/schema/")
    console.print(f"  健康检查    {address}/healthz")
    console.print(f"  数据目录    {layout.data_dir}")
    if environment["EMAIL_URL"] == layout.mail.as_uri():
        console.print(f"  邮件        写入 {layout.mail}，不外发（EMAIL_URL 可指定邮件服务器）")
    console.print(f"  日志        {os.fspath(layout.logs)}/kerong.log")
    console.print("按 Ctrl-C 停止。\n")
