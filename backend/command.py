"""The console command `kerong`.

Each subcommand imports what it needs when it runs: ranking a file starts no web framework.
"""

import argparse
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_LIBRARY_COMMANDS = {
    "rank": "对交换文件（.json / .xlsx）排序，不需要数据库和服务",
    "allocate": "按机构名额生成推送名单，不需要数据库和服务",
    "check": "检查交换文件，逐条列出错误",
    "template": "生成空白的 Excel 模板",
    "evaluate": "在历史融资数据上评估排序方法，不需要数据库和服务",
}
_DEFAULT_PORT = 8000
_HIGHEST_PORT = 65535


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit status: 0 done, 1 faults found, 2 unusable input."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in _LIBRARY_COMMANDS:
        # The library multiplies no matrices: the waiting threads of NumPy's BLAS would only add
        # a tenth of a second of CPU to each start.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from matching.cli import main as library_main  # noqa: PLC0415 - only where it is used

        # The process ends with the command and its records hold no cycles: looking for some
        # costs a sixth of a large ranking and frees nothing.
        gc.disable()
        status: int = library_main(arguments)
        return status
    parsed = _parser().parse_args(arguments)
    from backend.embedded.errors import UnusableError  # noqa: PLC0415 - only where it is used

    try:
        status = parsed.run(parsed)
    except UnusableError as error:
        print(f"kerong: {error}", file=sys.stderr)
        return error.exit_status
    return int(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kerong", description="科融对接：科技企业融资需求与金融产品的匹配平台。"
    )
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)
    for name, title in _LIBRARY_COMMANDS.items():
        commands.add_parser(name, help=title, add_help=False)
    _add_up(commands)
    _add_key(commands)
    _add_services(commands)
    return parser


def _add_up(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    up = commands.add_parser("up", help="启动平台，直到 Ctrl-C", description="启动平台。")
    up.add_argument("--host", default="127.0.0.1", help="监听地址（默认 %(default)s）")
    up.add_argument(
        "--port", type=_port, default=_DEFAULT_PORT, help="端口（默认 %(default)s；0 为任选）"
    )
    _add_data_dir(up)
    up.add_argument("--no-demo", action="store_true", help="不装入演示数据和演示账户")
    up.set_defaults(run=_run_up)


def _add_key(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    key = commands.add_parser("key", help="管理接口密钥", description="管理接口密钥。")
    actions = key.add_subparsers(title="操作", metavar="操作", required=True)
    create = actions.add_parser("create", help="为用户生成密钥，只显示一次")
    create.add_argument("username", metavar="USERNAME", help="用户名")
    create.add_argument("--days", type=int, help="有效天数，1–365（默认 90）")
    _add_data_dir(create)
    create.set_defaults(run=_run_key_create)


def _add_services(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    services = commands.add_parser(
        "services",
        help="在数据库和消息服务可用时运行一条命令",
        description="例：kerong services -- python manage.py shell",
    )
    _add_data_dir(services)
    services.add_argument("command", nargs="+", metavar="CMD", help="要运行的命令及其参数")
    services.set_defaults(run=_run_services)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} 不是端口；应为 0 至 {_HIGHEST_PORT} 的整数")
    return port


def _add_data_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", type=Path, help="数据目录（默认 KERONG_DATA_DIR，或项目下的 .kerong）"
    )


def _data_dir(parsed: argparse.Namespace) -> Path:
    from backend.embedded.layout import default_data_dir  # noqa: PLC0415 - only where it is used

    return parsed.data_dir or default_data_dir(os.environ)


def _run_up(parsed: argparse.Namespace) -> int:
    from backend.embedded.up import up  # noqa: PLC0415 - only where it is used

    return up(
        host=parsed.host,
        port=parsed.port,
        data_dir=_data_dir(parsed),
        demo=not parsed.no_demo,
        given=os.environ,
    )


def _run_key_create(parsed: argparse.Namespace) -> int:
    command = ["create_api_key", parsed.username]
    if parsed.days is not None:
        command += ["--days", str(parsed.days)]
    return _with_services(_data_dir(parsed), [sys.executable, "-m", "django", *command])


def _run_services(parsed: argparse.Namespace) -> int:
    return _with_services(_data_dir(parsed), parsed.command)


def _with_services(data_dir: Path, command: Sequence[str]) -> int:
    """Run a command in the checkout while database and broker answer."""
    from backend.embedded.layout import make_data_dir  # noqa: PLC0415 - only where it is used
    from backend.embedded.services import environment_with_services  # noqa: PLC0415 - the same

    # Ctrl-C is for the command (a shell, say); it reaches it directly, and we wait for it.
    signal.signal(signal.SIGINT, lambda *_: None)
    with environment_with_services(make_data_dir(data_dir), os.environ) as environment:
        try:
            return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
        except FileNotFoundError:
            print(f"kerong: 找不到命令 {command[0]}。", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
