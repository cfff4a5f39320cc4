"""Match runs: who is ranked against which catalogue, in chunks, one packed row per need."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.lookups import Exact

from backend.common.models import EditableModel
from backend.matches.enums import ACTIVE_RUN_STATUSES, ChunkStatus, RunStatus
from backend.matches.querysets import MatchChunkQuerySet, MatchRunQuerySet
from backend.needs.models import Need
from backend.reference.models import Region

LONGEST_LIST = 200


def _length(field: str) -> Func:
    """Count the entries of an array column."""
    return Func(F(field), function="CARDINALITY", output_field=IntegerField())


class MatchRun(EditableModel):
    """One ranking of every open need of a region, with all that it takes to repeat it.

    The catalogue of a version can be read at any later time, needs and firms are kept as the
    input of each chunk, and the rules are named by the versions of the library.
    """

    status = models.CharField("状态", max_length=16, choices=RunStatus, default=RunStatus.QUEUED)
    region = models.ForeignKey(
        Region, verbose_name="范围", on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateField("计算日期")
    top = models.PositiveSmallIntegerField("每项需求保留数")
    catalogue_version = models.BigIntegerField("产品目录版本")
    library_versions = models.JSONField("匹配库版本")
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="repetitions"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    needs_total = models.PositiveIntegerField("需求数")
    started_at = models.DateTimeField("启动时间")
    woken_at = models.DateTimeField("最近唤醒时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    result_hash = models.CharField("结果摘要（SHA-256）", max_length=64, blank=True)
    failure = models.CharField("失败原因", max_length=500, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(status__in=sorted(ACTIVE_RUN_STATUSES)),
                name="match_run_one_active_per_region",
            ),
            models.CheckConstraint(
                condition=Q(top__gte=1, top__lte=LONGEST_LIST), name="match_run_top_in_range"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(ACTIVE_RUN_STATUSES), ended_at__isnull=True)
                | (
                    Q(ended_at__isnull=False)
                    & Q(
                        status__in=[RunStatus.FINISHED, RunStatus.CANCELLED, RunStatus.FAILED],
                    )
                ),
                name="match_run_has_an_end_when_it_ended",
            ),
            models.CheckConstraint(
                condition=(Q(status=RunStatus.FINISHED) & ~Q(result_hash=""))
                | (~Q(status=RunStatus.FINISHED) & Q(result_hash="")),
                name="match_run_has_a_hash_when_finished",
            ),
            models.CheckConstraint(
                condition=(Q(status=RunStatus.FAILED) & ~Q(failure=""))
                | (~Q(status=RunStatus.FAILED) & Q(failure="")),
                name="match_run_has_a_reason_when_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.as_of} ({self.get_status_display()})"


class MatchChunk(models.Model):
    """A share of a run that one worker computes in one transaction.

    ``inputs`` holds the needs and firms as they were when the chunk was computed, so that a
    repetition works on the same; a chunk of a repetition has them from the start.
    """

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField("序号")
    status = models.CharField(max_length=16, choices=ChunkStatus, default=ChunkStatus.PENDING)
    need_ids = ArrayField(models.BigIntegerField())
    need_count = models.PositiveIntegerField()
    inputs = models.BinaryField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result_hash = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    objects = MatchChunkQuerySet.as_manager()

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="match_chunk_number_unique"),
            models.CheckConstraint(
                condition=Exact(F("need_count"), _length("need_ids")),
                name="match_chunk_count_is_right",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=ChunkStatus.FINISHED, finished_at__isnull=False, inputs__isnull=False)
                    & ~Q(result_hash="")
                )
                | (~Q(status=ChunkStatus.FINISHED) & Q(finished_at__isnull=True, result_hash="")),
                name="match_chunk_finished_is_complete",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "attempts", "number"],
                name="match_chunk_pending",
                condition=Q(status=ChunkStatus.PENDING),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class MatchRow(models.Model):
    """The best matches of one need in one run, packed.

    ``product_version_ids`` and ``scores`` stand in order of rank. The eligible come first, so
    ``eligible_count`` (of all candidates, also those below the cut) tells each verdict.
    """

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="rows")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    need_revision = models.PositiveIntegerField()
    eligible_count = models.PositiveIntegerField()
    to_confirm_count = models.PositiveIntegerField()
    product_version_ids = ArrayField(models.BigIntegerField())
    scores = ArrayField(models.FloatField())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="match_row_once_per_need"),
            models.CheckConstraint(
                condition=Exact(_length("product_version_ids"), _length("scores")),
                name="match_row_arrays_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.need_id}"


class MatchImpression(models.Model):
    """The matches of a need as its firm's side was shown them; never altered (a trigger).

    ``product_version_ids`` and ``scores`` stand in the order shown, the first ``eligible_count``
    of them eligible. ``explored_…`` stood beside them: eligible, drawn by chance from those
    below, each with the chance that it had. What institutions are shown stands in the rows of
    lists that were sent.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    need_revision = models.PositiveIntegerField()
    shown_on = models.DateField()
    shown_at = models.DateTimeField()
    catalogue_version = models.BigIntegerField()
    model_version = models.CharField(max_length=120)
    eligible_count = models.PositiveIntegerField()
    product_version_ids = ArrayField(models.BigIntegerField())
    scores = ArrayField(models.FloatField())
    explored_version_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    explored_scores = ArrayField(models.FloatField(), default=list, db_default=[])
    explored_propensities = ArrayField(models.FloatField(), default=list, db_default=[])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "need_revision", "shown_on", "catalogue_version", "model_version"],
                name="match_impression_once",
            ),
            models.CheckConstraint(
                condition=Exact(_length("product_version_ids"), _length("scores")),
                name="match_impression_arrays_agree",
            ),
            models.CheckConstraint(
                condition=Exact(_length("explored_version_ids"), _length("explored_scores"))
                & Exact(_length("explored_version_ids"), _length("explored_propensities")),
                name="match_impression_explored_agree",
            ),
        ]
        indexes = [models.Index(fields=["shown_at"], name="match_impression_shown")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.shown_on}"
