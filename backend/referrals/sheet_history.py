"""What institutions were sent before: how a new sheet's rows stand to it, and what became of it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from backend.organizations.models import Organization
from backend.referrals.canonical import Canonical, write_canonical
from backend.referrals.enums import ChangeKind, ListKind, ReferralStatus
from backend.referrals.models import Referral, Sheet

# What tells nothing of the need itself, so that a row is the same without it.
BESIDE_THE_NEED = frozenset({"line", "row", "change"})
# What rows say since a format; a sheet of an older one is compared without it.
_SINCE_FORMAT = {
    "kerong-sheet/1": frozenset(),
    "kerong-sheet/2": frozenset(
        {"stage", "stage_basis", "stage_rule", "to_confirm", "recommended_by"}
    ),
}
_TAKEN_BACK = {ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED}
_ANSWERED_FOR_GOOD = {
    ReferralStatus.CONFIRMED,
    ReferralStatus.DECLINED,
    ReferralStatus.RETURNED,
}


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A row as it was sent before, and what it could not say yet in its format."""

    substance: bytes
    unsaid: frozenset[str]

    @classmethod
    def of(cls, line: Mapping[str, Any], sheet_format: str) -> "EarlierRow":
        """Return a row of a sheet of some format."""
        formats = list(_SINCE_FORMAT)
        later = formats[formats.index(sheet_format) + 1 :]
        unsaid = frozenset().union(*(_SINCE_FORMAT[one] for one in later))
        return cls(_substance(line, but=unsaid), unsaid)


def change_of(line: Mapping[str, Any], earlier: EarlierRow | None) -> str:
    """Say what a row is against the sheet before."""
    if earlier is None:
        return ChangeKind.NEW.value
    is_same = _substance(line, but=earlier.unsaid) == earlier.substance
    return (ChangeKind.SAME if is_same else ChangeKind.CHANGED).value


def _substance(line: Mapping[str, Any], *, but: frozenset[str]) -> bytes:
    left_out = BESIDE_THE_NEED | but
    return write_canonical(Canonical((k, v) for k, v in line.items() if k not in left_out))


@dataclass(frozen=True, slots=True)
class SheetHistory:
    """What some institutions were sent by a department before."""

    previous: Mapping[int, Sheet]
    last_version: Mapping[int, int]
    # The newest referral of each institution and need that a previous sheet speaks about.
    status: Mapping[tuple[int, str], str]

    @classmethod
    def of(cls, department: Organization, institutions: Collection[Organization]) -> "SheetHistory":
        """Read the history; three queries."""
        sheets = Sheet.objects.filter(department=department, institution__in=institutions)
        of_needs = sheets.filter(referral_list__kind=ListKind.NEEDS).in_force()
        latest = of_needs.order_by("institution_id", "-version").distinct("institution_id")
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

    def rows_of(self, institution: Organization) -> dict[str, EarlierRow]:
        """Return what the previous sheet said of each need that was not taken back since."""
        sheet = self.previous.get(institution.pk)
        if sheet is None:
            return {}
        content = json.loads(bytes(sheet.content))
        return {
            line["code"]: EarlierRow.of(line, content["format"])
            for line in content["rows"]
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
