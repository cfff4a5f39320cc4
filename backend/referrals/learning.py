"""What was shown and what came of it: the records that ranking learns from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.catalogue.models import ProductVersion
from backend.matches.models import MatchImpression
from backend.referrals.models import ListRow, Referral

BATCH = 2_000


class ShownIn(StrEnum):
    """Where a pair of need and product was shown."""

    SHEET = "sheet"
    DRAFT = "draft"
    FIRM = "firm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPair:
    """A need and a product as they were shown to somebody, and what has become of it since.

    ``status`` is that of the referral, "removed" for a row that an officer took off, None where
    nothing came of it. ``reasons`` are coded; they stay empty where the firm withheld them.
    ``propensity`` is the chance with which the product was drawn to stand beside the ranking,
    None where it stood in it; ``position`` is then where it was seen, after the matches shown.
    """

    shown_in: ShownIn
    shown_at: datetime
    need_id: int
    need_revision: int
    product_version_id: int
    position: int
    score: float
    is_eligible: bool
    model_version: str
    catalogue_version: int
    status: str | None
    reasons: tuple[str, ...]
    propensity: float | None = None


def list_shown(*, since: datetime, until: datetime) -> Iterator[ShownPair]:
    """Yield what was shown from ``since`` until before ``until``, with outcomes of now.

    Sheets that went to institutions, what officers took off before, and what firms saw of their
    own matches. A fixed number of queries per batch of rows; in a stable order.
    """
    yield from _of_lists(since, until)
    yield from _of_firms(since, until)


def _of_lists(since: datetime, until: datetime) -> Iterator[ShownPair]:
    rows = (
        ListRow.objects.filter(referral_list__sent_at__gte=since, referral_list__sent_at__lt=until)
        .order_by("pk")
        .values(
            "need_id",
            "need_revision",
            "product_version_id",
            "position",
            "score",
            "is_eligible",
            "model_version",
            "catalogue_version",
            "referral_list__sent_at",
            "referral__status",
            "referral__decline_reasons",
            "exploration_propensity",
        )
    )
    for row in rows.iterator(chunk_size=BATCH):
        status = row.pop("referral__status")
        yield ShownPair(
            shown_in=ShownIn.DRAFT if status is None else ShownIn.SHEET,
            shown_at=row.pop("referral_list__sent_at"),
            status="removed" if status is None else status,
            reasons=tuple(row.pop("referral__decline_reasons") or ()),
            propensity=row.pop("exploration_propensity"),
            **row,
        )


def _of_firms(since: datetime, until: datetime) -> Iterator[ShownPair]:
    shown = MatchImpression.objects.filter(shown_at__gte=since, shown_at__lt=until).order_by("pk")
    batch: list[MatchImpression] = []
    for one in shown.iterator(chunk_size=BATCH):
        batch.append(one)
        if len(batch) == BATCH:
            yield from _unpacked(batch)
            batch = []
    yield from _unpacked(batch)


def _unpacked(batch: list[MatchImpression]) -> Iterator[ShownPair]:
    """Yield each place of packed impressions, with the need's referral for that product."""
    came_of = {
        (referral.need_id, referral.product_version.product_id): referral
        for referral in Referral.objects.filter(need__in={one.need_id for one in batch})
        .select_related("product_version")
        .order_by("pk")
    }
    products = dict(
        ProductVersion.objects.filter(
            pk__in={
                pk for one in batch for pk in (*one.product_version_ids, *one.explored_version_ids)
            }
        ).values_list("pk", "product_id")
    )
    for one in batch:
        for place, (version, score, propensity) in enumerate(_places(one), start=1):
            referral = came_of.get((one.need_id, products[version]))
            yield ShownPair(
                shown_in=ShownIn.FIRM,
                shown_at=one.shown_at,
                need_id=one.need_id,
                need_revision=one.need_revision,
                product_version_id=version,
                position=place,
                score=score,
                is_eligible=propensity is not None or place <= one.eligible_count,
                model_version=one.model_version,
                catalogue_version=one.catalogue_version,
                status=None if referral is None else referral.status,
                reasons=() if referral is None else tuple(referral.decline_reasons),
                propensity=propensity,
            )


def _places(one: MatchImpression) -> Iterator[tuple[int, float, float | None]]:
    """Yield version, score and propensity of what was seen, from first to last."""
    for version, score in zip(one.product_version_ids, one.scores, strict=True):
        yield version, score, None
    yield from zip(
        one.explored_version_ids, one.explored_scores, one.explored_propensities, strict=True
    )
