"""What a page of a list's preview shows: how much each institution would be sent, and some rows.

Only the rows that are shown are composed: a list may hold ten thousand.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.organizations.models import Organization
from backend.referrals.enums import ChangeKind, ListKind
from backend.referrals.models import ReferralList, Sheet
from backend.referrals.sheet_history import SheetHistory


@dataclass(frozen=True, slots=True)
class ExpectedSheet:
    """What an institution would be sent, counted; a roster names no needs."""

    institution: Organization
    needs: int | None
    firms: int
    new: int
    known: int


def list_expected_sheets(referral_list: ReferralList) -> list[ExpectedSheet]:
    """Return, by the institutions' codes, how much each would be sent; a few queries.

    ``new`` and ``known`` count rows by whether the institution's last sheet spoke of them.
    """
    is_roster = referral_list.kind == ListKind.ROSTER
    rows = referral_list.roster_rows if is_roster else referral_list.rows
    fields = ("firm__organization__code", "firm_id") if is_roster else ("need__code", "need__firm")
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    standing = rows.standing().order_by().values_list("institution_id", *fields)
    for institution, code, firm in standing:
        found[institution].append((code, firm))
    spoken_of = {} if is_roster else _spoken_of(referral_list, found)
    institutions = Organization.objects.in_bulk(found)
    return [
        ExpectedSheet(
            institution=institutions[pk],
            needs=None if is_roster else len(its_rows),
            firms=len({firm for _, firm in its_rows}),
            new=sum(code not in spoken_of.get(pk, ()) for code, _ in its_rows),
            known=sum(code in spoken_of.get(pk, ()) for code, _ in its_rows),
        )
        for pk, its_rows in sorted(found.items(), key=lambda item: institutions[item[0]].code)
    ]


def _spoken_of(referral_list: ReferralList, among: Mapping[int, object]) -> dict[int, set[str]]:
    """Return the needs that each institution's last sheet spoke of, but for those withdrawn."""
    latest = (
        Sheet.objects.filter(
            department=referral_list.department,
            institution__in=among,
            referral_list__kind=ListKind.NEEDS,
        )
        .in_force()
        .order_by("institution_id", "-version")
        .distinct("institution_id")
        .values_list("institution_id", "changes")
    )
    return {
        institution: {code for code, kind in changes.items() if kind != ChangeKind.WITHDRAWN}
        for institution, changes in latest
    }


def list_expected_rows(referral_list: ReferralList, institution: Organization) -> QuerySet:
    """Return the rows for one institution, in the order in which they would be sent."""
    if referral_list.kind == ListKind.ROSTER:
        rows, order = referral_list.roster_rows, "firm__organization__code"
    else:
        rows, order = referral_list.rows, "need__code"
    return rows.standing().filter(institution=institution).order_by(order, "pk")


def count_others(referral_list: ReferralList, institution: Organization) -> dict[str, int]:
    """Count what the last sheet spoke of and this list does not, by what became of it."""
    if referral_list.kind == ListKind.ROSTER:
        return {}
    history = SheetHistory.of(referral_list.department, [institution])
    sent = set(list_expected_rows(referral_list, institution).values_list("need__code", flat=True))
    fates = list(history.fate_of_others(institution, sent=sent).values())
    return {kind: fates.count(kind) for kind in (ChangeKind.SAME, ChangeKind.WITHDRAWN)}
