"""What each institution is sent of a list: the same for the preview and for the sending."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from backend.consents.disclosure import Shown, describe, shown_by
from backend.consents.grounds import Grounds
from backend.consents.models import Consent
from backend.consents.records import DisclosableRecord
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.partners.selectors import addressee
from backend.referrals.canonical import Canonical, canonical, write_canonical
from backend.referrals.enums import ChangeKind, ReferralStatus
from backend.referrals.models import ListRow, Referral, ReferralList, Sheet
from backend.referrals.obstacles import Standing
from matching.vocabulary import DISCLAIMER, VERDICTS

FORMAT = "kerong-sheet/1"
# What tells nothing of the need itself, so that a row is the same without it.
_BESIDE_THE_NEED = frozenset({"line", "row", "change"})
_TAKEN_BACK = {ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED}
_ANSWERED_FOR_GOOD = {
    ReferralStatus.CONFIRMED,
    ReferralStatus.DECLINED,
    ReferralStatus.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Head:
    """What the sender says of the whole list; a preview may lack it."""

    document_number: str = ""
    basis: str = ""
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class ComposedSheet:
    """A sheet before it is stored."""

    institution: Organization
    agreement: Agreement
    version: int
    previous: Sheet | None
    rows: Sequence[ListRow]
    content: Mapping[str, Any]
    changes: Mapping[str, str]
    shown: Sequence[Shown]


def compose_sheets(
    *,
    referral_list: ReferralList,
    rows: Iterable[ListRow],
    records: Mapping[int, DisclosableRecord],
    standing: Standing,
    head: Head,
) -> list[ComposedSheet]:
    """Compose one sheet per institution, by code; a fixed number of queries.

    ``rows`` are those that may be sent, with names loaded; what each shows follows from the
    consents of ``standing`` alone.
    """
    of_institution: dict[Organization, list[ListRow]] = defaultdict(list)
    for row in rows:
        of_institution[row.institution].append(row)
    history = _History.of(referral_list.department, list(of_institution))
    writer = _RowWriter(records, _consents_of(standing.grounds.values()))
    return [
        _compose(
            referral_list,
            institution,
            sorted(its_rows, key=lambda row: row.need.code),
            standing=standing,
            head=head,
            history=history,
            writer=writer,
        )
        for institution, its_rows in sorted(of_institution.items(), key=lambda i: i[0].code)
    ]


def _compose(
    referral_list: ReferralList,
    institution: Organization,
    rows: Sequence[ListRow],
    *,
    standing: Standing,
    head: Head,
    history: "_History",
    writer: "_RowWriter",
) -> ComposedSheet:
    earlier = history.rows_of(institution)
    lines, shown = [], []
    for number, row in enumerate(rows, start=1):
        grounds = standing.grounds_of((row.need_id, institution.pk))
        line = writer.write(row, grounds)
        shown += writer.shown(row, grounds)
        line["change"] = _change_of(line, earlier.get(row.need.code))
        line["line"] = number
        lines.append(line)
    changes = {line["code"]: line["change"] for line in lines}
    changes |= history.fate_of_others(institution, sent=changes.keys())
    agreement = standing.agreements[institution.pk]
    version, previous = history.next_version(institution), history.previous.get(institution.pk)
    return ComposedSheet(
        institution=institution,
        agreement=agreement,
        version=version,
        previous=previous,
        rows=rows,
        content={
            "format": FORMAT,
            "list": referral_list.number,
            "kind": referral_list.kind,
            "title": referral_list.title,
            "version": version,
            "previous": previous and {"version": previous.version, "digest": previous.digest},
            "sent_on": standing.day,
            "document_number": head.document_number,
            "basis": head.basis,
            "answer_by": head.answer_by,
            **_parties(referral_list, institution, agreement, standing.day),
            "disclaimer": DISCLAIMER,
            "totals": _totals(lines, rows),
            "rows": lines,
            "continued": _codes(changes, ChangeKind.SAME, but=lines),
            "withdrawn": _codes(changes, ChangeKind.WITHDRAWN, but=lines),
        },
        changes=changes,
        shown=shown,
    )


class _RowWriter:
    """Writes rows; what many of them share is described once."""

    def __init__(
        self, records: Mapping[int, DisclosableRecord], consents: Mapping[int, Consent]
    ) -> None:
        self._records = records
        self._consents = consents
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
        # How the firm stands to the product is told only beside the firm's name.
        if not seen["is_masked"]:
            line["verdict"] = "eligible" if row.is_eligible else "to_confirm"
            line["verdict_label"] = VERDICTS[line["verdict"]]
        return line

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


def _parties(
    referral_list: ReferralList, institution: Organization, agreement: Agreement, day: date
) -> dict[str, Any]:
    """Name both sides with the units and contacts of the agreement."""
    department = referral_list.department
    return {
        "agreement": agreement.document_number,
        "department": {
            "code": department.code,
            "name": department.name,
            "contact": addressee(
                contact=agreement.department_contact, unit=agreement.department_unit, day=day
            ),
        },
        "institution": {
            "code": institution.code,
            "name": institution.name,
            "contact": addressee(
                contact=agreement.institution_contact, unit=agreement.institution_unit, day=day
            ),
        },
    }


def _totals(lines: Sequence[Mapping[str, Any]], rows: Sequence[ListRow]) -> dict[str, int]:
    return {
        "needs": len(lines),
        "firms": len({row.need.firm_id for row in rows}),
        "masked": sum(line["is_masked"] for line in lines),
    }


def _codes(
    changes: Mapping[str, str], kind: ChangeKind, *, but: Iterable[Mapping[str, Any]]
) -> list[str]:
    sent = {line["code"] for line in but}
    return sorted(code for code, change in changes.items() if change == kind and code not in sent)


def _change_of(line: Mapping[str, Any], earlier: bytes | None) -> str:
    if earlier is None:
        return ChangeKind.NEW.value
    return (ChangeKind.SAME if _substance(line) == earlier else ChangeKind.CHANGED).value


def _substance(line: Mapping[str, Any]) -> bytes:
    return write_canonical(Canonical((k, v) for k, v in line.items() if k not in _BESIDE_THE_NEED))


def _consents_of(grounds: Iterable[Grounds]) -> dict[int, Consent]:
    wanted = {pk for one in grounds for pk in one.consent_of.values()}
    return Consent.objects.select_related("text").in_bulk(wanted)


@dataclass(frozen=True, slots=True)
class _History:
    """What some institutions were sent by a department before."""

    previous: Mapping[int, Sheet]
    last_version: Mapping[int, int]
    # The newest referral of each institution and need that a previous sheet speaks about.
    status: Mapping[tuple[int, str], str]

    @classmethod
    def of(cls, department: Organization, institutions: Collection[Organization]) -> "_History":
        """Read the history; three queries."""
        sheets = Sheet.objects.filter(department=department, institution__in=institutions)
        latest = sheets.in_force().order_by("institution_id", "-version").distinct("institution_id")
        previous = {sheet.institution_id: sheet for sheet in latest}
        versions = sheets.order_by().values_list("institution").annotate(Max("version"))
        spoken_of = {code for sheet in previous.values() for code in sheet.changes}
        statuses = Referral.objects.filter(
            institution__in=previous, need__code__in=spoken_of
        ).order_by("pk")
        return cls(
            previous=previous,
            last_version=dict(versions),
            status={
                (institution, code): status
                for institution, code, status in statuses.values_list(
                    "institution_id", "need__code", "status"
                )
            },
        )

    def next_version(self, institution: Organization) -> int:
        """Return the number of the next sheet; numbers of recalled ones are not used again."""
        return self.last_version.get(institution.pk, 0) + 1

    def rows_of(self, institution: Organization) -> dict[str, bytes]:
        """Return what the previous sheet said of each need that was not taken back since."""
        sheet = self.previous.get(institution.pk)
        if sheet is None:
            return {}
        return {
            line["code"]: _substance(line)
            for line in json.loads(bytes(sheet.content))["rows"]
            if self.status.get((institution.pk, line["code"])) != ReferralStatus.WITHDRAWN
        }

    def fate_of_others(self, institution: Organization, *, sent: Collection[str]) -> dict[str, str]:
        """Say what has become of needs that were sent before and are not in the new sheet.

        What the institution works on goes on, what was taken back is withdrawn; what it has
        answered for good is spoken of no more.
        """
        sheet = self.previous.get(institution.pk)
        fates = {}
        for code, kind in (sheet.changes if sheet else {}).items():
            if code in sent or kind == ChangeKind.WITHDRAWN:
                continue
            status = self.status.get((institution.pk, code))
            if status in _TAKEN_BACK:
                fates[code] = ChangeKind.WITHDRAWN.value
            elif status not in _ANSWERED_FOR_GOOD:
                fates[code] = ChangeKind.SAME.value
        return fates
