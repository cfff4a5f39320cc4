"""Writes the rows of sheets: the need as it may be shown, and what belongs to the row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.catalogue.selectors import as_published
from backend.consents.disclosure import Shown, describe, shown_by
from backend.consents.grounds import Grounds
from backend.consents.models import Consent
from backend.consents.records import DisclosableRecord
from backend.matches import adapters, list_adapters
from backend.matches.catalogue_memory import catalogues
from backend.matches.reason_texts import criterion_text
from backend.referrals.canonical import Canonical, canonical
from backend.referrals.models import ListRow
from matching.vocabulary import VERDICTS


class RowWriter:
    """Writes rows; what many of them share is described once."""

    def __init__(
        self,
        records: Mapping[int, DisclosableRecord],
        consents: Mapping[int, Consent],
        *,
        recommenders: Mapping[int, str],
        day: date,
    ) -> None:
        self._records = records
        self._consents = consents
        self._recommenders = recommenders
        self._day = day
        self._names = catalogues.current().names
        self._matchers: dict[int, adapters.Matcher] = {}
        self._described: dict[tuple[Any, ...], tuple[dict[str, Any], Canonical]] = {}
        self._meant: dict[int, Canonical] = {}
        self._given: dict[int, Canonical] = {}

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
        version, record = row.product_version, self._records[row.need_id]
        if version.pk not in self._matchers:
            self._matchers[version.pk] = adapters.build_matcher([as_published(version)])
        undecided = list_adapters.find_unknown(
            self._matchers[version.pk], record.need, record.firm, as_of=self._day
        )
        return [
            {
                "criterion": one.code,
                "text": criterion_text(
                    one.code, one.outcome, one.required, one.actual, self._names
                ),
            }
            for one in undecided
        ]

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
            consent = self._consents[consent_id]
            self._given[consent_id] = canonical(
                {
                    "consent": consent.public_id,
                    "text_version": consent.text.version,
                    "granted_on": consent.granted_at.date(),
                    "expires_on": consent.expires_on,
                }
            )
        return self._given[consent_id]
