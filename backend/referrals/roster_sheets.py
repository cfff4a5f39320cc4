"""What each institution is sent of a roster, and what may be shown of it later."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils import timezone

from backend.consents.disclosure import describe_firm
from backend.consents.models import RosterConsent
from backend.consents.services.rosters import list_roster_consents
from backend.firms.models import Firm
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.referrals.canonical import Canonical, canonical, write_canonical
from backend.referrals.described import list_described_firms
from backend.referrals.enums import ChangeKind, ListKind
from backend.referrals.models import ReferralList, RosterRow, Sheet
from backend.referrals.sheet_content import ComposedSheet, Head, name_parties
from matching.vocabulary import DISCLAIMER

FORMAT = "kerong-roster/1"
_OF_THE_ROW = frozenset({"line", "row", "code", "change", "listed_for", "authorisation"})
_BESIDE_THE_FIRM = frozenset({"line", "row", "change"})
Consents = Mapping[tuple[int, int], RosterConsent]
Shown = tuple[RosterConsent, dict[str, Any]]


def opaque_code(firm: Firm) -> str:
    """Return what a firm is called where its name may not be told: the same in every roster."""
    return f"F-{firm.public_id.hex[:12]}"


@dataclass(frozen=True, slots=True)
class ComposedRoster:
    """The sheets of a roster, and per institution what they show by which consent."""

    sheets: list[ComposedSheet]
    shown: Mapping[int, list[Shown]]


def compose_roster(
    *,
    referral_list: ReferralList,
    rows: Iterable[RosterRow],
    consents: Consents,
    agreements: Mapping[int, Agreement],
    head: Head,
    day: date,
) -> ComposedRoster:
    """Compose one sheet per institution, by code; rows have firm and institution loaded."""
    of_institution: dict[Organization, list[RosterRow]] = defaultdict(list)
    for row in rows:
        of_institution[row.institution].append(row)
    records = list_described_firms(
        {row.firm_id for found in of_institution.values() for row in found}, day=day
    )
    history = _History(referral_list.department, of_institution.keys())
    sheets, shown = [], {}
    for institution, its_rows in sorted(of_institution.items(), key=lambda one: one[0].code):
        told = {
            row: (consent, describe_firm(records[row.firm_id], consent.groups))
            for row in sorted(its_rows, key=lambda one: one.firm.organization.code)
            if (consent := consents[row.firm_id, row.institution_id])
        }
        earlier = history.rows_of(institution)
        lines = _lines(told, earlier)
        listed = {line["code"]: line["change"] for line in lines}
        changes = listed | _fates(earlier, listed, consents, institution)
        agreement, version = agreements[institution.pk], history.next_version(institution)
        previous = history.previous.get(institution.pk)
        content = {
            **_head(referral_list, head, lines, previous=previous, version=version, day=day),
            **name_parties(referral_list, institution, agreement, day),
            "continued": _others(changes, listed, ChangeKind.SAME),
            "withdrawn": _others(changes, listed, ChangeKind.WITHDRAWN),
        }
        shown[institution.pk] = list(told.values())
        sheets.append(
            ComposedSheet(
                institution, agreement, version, previous, its_rows, content, changes, shown=()
            )
        )
    return ComposedRoster(sheets, shown)


def _head(
    referral_list: ReferralList,
    head: Head,
    lines: list[Canonical],
    *,
    previous: Sheet | None,
    version: int,
    day: date,
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "list": referral_list.number,
        "kind": referral_list.kind,
        "title": referral_list.title,
        "version": version,
        "previous": previous and {"version": previous.version, "digest": previous.digest},
        "sent_on": day,
        "document_number": head.document_number,
        "basis": head.basis,
        "answer_by": head.answer_by,
        "disclaimer": DISCLAIMER,
        "criteria": referral_list.roster_criteria or {},
        "totals": {"firms": len(lines)},
        "rows": lines,
    }


def _lines(
    told: Mapping[RosterRow, Shown], earlier: Mapping[str, Mapping[str, Any]]
) -> list[Canonical]:
    lines = []
    for number, (row, (consent, described)) in enumerate(told.items(), start=1):
        line = _line(row, consent, described)
        line["change"] = _change(line, earlier.get(line["code"]))
        line["line"] = number
        lines.append(line)
    return lines


def _others(changes: Mapping[str, str], listed: Mapping[str, str], kind: ChangeKind) -> list[str]:
    return sorted(code for code, found in changes.items() if found == kind and code not in listed)


def _line(row: RosterRow, consent: RosterConsent, described: dict[str, Any]) -> Canonical:
    line = canonical(described)
    line["row"] = str(row.public_id)
    line["code"] = opaque_code(row.firm)
    line["listed_for"] = list(row.qualifications)
    line["authorisation"] = canonical(
        {
            "consent": consent.public_id,
            "text_version": consent.text_version,
            "granted_on": timezone.localdate(consent.granted_at),
            "expires_on": consent.expires_on,
        }
    )
    return line


def _substance(line: Mapping[str, Any]) -> bytes:
    return write_canonical(
        Canonical((key, value) for key, value in line.items() if key not in _BESIDE_THE_FIRM)
    )


def _change(line: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> str:
    if earlier is None:
        return ChangeKind.NEW.value
    is_same = _substance(line) == _substance(earlier)
    return (ChangeKind.SAME if is_same else ChangeKind.CHANGED).value


def _fates(
    earlier: Mapping[str, Any],
    listed: Mapping[str, str],
    consents: Consents,
    institution: Organization,
) -> dict[str, str]:
    """Say of firms named before and not now whether they may still be addressed."""
    live = {
        opaque_code(consent.firm)
        for (_, unit), consent in consents.items()
        if unit == institution.pk
    }
    return {
        code: (ChangeKind.SAME if code in live else ChangeKind.WITHDRAWN).value
        for code in earlier
        if code not in listed
    }


class _History:
    """The last roster of a department to each of some institutions that was not recalled."""

    def __init__(self, department: Organization, institutions: Iterable[Organization]) -> None:
        sheets = Sheet.objects.filter(department=department, institution__in=list(institutions))
        rosters = sheets.filter(referral_list__kind=ListKind.ROSTER).in_force()
        latest = rosters.order_by("institution_id", "-version").distinct("institution_id")
        self.previous = {sheet.institution_id: sheet for sheet in latest}
        versions = sheets.order_by().values_list("institution").annotate(Max("version"))
        self.last_version: dict[int, int] = dict(versions)

    def next_version(self, institution: Organization) -> int:
        """Return the number of the next sheet, whatever its kind."""
        return self.last_version.get(institution.pk, 0) + 1

    def rows_of(self, institution: Organization) -> dict[str, Mapping[str, Any]]:
        """Return what the previous roster said, by the firm's opaque code."""
        sheet = self.previous.get(institution.pk)
        if sheet is None:
            return {}
        return {line["code"]: line for line in json.loads(bytes(sheet.content))["rows"]}


