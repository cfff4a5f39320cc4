"""What is read of consents and of the ledger."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, TextField
from django.db.models.functions import Cast

from backend.common.errors import InvalidInput
from backend.consents.enums import Channel, Direction
from backend.consents.fields import LABELS
from backend.consents.grounds import list_grounds
from backend.consents.models import Disclosure
from backend.firms.models import Firm
from backend.needs.enums import Attitude
from backend.needs.models import NamedInstitution, Need
from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization


def find_institutions(codes: Sequence[str]) -> list[Organization]:
    """Return active institutions in the order of their codes, or refuse the unknown ones."""
    rows = Organization.objects.filter(code__in=codes, kind__in=OFFERING_KINDS, is_active=True)
    # Codes are unique within a kind; where two kinds share one, the institution is meant.
    found = {row.code: row for row in rows.order_by("kind")}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise InvalidInput.of(
            "institutions",
            "unknown_institution",
            f"未知或已停用的机构代码“{'、'.join(unknown)[:200]}”。",
        )
    return [found[code] for code in codes]


@dataclass(frozen=True, slots=True)
class MissingConsent:
    """An institution that a need names first, and the directions without a live consent."""

    institution: Organization
    position: int
    directions: list[Direction]


def list_missing(need: Need, *, day: date) -> list[MissingConsent]:
    """Return the preferred institutions that the firm has still to be asked for; three queries.

    Naming an institution is no consent.
    """
    named = list(
        NamedInstitution.objects.filter(need=need, attitude=Attitude.PREFERRED)
        .select_related("institution")
        .order_by("position")
    )
    pairs = [(need.pk, row.institution_id) for row in named]
    given = {
        direction: list_grounds(pairs, day=day, direction=direction) for direction in Direction
    }
    missing = [
        MissingConsent(
            institution=row.institution,
            position=row.position,
            directions=[
                direction
                for direction in Direction
                if (need.pk, row.institution_id) not in given[direction]
            ],
        )
        for row in named
    ]
    return [entry for entry in missing if entry.directions]


@dataclass(slots=True)
class FieldSeen:
    """How often and through what an institution saw one field."""

    field: str
    label: str
    times: int = 0
    first_shown_at: datetime | None = None
    last_shown_at: datetime | None = None
    channels: list[Channel] = dataclasses.field(default_factory=list)

    def add(self, times: int, first: datetime, last: datetime, channel: Channel) -> None:
        """Count showings through one channel."""
        self.times += times
        self.first_shown_at = min(self.first_shown_at or first, first)
        self.last_shown_at = max(self.last_shown_at or last, last)
        if channel not in self.channels:
            self.channels.append(channel)


@dataclass(frozen=True, slots=True)
class InstitutionSaw:
    """What one institution saw of a firm."""

    institution: str
    institution_id: str
    institution_name: str
    fields: list[FieldSeen] = dataclasses.field(default_factory=list)


def summarize_disclosures(disclosures: QuerySet[Disclosure]) -> list[InstitutionSaw]:
    """Return who saw which field how often, by institution's code and field; one query.

    Few sets of fields are shown again and again, so the database counts sets and the fields are
    told apart here: taking every row apart there costs ten times as much.
    """
    rows = (
        disclosures.order_by()
        .values("institution_id", "channel", "fields")
        .annotate(
            times=Count("pk"),
            first=Min("shown_at"),
            last=Max("shown_at"),
            code=Min("institution__code"),
            name=Min("institution__name"),
            public_id=Min(Cast("institution__public_id", TextField())),
        )
        .order_by("code", "institution_id", "channel", "fields")
    )
    institutions: dict[int, InstitutionSaw] = {}
    seen: dict[int, dict[str, FieldSeen]] = defaultdict(dict)
    for row in rows:
        key = row["institution_id"]
        institutions.setdefault(key, InstitutionSaw(row["code"], row["public_id"], row["name"]))
        for name in row["fields"]:
            known = seen[key].setdefault(name, FieldSeen(name, LABELS.get(name, name)))
            known.add(row["times"], row["first"], row["last"], Channel(row["channel"]))
    for key, saw in institutions.items():
        saw.fields.extend(seen[key][name] for name in sorted(seen[key]))
    return list(institutions.values())


def choose_disclosed_firm(actor: Actor, firm_id: UUID | None) -> Firm:
    """Return the firm that a summary is about: one's own, or the visible one that is named."""
    firms = Firm.objects.visible_to(actor).with_organization()
    if firm_id is None and actor.is_firm:
        firm = firms.first()
    elif firm_id is None:
        raise InvalidInput.of("firm", "required", "请指明企业：firm=企业的 id。")
    else:
        firm = firms.filter(public_id=firm_id).first()
    if firm is None:
        raise InvalidInput.of("firm", "unknown_id", "没有这家企业，或不在您的范围内。")
    return firm
