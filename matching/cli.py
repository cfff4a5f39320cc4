"""``kerong rank``, ``check`` and ``template``: work on exchange files, without any server.

Exit status: 0 done; 1 ``check`` found faults; 2 the input or the arguments cannot be used,
with the reason on standard error and nothing written.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from matching.errors import InputError
from matching.exchange import UnreadableError, read_exchange
from matching.exchange.faults import fault_line
from matching.exchange.reader import SUFFIXES
from matching.exchange.results.ranking import Ranking
from matching.schema import Exchange

DONE, FAULTY, UNUSABLE = 0, 1, 2

COMMANDS: Final = ("rank", "check", "template")

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RefusalError(Exception):
    """The command cannot do its work; the text says why and what to do."""


# What argparse says of wrong arguments, and how it reads here.
_COMPLAINTS: Final = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"\1 的值 \2 应为 \3 之一"),
    (r"argument (.*?): expected one argument", r"\1 后面缺少值"),
    (r"argument (.*?): (.*)", r"\1：\2"),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Formatter)
        self.named = self.add_argument_group("参数")
        self.named.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        for pattern, reading in _COMPLAINTS:
            message, count = re.subn(f"^{pattern}$", reading, message, flags=re.DOTALL)
            if count:
                break
        self.exit(UNUSABLE, f"参数有误：{message}\n用法见：{self.prog} --help\n")


def main(argv: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str
        The command and its arguments, without the name of the program.

    Returns
    -------
    int
        The exit status.
    """
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # argparse ends the process for --help and for bad arguments
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except InputError as error:
        _complain(*map(fault_line, error.faults))
        if not isinstance(error, UnreadableError):
            _complain(f"共 {len(error.faults)} 处缺陷，未作计算；请修改后重试。")
    except RefusalError as error:
        _complain(str(error))
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kerong", description="科融对接：交换文件的匹配、检查和模板。")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")

    rank = commands.add_parser("rank", help="为文件中的融资需求匹配产品并排序")
    rank.named.add_argument("file", type=Path, metavar="FILE", help="交换文件（.json 或 .xlsx）")
    rank.named.add_argument(
        "--as-of", type=_day, metavar="DATE", help="截至日期，如 2026-11-23；优先于文件中的日期"
    )
    rank.named.add_argument("--top", type=_positive, metavar="N", help="每项只保留前 N 条匹配")
    rank.named.add_argument(
        "--by",
        choices=("need", "product", "institution"),
        default="need",
        help="按需求（默认）、产品或机构汇总",
    )
    rank.named.add_argument(
        "--out", type=_output, metavar="OUT", help="结果文件（.json 或 .xlsx）；缺省时在屏幕显示"
    )
    rank.set_defaults(run=_rank)

    check = commands.add_parser("check", help="列出交换文件的全部缺陷")
    check.named.add_argument("file", type=Path, metavar="FILE", help="交换文件（.json 或 .xlsx）")
    check.set_defaults(run=_check)

    template = commands.add_parser("template", help="生成带说明、下拉和示例的空白工作簿")
    template.named.add_argument("out", type=_workbook, metavar="OUT.xlsx", help="要生成的工作簿")
    template.set_defaults(run=_template)
    return parser


def _day(text: str) -> date:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # falls through to the one complaint
    raise argparse.ArgumentTypeError(f"“{text}”不是存在的日期；应写成 2026-11-23")


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”应为不小于 1 的整数")


def _output(text: str) -> Path:
    return _path_ending(text, SUFFIXES)


def _workbook(text: str) -> Path:
    return _path_ending(text, (".xlsx",))


def _path_ending(text: str, suffixes: Sequence[str]) -> Path:
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise argparse.ArgumentTypeError(f"“{text}”的后缀应为 {' 或 '.join(suffixes)}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"文件夹“{path.parent}”不存在；请先建立")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"“{text}”是文件夹；应为文件名")
    return path


def _rank(arguments: argparse.Namespace) -> int:
    out: Path | None = arguments.out
    if (
        out is not None
        and out.exists()
        and arguments.file.exists()
        and out.samefile(arguments.file)
    ):
        raise RefusalError(f"--out 不能就是输入文件“{out}”；请换一个文件名")
    exchange = read_exchange(arguments.file, as_of=arguments.as_of)
    if exchange.as_of is None:
        raise RefusalError("缺少截至日期：请在文件中写明 as_of，或用 --as-of 2026-11-23 指定")
    ranking = _compute(exchange, exchange.as_of, by=arguments.by, top=arguments.top)
    if out is None:
        from matching.exchange.results.as_table import print_tables  # noqa: PLC0415 - start fast

        print_tables(ranking, top=arguments.top)
    else:
        _write(ranking, out)
        print(f"已写入 {out}")
    return DONE


def _compute(exchange: Exchange, as_of: date, *, by: str, top: int | None) -> Ranking:
    from matching import pipeline  # noqa: PLC0415 - check and template need no engine

    whole = by == "need"  # the other groupings show matches alone, but need all of them
    needs = pipeline.rank_exchange(
        exchange,
        as_of=as_of,
        top=top if whole else None,
        near_misses=whole,
        questions=whole,
    )
    versions = pipeline.Matcher(()).versions  # the same whatever the catalogue
    if by == "product":
        groups = pipeline.by_product(needs, top=top)
        return Ranking(exchange, as_of, versions, "product", (), groups)
    if by == "institution":
        groups = pipeline.by_institution(needs, exchange.products, top=top)
        return Ranking(exchange, as_of, versions, "institution", (), groups)
    return Ranking(exchange, as_of, versions, "need", needs, {})


def _write(ranking: Ranking, out: Path) -> None:
    try:
        if out.suffix.lower() == ".json":
            from matching.exchange.results.as_json import write_json  # noqa: PLC0415 - start fast

            write_json(ranking, out)
        else:
            _write_workbook(ranking, out)
    except OSError as error:
        raise RefusalError(f"无法写入“{out}”：{error.strerror or error}") from error


def _write_workbook(ranking: Ranking, out: Path) -> None:
    from matching.exchange.results import as_workbook  # noqa: PLC0415 - start fast

    try:
        as_workbook.write_workbook(ranking, out)
    except as_workbook.TooManyRowsError as error:
        limit = as_workbook.MAX_ROWS
        text = f"结果有 {error.rows} 行，超过工作表的上限 {limit} 行；请用 --top 或写成 .json"
        raise RefusalError(text) from error


def _check(arguments: argparse.Namespace) -> int:
    try:
        exchange = read_exchange(arguments.file)
    except UnreadableError:
        raise
    except InputError as error:
        for fault in error.faults:
            print(fault_line(fault))
        print(f"共 {len(error.faults)} 处缺陷。")
        return FAULTY
    print(
        f"未发现缺陷：机构 {len(exchange.institutions)} 家、产品 {len(exchange.products)} 个、"
        f"企业 {len(exchange.firms)} 家、需求 {len(exchange.needs)} 条。"
    )
    if exchange.as_of is None:
        print("文件未写截至日期；匹配时请用 --as-of 指定。")
    return DONE


def _template(arguments: argparse.Namespace) -> int:
    from matching.exchange.workbook.sheets_out import write_template  # noqa: PLC0415 - start fast

    try:
        write_template(arguments.out)
    except OSError as error:
        text = f"无法写入“{arguments.out}”：{error.strerror or error}"
        raise RefusalError(text) from error
    print(f"已生成 {arguments.out}")
    return DONE


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)
