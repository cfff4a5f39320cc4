"""A request about a firm's data, from asking to the answer."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.common.models import EditableModel
from backend.data_requests.enums import RequestKind, RequestStatus
from backend.data_requests.querysets import DataRequestQuerySet
from backend.firms.models import Firm

WHAT_MAX_LENGTH = 200
TEXT_MAX_LENGTH = 1_000


class DataRequest(EditableModel):
    """What a firm's manager asked for and what the department answered; answered once.

    ``removed`` counts what a granted deletion removed, by kind.
    """

    firm = models.ForeignKey(
        Firm, verbose_name="企业", on_delete=models.PROTECT, related_name="data_requests"
    )
    kind = models.CharField("类别", max_length=16, choices=RequestKind)
    what = models.CharField("内容", max_length=WHAT_MAX_LENGTH)
    why = models.CharField("理由", max_length=TEXT_MAX_LENGTH)
    status = models.CharField(
        "状态",
        max_length=16,
        choices=RequestStatus,
        default=RequestStatus.OPEN,
        editable=False,
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True)
    answer = models.CharField("答复", max_length=TEXT_MAX_LENGTH, blank=True)
    removed = models.JSONField("已删除的内容", null=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=RequestStatus.OPEN,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    answer="",
                )
                | (
                    Q(
                        status=RequestStatus.DONE,
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                    )
                )
                | (
                    Q(
                        status=RequestStatus.REFUSED,
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                    )
                    & ~Q(answer="")
                ),
                name="data_request_answer_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values), name="data_request_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(removed__isnull=True)
                | Q(kind=RequestKind.DELETION, status=RequestStatus.DONE),
                name="data_request_removed_by_deletion",
            ),
            models.UniqueConstraint(
                fields=["firm"],
                condition=Q(status=RequestStatus.OPEN, kind=RequestKind.DELETION),
                name="data_request_one_open_deletion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} {self.get_kind_display()}"

    def is_overdue(self, day: date) -> bool:
        """Tell whether the answer is late on a day."""
        return self.status == RequestStatus.OPEN and day > self.due_on
