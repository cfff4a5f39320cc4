"""Figures on the mechanism itself: agreements, contacts, sheets, products, policies, matters.

Each figure is the number of its rows. What may be edited (agreements) is read as it stood on the
day: later changes are undone by what the journal says stood there before.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q

from backend.catalogue.models import Policy, ProductVersion
from backend.common.workdays import HOURS
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import OrganizationKind
from backend.partners.models import Agreement, Contact
from backend.referrals.models import Matter, Sheet
from backend.reports.scope import Scope


class MechanismFigure(models.TextChoices):
    """What is counted."""

    AGREEMENTS_LIVE = "agreements_live", "有效合作协议"
    AGREEMENTS_SIGNED = "agreements_signed", "期间签订合作协议"
    PARTNERS = "partners", "签约机构"
    CONTACTS = "contacts", "双方指定联系人"
    SHEETS_SENT = "sheets_sent", "期间发送需求清单"
    PRODUCTS_OFFERED = "products_offered", "在架金融产品"
    PRODUCTS_NEW = "products_new", "期间新发布金融产品"
    PRODUCTS_GREEN = "products_green", "在架绿色通道产品"
    PRODUCTS_OF_INCUBATORS = "products_of_incubators", "孵化载体在架种子资金产品"
    POLICIES_NEW = "policies_new", "期间发布优惠政策"
    MATTERS_RAISED = "matters_raised", "期间提出协调事项"
    MATTERS_REPAIRED = "matters_repaired", "期间办结协调事项"


@dataclass(frozen=True, slots=True)
class MechanismRow:
    """What stands behind a figure."""

    kind: str
    id: UUID
    day: date
    code: str
    title: str
    organization: str


def list_mechanism_rows(*, scope: Scope, figure: MechanismFigure) -> list[MechanismRow]:
    """Return the rows behind a figure, as they stood at the end of the day."""
    found = _LISTS[figure](scope)
    return sorted(found, key=lambda row: (row.day, row.code, str(row.id)))


def _in_period(scope: Scope, moment: datetime) -> bool:
    return scope.start <= _day(moment) < scope.end and moment < scope.cutoff


def _day(moment: datetime) -> date:
    return HOURS.local(moment).date()


@dataclass(frozen=True, slots=True)
class _Agreed:
    """An agreement as it stood."""

    row: Agreement
    values: Mapping[str, Any]

    def day(self, name: str) -> date | None:
        found = self.values[name]
        return date.fromisoformat(found) if isinstance(found, str) else found

    def is_live(self, day: date, midnight: datetime) -> bool:
        ended = self.row.ended_at
        begins, ends = self.day("valid_from"), self.day("valid_until")
        return (
            self.day("signed_on") is not None
            and begins is not None
            and ends is not None
            and begins <= day < ends
            and (ended is None or ended >= midnight)
        )


_AGREED = ("document_number", "title", "signed_on", "valid_from", "valid_until")
_PEOPLE = ("department_contact", "institution_contact", "second_contact")


def _agreements(scope: Scope) -> list[_Agreed]:
    rows = (
        Agreement.objects.visible_to(scope.actor)
        .filter(created_at__lt=scope.cutoff)
        .select_related("institution", *_PEOPLE)
    )
    if scope.region != scope.actor.region:
        rows = rows.filter(department__region_id=scope.region)
    rows = list(rows)
    later = Event.objects.filter(
        type=EventType.AGREEMENT_CHANGED,
        occurred_at__gte=scope.cutoff,
        subject_id__in=[row.public_id for row in rows],
    )
    undone: dict[UUID, dict[str, Any]] = {}
    for subject, payload in later.order_by("-pk").values_list("subject_id", "payload"):
        undone.setdefault(subject, {}).update(payload.get("before", {}))
    return [
        _Agreed(
            row,
            {
                **{name: getattr(row, name) for name in _AGREED},
                **{name: _id_of(getattr(row, name)) for name in _PEOPLE},
                **undone.get(row.public_id, {}),
            },
        )
        for row in rows
    ]


def _id_of(contact: Contact | None) -> str | None:
    return str(contact.public_id) if contact else None


def _row_of(agreed: _Agreed, day: date | None) -> MechanismRow:
    row, values = agreed.row, agreed.values
    return MechanismRow(
        "agreement",
        row.public_id,
        day or _day(row.created_at),
        values["document_number"],
        values["title"],
        row.institution.name,
    )


def _live(scope: Scope) -> list[_Agreed]:
    return [one for one in _agreements(scope) if one.is_live(scope.last_day, scope.last_midnight)]


def _agreements_live(scope: Scope) -> Iterator[MechanismRow]:
    return (_row_of(one, one.day("signed_on")) for one in _live(scope))


def _agreements_signed(scope: Scope) -> Iterator[MechanismRow]:
    for one in _agreements(scope):
        day = one.day("signed_on")
        if day is not None and scope.start <= day < scope.end:
            yield _row_of(one, day)


def _partners(scope: Scope) -> list[MechanismRow]:
    found: dict[int, MechanismRow] = {}
    for one in sorted(_live(scope), key=lambda one: (one.day("signed_on"), one.row.pk)):
        institution, day = one.row.institution, one.day("signed_on")
        found.setdefault(
            institution.pk,
            MechanismRow(
                "organization",
                institution.public_id,
                day or scope.last_day,
                institution.code,
                institution.name,
                institution.name,
            ),
        )
    return list(found.values())


def _contacts(scope: Scope) -> list[MechanismRow]:
    """Return the contacts of live agreements, by their post and unit: names stay where they are."""
    named: dict[str, _Agreed] = {}
    for one in _live(scope):
        for name in _PEOPLE:
            if one.values[name] is not None:
                named.setdefault(one.values[name], one)
    rows = Contact.objects.filter(public_id__in=named).select_related("organization")
    return [
        MechanismRow(
            "contact",
            row.public_id,
            named[str(row.public_id)].day("signed_on") or scope.last_day,
            named[str(row.public_id)].values["document_number"],
            row.post or "联系人",
            row.organization.name,
        )
        for row in rows
    ]


def _sheets_sent(scope: Scope) -> Iterator[MechanismRow]:
    rows = Sheet.objects.visible_to(scope.actor).filter(
        sent_at__date__gte=scope.start, sent_at__date__lt=scope.end, sent_at__lt=scope.cutoff
    )
    if scope.region != scope.actor.region:
        rows = rows.filter(department__region_id=scope.region)
    for row in rows.select_related("institution", "referral_list").defer("content"):
        yield MechanismRow(
            "sheet",
            row.public_id,
            _day(row.sent_at),
            f"{row.referral_list.number} 第{row.version}版",
            row.referral_list.title,
            row.institution.name,
        )


def _versions(scope: Scope, kind: Q | None = None) -> list[MechanismRow]:
    """Return the products on offer on the last day, once each; none of other provinces."""
    end = scope.last_midnight
    rows = (
        ProductVersion.objects.filter(
            kind or Q(),
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=end),
            Q(valid_from__isnull=True) | Q(valid_from__lte=scope.last_day),
            Q(valid_until__isnull=True) | Q(valid_until__gt=scope.last_day),
            published_at__lt=end,
            is_reference=False,
        )
        .order_by("product", "number")
        .values_list(*_OF_PRODUCTS)
    )
    return list({row[0]: _product_row(*row) for row in rows}.values())


# A version has half a hundred columns; these are read.
_OF_PRODUCTS = (
    "product_id",
    "product__public_id",
    "published_at",
    "product__code",
    "name",
    "product__institution__name",
)


def _product_row(
    _product: int, public_id: UUID, at: datetime, code: str, name: str, institution: str
) -> MechanismRow:
    return MechanismRow("product", public_id, _day(at), code, name, institution)


def _products_green(scope: Scope) -> list[MechanismRow]:
    return _versions(
        scope, Q(green_quota=True) | Q(green_approval=True) | Q(green_disbursement=True)
    )


def _products_of_incubators(scope: Scope) -> list[MechanismRow]:
    return _versions(scope, Q(product__institution__kind=OrganizationKind.INCUBATOR))


def _products_new(scope: Scope) -> Iterator[MechanismRow]:
    """Yield the products whose first version was published in the period."""
    rows = (
        ProductVersion.objects.filter(published_at__lt=scope.cutoff, is_reference=False)
        .order_by("product", "published_at")
        .values_list(*_OF_PRODUCTS)
    )
    first: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        first.setdefault(row[0], row)
    return (_product_row(*row) for row in first.values() if _in_period(scope, row[2]))


def _policies_new(scope: Scope) -> Iterator[MechanismRow]:
    """Yield the policies that were published first in the period; the row keeps the last time."""
    events = Event.objects.filter(type=EventType.POLICY_PUBLISHED).order_by("-pk")
    first = dict(events.values_list("subject_id", "occurred_at"))
    rows = Policy.objects.filter(published_at__isnull=False).select_related("institution")
    for row in rows:
        at = min(row.published_at, first.get(row.public_id, row.published_at))
        if _in_period(scope, at):
            yield MechanismRow(
                "policy", row.public_id, _day(at), row.code, row.title, row.institution.name
            )


def _matters(scope: Scope, name: str) -> Iterator[MechanismRow]:
    rows = Matter.objects.visible_to(scope.actor).filter(**{f"{name}__lt": scope.cutoff})
    referrals = scope.referrals().values("pk")
    for row in rows.filter(referral__in=referrals).select_related("raised_for", "referral__need"):
        if _in_period(scope, getattr(row, name)):
            raised = row.raised_for.name if row.raised_for else ""
            need = row.referral.need.code
            yield MechanismRow(
                "matter", row.public_id, _day(getattr(row, name)), need, row.text, raised
            )


_LISTS: Final[Mapping[MechanismFigure, Callable[[Scope], Any]]] = MappingProxyType(
    {
        MechanismFigure.AGREEMENTS_LIVE: _agreements_live,
        MechanismFigure.AGREEMENTS_SIGNED: _agreements_signed,
        MechanismFigure.PARTNERS: _partners,
        MechanismFigure.CONTACTS: _contacts,
        MechanismFigure.SHEETS_SENT: _sheets_sent,
        MechanismFigure.PRODUCTS_OFFERED: _versions,
        MechanismFigure.PRODUCTS_NEW: _products_new,
        MechanismFigure.PRODUCTS_GREEN: _products_green,
        MechanismFigure.PRODUCTS_OF_INCUBATORS: _products_of_incubators,
        MechanismFigure.POLICIES_NEW: _policies_new,
        MechanismFigure.MATTERS_RAISED: lambda scope: _matters(scope, "raised_at"),
        MechanismFigure.MATTERS_REPAIRED: lambda scope: _matters(scope, "repaired_at"),
    }
)
