"""Writes the rows of sheets: the need as it may be shown, and what belongs to the row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from backend.catalogue.selectors import as_published
from backend.consents.disclosure import Shown, describe, shown_by
from backend.consents.grounds import Grounds
from backend.consents.records import DisclosableRecord
from backend.matches import adapters, list_adapters
from backend.matches.catalogue_memory import catalogues
from backend.matches.reason_texts import criterion_text
from backend.referrals.canonical import Canonical, canonical
from backend.referrals.models import ListRow
from matching.vocabulary import VERDICTS


class Authorisation(NamedTuple):
    """A consent as a row names it: by which text it was given, on which day, until when."""

    consent: UUID
    text_version: str
    granted_on: date
    expires_on: date


class RowWriter:
    """Writes rows; what many of them share is described once.

    ``rows`` are all that will be written; their conditions that stay to be confirmed are worked
    out need by need, for every product meant for it together.
    """

    def __init__(
        self,
        rows: Iterable[ListRow],
        records: Mapping[int, DisclosableRecord],
        consents: Mapping[int, Authorisation],
        *,
        recommenders: Mapping[int, str],
        day: date,
    ) -> None:
        self._records = records
        self._consents = consents
        self._recommenders = recommenders
        self._day = day
        self._names = catalogues.current().names
        self._described: dict[tuple[Any, ...], tuple[dict[str, Any], Canonical]] = {}
        self._meant: dict[int, Canonical] = {}
        self._given: dict[int, Canonical] = {}
        self._sentences: dict[adapters.Criterion, dict[str, str]] = {}
        self._undecided: dict[int, Mapping[str, tuple[adapters.Criterion, ...]]] = {}
        self._open_products: dict[int, set[str]] = defaultdict(set)
        open_versions = {}
        for row in rows:
            if not row.is_eligible:
                self._open_products[row.need_id].add(_key(row))
                open_versions[_key(row)] = row.product_version
        # By version, not by code: one product may be meant in two of its wordings.
        self._matcher = adapters.build_matcher(
            replace(as_published(version), code=key) for key, version in open_versions.items()
        )

    def write(self, row: ListRow, grounds: Grounds) -> Canonical:
        """Return what a row says, in canonical form, without its line and change."""
        _, seen = self._describe(row, grounds)
        line = Canonical(seen)
        line["row"] = str(row.public_id)
        line["product"] = self._product(row)
        line["authorisations"] = [
            self._authorisation(pk) for pk in sorted(set(grounds.consent_of.values()))
        ]
        # How the firm stands to the product, and who recommends it, stands beside its name only.
        if not seen["is_masked"]:
            line["verdict"] = "eligible" if row.is_eligible else "to_confirm"
            line["verdict_label"] = VERDICTS[line["verdict"]]
            line["to_confirm"] = [] if row.is_eligible else self._to_confirm(row)
            line["recommended_by"] = self._recommenders.get(row.need_id)
        return line

    def _to_confirm(self, row: ListRow) -> list[dict[str, str]]:
        """Return which conditions of the product meant are not decided, as of the sheet's day."""
        if row.need_id not in self._undecided:
            record = self._records[row.need_id]
            self._undecided[row.need_id] = list_adapters.find_unknown(
                self._matcher,
                record.need,
                record.firm,
                as_of=self._day,
                products=self._open_products[row.need_id],
            )
        undecided = self._undecided[row.need_id].get(_key(row), ())
        return [self._said(criterion) for criterion in undecided]

    def _said(self, criterion: adapters.Criterion) -> dict[str, str]:
        """Say what is to be confirmed; a need's products mostly leave the same open."""
        if criterion not in self._sentences:
            text = criterion_text(
                criterion.code,
                criterion.outcome,
                criterion.required,
                criterion.actual,
                self._names,
            )
            self._sentences[criterion] = {"criterion": criterion.code, "text": text}
        return self._sentences[criterion]

    def shown(self, row: ListRow, grounds: Grounds) -> list[Shown]:
        """Return what the ledger notes of a row."""
        seen, _ = self._describe(row, grounds)
        record = self._records[row.need_id]
        return shown_by(record=record, grounds=grounds, description=seen)

    def _describe(self, row: ListRow, grounds: Grounds) -> tuple[dict[str, Any], Canonical]:
        """Describe a need for the groups that an institution may be shown.

        What it is told of its own place in the firm's order belongs to it alone.
        """
        record, code = self._records[row.need_id], row.institution.code
        named = code if code in record.need.preferred_institutions else None
        key = row.need_id, grounds.groups, named
        if key not in self._described:
            seen = describe(record, grounds.groups, institution_code=code)
            self._described[key] = seen, canonical(seen)
        return self._described[key]

    def _product(self, row: ListRow) -> Canonical:
        version = row.product_version
        if version.pk not in self._meant:
            self._meant[version.pk] = canonical(
                {
                    "code": version.product.code,
                    "name": version.name,
                    "version": version.number,
                }
            )
        return self._meant[version.pk]

    def _authorisation(self, consent_id: int) -> Canonical:
        """Say by which consent a row is shown, and until when."""
        if consent_id not in self._given:
            self._given[consent_id] = canonical(self._consents[consent_id]._asdict())
        return self._given[consent_id]


def _key(row: ListRow) -> str:
    """Return what names the wording of a product that a row means."""
    return str(row.product_version_id)
