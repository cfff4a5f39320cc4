"""Filters on lists, referrals and matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from backend.firms.querysets import FirmQuerySet
from backend.needs.enums import NeedStatus
from backend.organizations.permissions import Permission
from backend.organizations.querysets import OrganizationQuerySet
from backend.referrals.enums import ENDED, OPEN_CASES, ListStatus

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.organizations.actors import Actor
    from backend.organizations.models import Organization


class ReferralListQuerySet(models.QuerySet):
    """Lists."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave a department's own lists and those of the departments below it."""
        if not actor.has(Permission.LIST_VIEW) or not actor.is_department:
            return self.none()
        inside = OrganizationQuerySet.inside(actor.region, path="department__")
        return self.filter(inside | Q(department=actor.organization))

    def sent(self) -> Self:
        """Leave the lists that went out and were not recalled."""
        return self.filter(status=ListStatus.SENT)

    def untouched(self) -> Self:
        """Leave the platform's own drafts that nobody has edited or handed on."""
        return self.filter(reassessment__isnull=False, status=ListStatus.DRAFT, revision=1)

    def for_display(self) -> Self:
        """Load what a page of lists shows along, with the number of rows and institutions."""
        standing = Q(rows__removed_at__isnull=True)
        return (
            self.select_related(
                "department",
                "drafted_by",
                "sent_by",
                "match_run",
                "supplements",
                "product_version__product",
                "policy",
            )
            .prefetch_related("approvals__signed_by")
            .annotate(
                row_count=Count("rows", filter=standing),
                need_count=Count("rows__need", filter=standing, distinct=True),
                institution_count=Count("rows__institution", filter=standing, distinct=True),
                firm_count=Count(
                    "roster_rows__firm",
                    filter=Q(roster_rows__removed_at__isnull=True),
                    distinct=True,
                ),
            )
        )


class ListRowQuerySet(models.QuerySet):
    """Rows of lists."""

    def standing(self) -> Self:
        """Leave the rows that were not taken off."""
        return self.filter(removed_at__isnull=True)

    def with_names(self) -> Self:
        """Load need, firm, institution and product along."""
        return self.select_related(
            "need__firm__organization",
            "institution",
            "product_version__product",
            "added_by",
            "removed_by",
        )

    def sharing_names(self) -> list[Any]:
        """Load rows with need, firm, institution and product, each of which is loaded once.

        For a whole list: ten thousand rows are of some hundred needs and institutions.
        """
        rows = list(self)
        versions = self.model.product_version.field.related_model.objects
        needs = self.model.need.field.related_model.objects
        institutions = self.model.institution.field.related_model.objects
        loaded = {
            "need": needs.with_firm().in_bulk({row.need_id for row in rows}),
            "institution": institutions.in_bulk({row.institution_id for row in rows}),
            "product_version": versions.select_related(
                "product__institution", "variant_of"
            ).in_bulk({row.product_version_id for row in rows}),
        }
        for row in rows:
            for name, found in loaded.items():
                setattr(row, name, found[getattr(row, f"{name}_id")])
        return rows


class RosterRowQuerySet(models.QuerySet):
    """Firms on rosters."""

    def standing(self) -> Self:
        """Leave the rows that were not taken off."""
        return self.filter(removed_at__isnull=True)

    def with_names(self) -> Self:
        """Load firm, institution and people along."""
        return self.select_related("firm__organization", "institution", "added_by", "removed_by")


