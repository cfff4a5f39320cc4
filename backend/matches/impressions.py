"""What the firm's side was shown of a need's matches: kept once per need, day and versions."""

from collections.abc import Sequence
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
    matches: Sequence[adapters.Match],
    *,
    as_of: date,
) -> None:
    """Keep which products were shown in which order with which scores; one statement.

    The same need, day and versions again change nothing: the order follows from them.
    """
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
                    product_version_ids=[
                        catalogue.products[match.product].version_pk for match in matches
                    ],
                    scores=[float(match.score) for match in matches],
                )
            ],
            ignore_conflicts=True,
        )
