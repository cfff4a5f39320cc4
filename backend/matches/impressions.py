"""What the firm's side was shown of a need's matches: kept once per need, day and versions."""

from datetime import date

from django.utils import timezone

from backend.matches import adapters
from backend.matches.catalogue_memory import LoadedCatalogue
from backend.matches.models import MatchImpression
from backend.needs.selectors import NeedRecord
from backend.organizations.row_security import as_platform


def model_version(catalogue: LoadedCatalogue) -> str:
    """Name what ranked: library, parameters and vocabulary in one text."""
    versions = catalogue.matcher.versions
    return ";".join(f"{name}={version}" for name, version in sorted(versions.items()))


def note_shown(
    catalogue: LoadedCatalogue,
    record: NeedRecord,
    result: adapters.NeedResult,
    *,
    as_of: date,
) -> None:
    """Keep which products were shown in which order with which scores; one statement.

    What was drawn to stand beside the ranking is kept apart, with the chance that it had.

    The same need, day and versions again change nothing: the order follows from them.
    """
    matches, explored = result.matches, result.explored

    def version_of(match: adapters.Match) -> int:
        return catalogue.products[match.product].version_pk

    with as_platform():  # a reader keeps nothing by itself
        MatchImpression.objects.bulk_create(
            [
                MatchImpression(
                    need_id=record.pk,
                    need_revision=record.revision,
                    shown_on=as_of,
                    shown_at=timezone.now(),
                    catalogue_version=catalogue.version,
                    model_version=model_version(catalogue),
                    eligible_count=sum(match.verdict == "eligible" for match in matches),
                    product_version_ids=[version_of(match) for match in matches],
                    scores=[float(match.score) for match in matches],
                    explored_version_ids=[version_of(one.match) for one in explored],
                    explored_scores=[float(one.match.score) for one in explored],
                    explored_propensities=[one.propensity for one in explored],
                )
            ],
            ignore_conflicts=True,
        )