@dataclass(frozen=True, slots=True)
class ShownRoster:
    """A roster's head and rows as they may be shown today, and what the ledger notes."""

    head: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...]
    ledger: tuple[Shown, ...]


def show_roster(sheet: Sheet, *, day: date) -> ShownRoster:
    """Return a roster as it was sent, without the firms that took their consent back since."""
    content = json.loads(bytes(sheet.content))
    rows = {
        str(row.public_id): row
        for row in RosterRow.objects.filter(
            referral_list=sheet.referral_list_id, institution=sheet.institution_id
        )
    }
    consents = list_roster_consents(institution_ids=[sheet.institution_id], day=day)
    records = list_described_firms({row.firm_id for row in rows.values()}, day=day)
    is_recalled = hasattr(sheet, "recall")
    lines, ledger = [], []
    for sent in content["rows"]:
        row = rows[sent["row"]]
        consent = consents.get((row.firm_id, row.institution_id))
        if consent is None or is_recalled:
            gone = {key: sent[key] for key in ("line", "row", "code")}
            lines.append(gone | {"change": ChangeKind.WITHDRAWN.value})
            continue
        allowed = describe_firm(records[row.firm_id], consent.groups).keys()
        lines.append({k: v for k, v in sent.items() if k in allowed or k in _OF_THE_ROW})
        ledger.append((consent, {k: v for k, v in sent.items() if k in allowed}))
    head = {key: value for key, value in content.items() if key != "rows"}
    return ShownRoster(head, tuple(lines), tuple(ledger))
