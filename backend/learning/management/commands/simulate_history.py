"""Make the simulated history of a demonstration: ``python manage.py simulate_history``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.learning.simulation import simulate_history


class Command(BaseCommand):
    """Simulate outcomes with a known truth; they are marked and never mixed with real ones."""

    help = "生成演示用的模拟对接结果（带演示标记，不与真实结果混用）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask how many needs, and the seed."""
        parser.add_argument("--needs", type=int, default=1_500, help="需求数")
        parser.add_argument("--seed", type=int, default=0, help="随机种子；相同种子结果相同")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the history and say how long it is; refuse outside demonstration mode."""
        if not settings.KERONG_DEMO:
            raise CommandError("模拟结果只能在演示模式下生成：请设置 KERONG_DEMO=1。")
        rows = simulate_history(
            needs=options["needs"], until=timezone.localdate(), seed=options["seed"]
        )
        self.stdout.write(f"已生成 {rows} 条模拟结果（演示数据）。")
