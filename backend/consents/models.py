"""Consents by institution and need, their texts, and the ledger of what was shown."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.common.choices import KnownCodes
from backend.common.models import EditableModel, PublicModel
from backend.consents.enums import (
    GROUPS_OF,
    ROSTER_GROUPS,
    Channel,
    ConsentStatus,
    Direction,
    FieldGroup,
)
from backend.consents.querysets import (
    ConsentQuerySet,
    DisclosureQuerySet,
    RosterConsentQuerySet,
)
from backend.firms.models import Firm
from backend.needs.limits import CONTACT_MAX_LENGTH
from backend.needs.models import Need
from backend.organizations.models import Organization

SHA256_LENGTH = 64
_COVERS_CONTACT = Q(groups__contains=[FieldGroup.CONTACT])


class ConsentText(models.Model):
    """A wording that people consent to; once used it never changes (a trigger sees to it)."""

    direction = models.CharField("方向", max_length=16, choices=Direction)
    version = models.CharField("版本", max_length=32)
    purpose = models.CharField("用途", max_length=300)
    body = models.TextField("正文")
    sha256 = models.CharField("摘要", max_length=SHA256_LENGTH)
    valid_from = models.DateField("启用日期")

    class Meta:
        ordering = ["direction", "-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "version"], name="consent_text_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.version}"


class Consent(EditableModel):
    """A firm lets something of one need pass between the department and one institution.

    ``expires_on`` is the first day on which it no longer holds. A consent that was withdrawn, was
    replaced by a later one or has expired stays as evidence (a trigger sees to it); a new one is
    another row. ``contact_person`` is who agreed, apart from the firm, to be named and called.
    """

    need = models.ForeignKey(
        Need, verbose_name="需求", on_delete=models.PROTECT, related_name="consents"
    )
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="consents"
    )
    direction = models.CharField("方向", max_length=16, choices=Direction)
    groups = ArrayField(
        models.CharField(max_length=16, choices=FieldGroup),
        verbose_name="范围",
        validators=[KnownCodes(FieldGroup.values)],
    )
    contact_person = models.CharField("单独同意的联系人", max_length=CONTACT_MAX_LENGTH, blank=True)
    text = models.ForeignKey(
        ConsentText, verbose_name="授权文本", on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField("授权时间")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_on = models.DateField("到期日（不含）")
    replaced_at = models.DateTimeField("被新授权替代的时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "institution", "direction"],
                condition=Q(withdrawn_at__isnull=True, replaced_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(condition=~Q(groups=[]), name="consent_covers_something"),
            *(
                models.CheckConstraint(
                    condition=~Q(direction=direction) | Q(groups__contained_by=list(groups)),
                    name=f"consent_groups_{direction.value}",
                )
                for direction, groups in GROUPS_OF.items()
            ),
            models.CheckConstraint(
                condition=(_COVERS_CONTACT & ~Q(contact_person=""))
                | (~_COVERS_CONTACT & Q(contact_person="")),
                name="consent_contact_agreed_apart",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("granted_at")),
                name="consent_withdrawn_after_granted",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "direction", "need"], name="consent_institution")
        ]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.institution_id}（{self.get_direction_display()}）"

    def is_live(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.withdrawn_at is None and self.replaced_at is None and day < self.expires_on

    def status_on(self, day: date) -> ConsentStatus:
        """Return what became of it by a day."""
        if self.withdrawn_at is not None:
            return ConsentStatus.WITHDRAWN
        if self.replaced_at is not None:
            return ConsentStatus.REPLACED
        return ConsentStatus.LIVE if day < self.expires_on else ConsentStatus.EXPIRED

    def covers(self, group: FieldGroup) -> bool:
        """Tell whether a group of fields is within it."""
        return group in self.groups


class RosterConsent(EditableModel):
    """A firm lets itself stand on rosters that a department sends to one institution.

    Of the firm alone, without any need. It ends once, as other consents do (a trigger); the digest
    proves the wording of its version.
    """

    firm = models.ForeignKey(
        Firm, verbose_name="企业", on_delete=models.PROTECT, related_name="roster_consents"
    )
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    groups = ArrayField(
        models.CharField(max_length=16, choices=FieldGroup),
        verbose_name="范围",
        validators=[KnownCodes([group.value for group in ROSTER_GROUPS])],
    )
    purpose = models.CharField("用途", max_length=300)
    text_version = models.CharField("授权文本版本", max_length=32)
    text_sha256 = models.CharField("授权文本摘要", max_length=SHA256_LENGTH)
    granted_at = models.DateTimeField("授权时间")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_on = models.DateField("到期日（不含）")
    replaced_at = models.DateTimeField("被新授权替代的时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RosterConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "institution"],
                condition=Q(withdrawn_at__isnull=True, replaced_at__isnull=True),
                name="roster_consent_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(groups__contains=[FieldGroup.IDENTITY])
                & Q(groups__contained_by=list(ROSTER_GROUPS)),
                name="roster_consent_groups",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} → {self.institution_id}（名单）"

    def status_on(self, day: date) -> ConsentStatus:
        """Return what became of it by a day."""
        if self.withdrawn_at is not None:
            return ConsentStatus.WITHDRAWN
        if self.replaced_at is not None:
            return ConsentStatus.REPLACED
        return ConsentStatus.LIVE if day < self.expires_on else ConsentStatus.EXPIRED


class Disclosure(PublicModel):
    """Fields of a firm that an institution was shown; never altered, never deleted.

    Of a need, or of the firm alone when it stood on a roster: then ``roster_consent`` covered it.
    """

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="disclosures")
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    institution = models.ForeignKey(
        Organization, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    consent = models.ForeignKey(
        Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    roster_consent = models.ForeignKey(
        RosterConsent, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField("途径", max_length=16, choices=Channel)
    fields = ArrayField(models.CharField(max_length=64), verbose_name="字段")
    shown_at = models.DateTimeField("时间")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(fields=[]), name="disclosure_shows_something"),
            models.CheckConstraint(
                condition=Q(need__isnull=False) | Q(roster_consent__isnull=False),
                name="disclosure_of_a_need_or_a_roster",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-shown_at"], name="disclosure_of_firm"),
            models.Index(fields=["institution", "-shown_at"], name="disclosure_to_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} → {self.institution_id} {self.shown_at:%Y-%m-%d}"