class SheetQuerySet(models.QuerySet):
    """Sheets."""

    def in_force(self) -> Self:
        """Leave the sheets that were not recalled."""
        return self.filter(recall__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        """Leave a department's those of the lists it sees, an institution's those it was sent.

        A unit above the addressed one sees them too; a branch below gets its referrals one by one.
        """
        if not actor.has(Permission.REFERRAL_VIEW):
            return self.none()
        if actor.is_department:
            inside = OrganizationQuerySet.inside(actor.region, path="department__")
            return self.filter(inside | Q(department=actor.organization))
        if actor.is_institution:
            said = Q()
            for up in range(4):  # units nest four deep
                said |= Q(**{f"institution{'__parent' * up}": actor.organization})
            return self.filter(said)
        return self.none()

    def for_display(self) -> Self:
        """Load what a page of sheets shows along, and leave the content where it is."""
        return self.select_related("institution", "agreement", "previous", "recall").defer(
            "content", "previous__content"
        )


class ReferralQuerySet(models.QuerySet):
    """Referrals."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave what each side may know of.

        A firm sees where its own needs went, an incubator those of tenants that it speaks for,
        a department those of its region and below, an institution those that its unit or a unit
        below works on, or that it was addressed with.
        """
        if not actor.has(Permission.REFERRAL_VIEW):
            return self.none()
        if actor.is_firm:
            return self.filter(need__firm__organization=actor.organization)
        if actor.is_incubator:
            return self.filter(FirmQuerySet.speaking(actor, firm="need__firm_id"))
        if actor.is_department:
            return self.filter(
                OrganizationQuerySet.inside(actor.region, path="need__firm__organization__")
            )
        if actor.is_institution:
            return self.filter(self.worked_on_by(actor.organization)).exclude(self.overtaken())
        return self.none()

    @staticmethod
    def overtaken() -> Q:
        """Say "still at work although the need was taken back": it is about to end.

        The ending follows the firm's word by moments; institutions see no trace in between.
        """
        return Q(need__status__in=[NeedStatus.WITHDRAWN, NeedStatus.EXPIRED]) & ~Q(
            status__in=sorted(ENDED)
        )

    @staticmethod
    def worked_on_by(organization: Organization, *, path: str = "") -> Q:
        """Say "addressed to, or worked on by, a unit or one below it"; units nest four deep."""
        ways = ("institution", "unit", *(f"unit{'__parent' * up}" for up in range(1, 4)))
        said = Q()
        for way in ways:
            said |= Q(**{f"{path}{way}": organization})
        return said

    def with_unread_of(self, user: User) -> Self:
        """Tell of each whether something happened that a person has not seen."""
        from backend.referrals.models import Seen  # noqa: PLC0415 - models import this module

        seen = Seen.objects.filter(
            referral=OuterRef("pk"), user=user, revision__gte=OuterRef("revision")
        )
        return self.annotate(is_unread=~Exists(seen))

    def with_story(self) -> Self:
        """Load along whatever is shown of a referral."""
        return self.select_related(
            "need__firm__organization",
            "institution",
            "unit",
            "handler",
            "agreement__department",
            "product_version__product",
            "list_row__referral_list",
        ).prefetch_related("steps__user", "steps__organization", "documents", "lines", "drawdowns")

    def at_work(self) -> Self:
        """Leave the referrals that have not ended."""
        return self.exclude(status__in=sorted(ENDED))


class MatterQuerySet(models.QuerySet):
    """Matters to coordinate."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave the matters of the referrals that one sees; the agency in charge sees its own."""
        if not actor.has(Permission.MATTER_VIEW):
            return self.none()
        if actor.is_department:
            inside = OrganizationQuerySet.inside(
                actor.region, path="referral__need__firm__organization__"
            )
            return self.filter(inside | Q(agency=actor.organization))
        if actor.is_firm:
            return self.filter(referral__need__firm__organization=actor.organization)
        if actor.is_incubator:
            return self.filter(FirmQuerySet.speaking(actor, firm="referral__need__firm_id"))
        if actor.is_institution:
            return self.filter(ReferralQuerySet.worked_on_by(actor.organization, path="referral__"))
        return self.none()

    def open(self) -> Self:
        """Leave those that are not settled."""
        return self.filter(repaired_at__isnull=True)


class EscalationCaseQuerySet(models.QuerySet):
    """Overdue referrals that the department was told of."""

    def visible_to(self, actor: Actor) -> Self:
        """Leave a department's own: those of its region and below."""
        if not (actor.has(Permission.ESCALATION_DECIDE) and actor.is_department):
            return self.none()
        return self.filter(
            OrganizationQuerySet.inside(actor.region, path="referral__need__firm__organization__")
        )

    def open(self) -> Self:
        """Leave those that wait for an answer or a decision."""
        return self.filter(state__in=sorted(OPEN_CASES))


class ReassessmentQuerySet(models.QuerySet):
    """Changes of the catalogue after which needs are compared anew."""

    def pending(self) -> Self:
        """Leave what was not done yet."""
        return self.filter(done_at__isnull=True)
