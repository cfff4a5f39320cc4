"""What each institution is sent of a list: the same for the preview and for the sending."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from backend.consents.disclosure import Shown
from backend.consents.grounds import Grounds
from backend.consents.models import Consent
from backend.consents.records import DisclosableRecord
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.partners.selectors import addressee
from backend.recommendations.selectors import recommenders_of
from backend.referrals.enums import ChangeKind
from backend.referrals.models import ListRow, ReferralList, Sheet
from backend.referrals.obstacles import Standing
from backend.referrals.sheet_history import SheetHistory, change_of
from backend.referrals.sheet_rows import Authorisation, RowWriter
from matching.vocabulary import DISCLAIMER

# Sheets of an older format stay what they are: their bytes and their digest are kept.
FORMAT = "kerong-sheet/2"


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
    sent = list(rows)
    for row in sent:
        of_institution[row.institution].append(row)
    history = SheetHistory.of(referral_list.department, list(of_institution))
    writer = RowWriter(
        sent,
        records,
        _consents_of(standing.grounds.values()),
        recommenders=recommenders_of(records.keys()),
        day=standing.day,
    )
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
    history: SheetHistory,
    writer: RowWriter,
) -> ComposedSheet:
    earlier = history.rows_of(institution)
    lines, shown = [], []
    for number, row in enumerate(rows, start=1):
        grounds = standing.grounds_of((row.need_id, institution.pk))
        line = writer.write(row, grounds)
        shown += writer.shown(row, grounds)
        line["change"] = change_of(line, earlier.get(row.need.code))
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
            **name_parties(referral_list, institution, agreement, standing.day),
            "disclaimer": DISCLAIMER,
            "totals": _totals(lines, rows),
            "rows": lines,
            "continued": _codes(changes, ChangeKind.SAME, but=lines),
            "withdrawn": _codes(changes, ChangeKind.WITHDRAWN, but=lines),
        },
        changes=changes,
        shown=shown,
    )


def name_parties(
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


def _consents_of(grounds: Iterable[Grounds]) -> dict[int, Authorisation]:
    """Return what a sheet says of each consent, without an object for every one of thousands."""
    wanted = {pk for one in grounds for pk in one.consent_of.values()}
    rows = Consent.objects.filter(pk__in=wanted).values_list(
        "pk", "public_id", "text__version", "granted_at", "expires_on"
    )
    return {
        pk: Authorisation(consent, version, timezone.localdate(granted_at), expires_on)
        for pk, consent, version, granted_at, expires_on in rows
    }
