"""What is read of match runs, and which needs a demonstration shows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from backend.catalogue.models import ProductVersion
from backend.matches.models import MatchRow, MatchRun
from backend.needs.models import Need
from matching.vocabulary import VERDICTS


def list_run_rows(run: MatchRun) -> QuerySet[MatchRow]:
    """Return the rows of a run in order of need, with the firm's name loaded."""
    return (
        MatchRow.objects.filter(run=run)
        .select_related("need__firm__organization")
        .order_by("need__code")
    )


def describe_rows(rows: Sequence[MatchRow]) -> list[dict[str, Any]]:
    """Unpack rows with names; one query however many rows and products there are."""
    wanted = {pk for row in rows for pk in row.product_version_ids}
    versions = ProductVersion.objects.select_related("product__institution").in_bulk(wanted)
    return [_describe_row(row, versions) for row in rows]


def _describe_row(row: MatchRow, versions: dict[int, ProductVersion]) -> dict[str, Any]:
    return {
        "need": row.need.code,
        "need_id": str(row.need.public_id),
        "need_revision": row.need_revision,
        "firm_name": row.need.firm.organization.name,
        "eligible_count": row.eligible_count,
        "to_confirm_count": row.to_confirm_count,
        "matches": [
            _describe_place(row, place, versions[pk])
            for place, pk in enumerate(row.product_version_ids)
        ],
    }


def _describe_place(row: MatchRow, place: int, version: ProductVersion) -> dict[str, Any]:
    verdict = "eligible" if place < row.eligible_count else "to_confirm"
    product = version.product
    return {
        "rank": place + 1,
        "product": product.code,
        "product_id": str(product.public_id),
        "product_version_id": str(version.public_id),
        "product_name": version.name,
        "institution": product.institution.code,
        "institution_name": product.institution.name,
        "verdict": verdict,
        "verdict_label": VERDICTS[verdict],
        "score": row.scores[place],
    }


def list_showcase_needs(count: int) -> list[Need]:
    """Return open needs of made-up firms of different stages, for the demonstration."""
    needs = (
        Need.objects.open()
        .with_firm()
        .filter(firm__organization__is_demonstration=True)
        .order_by("firm__declared_stage", "pk")
    )
    first_of_stage = list(needs.distinct("firm__declared_stage")[:count])
    others = needs.exclude(pk__in=[need.pk for need in first_of_stage]).order_by("pk")
    return [*first_of_stage, *others[: count - len(first_of_stage)]]
