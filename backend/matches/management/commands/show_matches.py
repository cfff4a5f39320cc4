"""Print the best matches of a few demonstration needs, with the reasons."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from backend.matches.answers import Part, describe_need
from backend.matches.catalogue_memory import catalogues
from backend.matches.selectors import list_showcase_needs
from backend.needs.models import Need
from matching.vocabulary import DISCLAIMER

_REASONS_SHOWN = 3


class Command(BaseCommand):
    """Show what a reader of the platform would see first: ranked products and why."""

    help = "打印几项演示需求的最佳匹配及理由。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many needs and how many products for each."""
        parser.add_argument("--needs", type=int, default=3, help="需求数，缺省 3")
        parser.add_argument("--top", type=int, default=3, help="每项需求的产品数，缺省 3")

    def handle(self, *_args: object, needs: int, top: int, **_options: object) -> None:
        """Print one table per need, then a near miss and a question."""
        console = Console(file=self.stdout, markup=False, highlight=False)
        catalogue = catalogues.current()
        today = timezone.localdate()
        shown = list_showcase_needs(needs)
        if not shown:
            console.print("没有已核验的演示需求。")
            return
        for need in shown:
            body = describe_need(
                catalogue, need.pk, parts=list(Part), as_of=today, top=top, with_scores=True
            )
            self._print(console, need, body)
        console.print(DISCLAIMER, style="dim")

    def _print(self, console: Console, need: Need, body: dict[str, Any]) -> None:
        stage = body["stage"]
        basis = "推断" if stage["basis"] == "inferred" else "申报"
        console.print(
            f"{body['firm_name']}  {body['code']}  "
            f"阶段：{stage['label']}{'' if stage['code'] is None else f'（{basis}）'}",
            style="bold",
        )
        console.print(f"需求：{need.description or '（无说明）'}")
        console.print(_table(body["matches"]))
        for miss in body["near_misses"][:1]:
            changes = "；".join(change["text"] for change in miss["changes"])
            console.print(
                f"差一步：{miss['product_name']}（{miss['institution_name']}）：{changes}"
            )
        for question in body["questions"][:1]:
            console.print(f"待核实：{question['text']}")
        console.print()


def _table(matches: list[dict[str, Any]]) -> Table:
    table = Table(expand=True)
    table.add_column("名次", justify="right", no_wrap=True)
    table.add_column("产品（机构）", ratio=3, overflow="fold")
    table.add_column("结论", no_wrap=True)
    table.add_column("得分", justify="right", no_wrap=True)
    table.add_column("理由", ratio=5, overflow="fold")
    for match in matches:
        table.add_row(
            str(match["rank"]),
            f"{match['product_name']}（{match['institution_name']}）",
            match["verdict_label"],
            f"{match['score']:.3f}",
            "；".join(_reasons(match)),
        )
    return table


def _reasons(match: dict[str, Any]) -> list[str]:
    """Pick what a person asks first: what is open, else what fits."""
    open_points = [part["text"] for part in match["criteria"] if part["outcome"] == "unknown"]
    fitting = [part["text"] for part in match["criteria"] if part["outcome"] == "met"]
    return (open_points + fitting)[:_REASONS_SHOWN]
