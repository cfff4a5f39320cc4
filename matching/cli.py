"""The commands that work on files, without any server.

Exit status: 0 done; 1 ``check`` found faults; 2 the input or the arguments cannot be used,
with the reason on standard error and nothing written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matching.arguments import UNUSABLE, Parser, day, output, positive, workbook
from matching.errors import InputError
from matching.evaluation.command import UnusableError, add_arguments
from matching.evaluation.command import run as run_evaluation
from matching.exchange import UnreadableError, read_exchange
from matching.exchange.faults import fault_line
from matching.exchange.results.ranking import Ranking
from matching.exchange.workbook.size import MAX_ROWS, TooManyRowsError
from matching.schema import Exchange

if TYPE_CHECKING:
    from matching.exchange.allocations.answer import AllocationAnswer

DONE, FAULTY = 0, 1

COMMANDS: Final = ("rank", "allocate", "check", "template", "evaluate")


class RefusalError(Exception):
    """The command cannot do its work; the text says why and what to do."""


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
    except (RefusalError, UnusableError) as error:
        _complain(str(error))
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kerong", description="科融对接：交换文件的匹配、推送名单、检查和模板，以及排序评估。"
    )
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")

    rank = commands.add_parser("rank", help="为文件中的融资需求匹配产品并排序")
    _add_input(rank)
    rank.named.add_argument("--top", type=positive, metavar="N", help="每项只保留前 N 条匹配")
    rank.named.add_argument(
        "--by",
        choices=("need", "product", "institution"),
        default="need",
        help="按需求（默认）、产品或机构汇总",
    )
    _add_out(rank)
    rank.set_defaults(run=_rank)

    allocate = commands.add_parser("allocate", help="按机构承接名额生成推送名单")
    _add_input(allocate)
    allocate.named.add_argument(
        "--per-need",
        type=positive,
        metavar="K",
        required=True,
        help="每条需求最多推送给 K 家机构",
    )
    _add_out(allocate)
    allocate.set_defaults(run=_allocate)

    check = commands.add_parser("check", help="列出交换文件的全部缺陷")
    _add_file(check)
    check.set_defaults(run=_check)

    template = commands.add_parser("template", help="生成带说明、下拉和示例的空白工作簿")
    template.named.add_argument("out", type=workbook, metavar="OUT.xlsx", help="要生成的工作簿")
    template.set_defaults(run=_template)

    evaluation = commands.add_parser("evaluate", help="在历史融资数据上评估排序方法")
    add_arguments(evaluation)
    evaluation.set_defaults(run=run_evaluation)
    return parser


def _add_file(command: Parser) -> None:
    command.named.add_argument("file", type=Path, metavar="FILE", help="交换文件（.json 或 .xlsx）")


def _add_input(command: Parser) -> None:
    _add_file(command)
    command.named.add_argument(
        "--as-of", type=day, metavar="DATE", help="截至日期，如 2026-11-23；优先于文件中的日期"
    )


def _add_out(command: Parser) -> None:
    command.named.add_argument(
        "--out", type=output, metavar="OUT", help="结果文件（.json 或 .xlsx）；缺省时在屏幕显示"
    )


def _read(arguments: argparse.Namespace) -> tuple[Exchange, date]:
    """Return the exchange and the day to compute for, or refuse before any work."""
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
    return exchange, exchange.as_of


def _rank(arguments: argparse.Namespace) -> int:
    exchange, as_of = _read(arguments)
    out: Path | None = arguments.out
    ranking = _compute(exchange, as_of, by=arguments.by, top=arguments.top)
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
    with _told(out, shorten="用 --top 或写成 .json"):
        if out.suffix.lower() == ".json":
            from matching.exchange.results.as_json import write_json  # noqa: PLC0415 - start fast

            write_json(ranking, out)
        else:
            from matching.exchange.results.as_workbook import (  # noqa: PLC0415 - start fast
                write_workbook,
            )

            write_workbook(ranking, out)


def _allocate(arguments: argparse.Namespace) -> int:
    exchange, as_of = _read(arguments)
    out: Path | None = arguments.out
    answer = _compute_allocation(exchange, as_of, per_need=arguments.per_need)
    if out is None:
        from matching.exchange.allocations.as_table import (  # noqa: PLC0415 - start fast
            print_tables,
        )

        print_tables(answer)
    else:
        _write_allocation(answer, out)
        print(f"已写入 {out}")
    return DONE


def _compute_allocation(exchange: Exchange, as_of: date, *, per_need: int) -> AllocationAnswer:
    from matching import pipeline, referral_lists  # noqa: PLC0415 - loads the flow solver
    from matching.allocation.solver import SolverError  # noqa: PLC0415 - the same
    from matching.exchange.allocations.answer import (  # noqa: PLC0415 - start fast
        AllocationAnswer,
    )

    try:
        allocation = referral_lists.allocate_exchange(exchange, as_of=as_of, per_need=per_need)
    except SolverError as error:
        text = f"求解器未能给出结果（{error}），未写出任何内容；请将输入文件交给系统维护人员"
        raise RefusalError(text) from error
    versions = pipeline.Matcher(()).versions  # the same whatever the catalogue
    return AllocationAnswer(exchange, as_of, versions, allocation)


def _write_allocation(answer: AllocationAnswer, out: Path) -> None:
    with _told(out, shorten="写成 .json"):
        if out.suffix.lower() == ".json":
            from matching.exchange.allocations.as_json import (  # noqa: PLC0415 - start fast
                write_json,
            )

            write_json(answer, out)
        else:
            from matching.exchange.allocations.as_workbook import (  # noqa: PLC0415 - start fast
                write_workbook,
            )

            write_workbook(answer, out)


@contextmanager
def _told(out: Path, *, shorten: str) -> Iterator[None]:
    """Turn what can go wrong in writing a result into a refusal that says what to do."""
    try:
        yield
    except TooManyRowsError as error:
        text = f"结果有 {error.rows} 行，超过工作表的上限 {MAX_ROWS} 行；请{shorten}"
        raise RefusalError(text) from error
    except OSError as error:
        raise RefusalError(f"无法写入“{out}”：{error.strerror or error}") from error


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
