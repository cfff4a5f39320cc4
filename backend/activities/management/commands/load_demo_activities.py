"""Load the made-up activities, once."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.activities.demonstration import load_activities
from backend.common.errors import DomainError


class Command(BaseCommand):
    """Load made-up activities, projects and intents; a second run changes nothing."""

    help = "载入演示活动、项目和意向（仅限演示模式 KERONG_DEMO=1，先运行 load_demo）。"

    def handle(self, *_args: object, **options: object) -> None:
        """Refuse outside demonstration mode; say how many are new."""
        if not settings.KERONG_DEMO:
            raise CommandError("演示数据只能在演示模式下载入：请设置 KERONG_DEMO=1。")
        try:
            number = load_activities(now=timezone.now())
        except DomainError as error:
            raise CommandError(f"演示活动不能载入：{error.message}") from error
        if options["verbosity"]:
            self.stdout.write(f"演示活动：新载入 {number}")
