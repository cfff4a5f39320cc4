"""Changes to a firm's record: the profile, its figures and qualifications, its stage."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.firms import policies, validators
from backend.firms.enums import FactSource
from backend.firms.fact_fields import YEARLY_FIELDS
from backend.firms.models import Fact, Firm, FirmQualification
from backend.firms.traits import keep_traits
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission
from backend.organizations.row_security import as_platform
from backend.reference.regions import containing_divisions, known_regions, lies_in
from matching.uscc import division_of_uscc

# Unknown texts are stored empty.
_TEXT_FIELDS = frozenset({"industry", "declared_stage", "taxpayer_rating", "description"})
PROFILE_FIELDS = _TEXT_FIELDS | {"founded_on", "tech_fields", "qualifications_known"}


def lock_firm(firm: Firm) -> Firm:
    """Return the firm, locked until the transaction ends, with its organization."""
    return (
        Firm.objects.select_for_update(of=("self",))
        .select_related("organization", "organization__region")
        .get(pk=firm.pk)
    )


@transaction.atomic
def create_firm(
    *,
    actor: Actor | None,
    uscc: str,
    name: str,
    region: str | None = None,
    profile: Mapping[str, Any] | None = None,
    today: date,
    is_demonstration: bool = False,
) -> Firm:
    """Open a firm's record; departments do it, and the platform itself (``actor`` None).

    Without a region the division that registered the firm stands for it, as far as the
    reference data know that division or the one above it.
    """
    validators.check_new_firm(uscc)
    region = region or registering_region(uscc)
    validators.check_profile({**(profile or {}), "region": region}, today=today)
    if actor is not None:
        _require_can_create(actor, region)
    if Organization.objects.filter(kind=OrganizationKind.FIRM, code=uscc).exists():
        raise StateConflict("firm_exists", f"统一社会信用代码 {uscc} 的企业已建档。")
    organization = Organization.objects.create(
        kind=OrganizationKind.FIRM,
        code=uscc,
        name=name,
        region_id=region,
        is_demonstration=is_demonstration,
    )
    firm = Firm.objects.create(organization=organization, **_stored(profile or {}))
    keep_traits([firm])
    record(EventType.FIRM_CREATED, subject=firm, actor=actor)
    return firm


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile's values as the columns hold them."""
    return {
        name: "" if values[name] is None and name in _TEXT_FIELDS else values[name]
        for name in values.keys() & PROFILE_FIELDS
    }


def _require_can_create(actor: Actor, region: str | None) -> None:
    actor.require(Permission.FIRM_CREATE)
    if not lies_in(region, actor.region):
        raise NotPermitted("outside_region", f"地区 {region or '（空）'} 不在本部门辖区内。")


def registering_region(uscc: str) -> str | None:
    """Return the finest known division that contains the one in a firm's code, or None."""
    divisions = containing_divisions(division_of_uscc(uscc))
    known = known_regions(divisions)
    return next((code for code in divisions if code in known), None)


@transaction.atomic
def ensure_firm(*, organization: Organization) -> Firm:
    """Return the record of a firm's organization, opened now when there is none yet."""
    with as_platform():  # the first to look makes it, and a reader writes nothing by itself
        firm, is_new = Firm.objects.get_or_create(organization=organization)
        if is_new:
            keep_traits([firm])
            record(EventType.FIRM_CREATED, subject=firm, actor=None)
    return firm


def choose_firm(actor: Actor, *, uscc: str | None) -> Firm:
    """Return the firm that a need is drafted for.

    A firm's member may leave its own code out; an incubator names one of the tenants that let
    it speak for them. Any other code is refused in the same words, known or not.
    """
    if actor.is_firm and uscc in {None, actor.organization.code}:
        return ensure_firm(organization=actor.organization)
    if uscc is None:
        raise InvalidInput.of("firm", "required", "请填写企业的统一社会信用代码。")
    firms = Firm.objects.visible_to(actor).with_organization()
    firm = firms.filter(organization__code=uscc).first()
    if firm is None:
        raise InvalidInput.of("firm", "unknown_firm", f"没有可代办的企业“{uscc}”。")
    return firm


@transaction.atomic
def update_firm(
    *,
    actor: Actor,
    firm: Firm,
    changes: Mapping[str, Any],
    expected_revision: int | None,
) -> Firm:
    """Change a firm's profile.

    The firm fills in its region once; afterwards only its department moves it, and only
    within the department's own region, because the region decides who verifies its needs.
    """
    firm = lock_firm(firm)
    policies.require_can_edit(actor, firm)
    firm.check_revision(expected_revision)
    validators.check_profile(changes, today=actor.today)
    if changes.get("qualifications_known") is False and firm.qualifications.exists():
        raise InvalidInput.of(
            "qualifications_known", "qualifications_recorded", "已有资质记录，不能改为“未知”。"
        )
    if "region" in changes:
        _move_firm(actor, firm, changes["region"])
    for name, value in _stored(changes).items():
        setattr(firm, name, value)
    firm.save_revision()
    keep_traits([firm])
    record(EventType.FIRM_CHANGED, subject=firm, actor=actor, payload={"fields": sorted(changes)})
    return firm


def _move_firm(actor: Actor, firm: Firm, region: str | None) -> None:
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=firm.organization_id)
    if region == organization.region_id:
        return
    if region is None:
        raise InvalidInput.of("region", "required", "所在地区已登记，不能清空。")
    if actor.is_department:
        _require_can_create(actor, region)
    elif organization.region_id is not None:
        raise NotPermitted("region_fixed", "所在地区已登记，如需变更请联系所在地科技管理部门。")
    organization.region_id = region
    organization.save_revision(update_fields=["region"])
    firm.organization = organization


@transaction.atomic
def record_facts(
    *,
    actor: Actor | None,
    firm: Firm,
    values: Mapping[str, Decimal],
    source: FactSource,
    today: date,
    now: datetime,
    as_of: date | None = None,
    fiscal_year: int | None = None,
    audited: bool = False,
    evidence: str = "",
) -> list[Fact]:
    """Add figures of one date or fiscal year from one source; older ones stay as history.

    Firms and incubators declare; what a document or the department says, a department's
    officer records.
    """
    firm = lock_firm(firm)
    if actor is not None:
        _require_can_record(actor, firm, source)
    validators.check_facts(values, as_of=as_of, fiscal_year=fiscal_year, today=today)
    facts = new_facts(
        firm,
        values,
        as_of=as_of,
        fiscal_year=fiscal_year,
        audited=audited,
        source=source,
        evidence=evidence,
        recorded_by=actor.user if actor else None,
        recorded_at=now,
    )
    Fact.objects.bulk_create(facts)
    firm.save_revision(update_fields=[])
    record(
        EventType.FACT_RECORDED,
        subject=firm,
        actor=actor,
        payload={
            "fields": sorted(values),
            "source": source.value,
            "as_of": facts[0].as_of.isoformat(),
        },
    )
    return facts


def new_facts(
    firm: Firm,
    values: Mapping[str, Decimal],
    *,
    as_of: date | None,
    fiscal_year: int | None,
    audited: bool = False,
    **origin: Any,
) -> list[Fact]:
    """Return checked figures of one date or fiscal year as rows that are not stored yet.

    Yearly figures are dated at the end of their year; ``origin`` says who recorded them, when
    and from what.
    """
    return [
        Fact(
            firm=firm,
            field=field,
            value=value,
            as_of=date(fiscal_year, 12, 31) if fiscal_year is not None else as_of,
            fiscal_year=fiscal_year,
            audited=audited if field in YEARLY_FIELDS else None,
            **origin,
        )
        for field, value in values.items()
    ]


def _require_can_record(actor: Actor, firm: Firm, source: FactSource) -> None:
    policies.require_can_edit(actor, firm)
    if source is not FactSource.DECLARED and not actor.is_department:
        raise NotPermitted(
            "source_not_permitted",
            f"来源“{source.label}”只能由科技管理部门登记；企业填报请用“企业自行申报”。",
        )


@transaction.atomic
def record_qualification(
    *,
    actor: Actor | None,
    firm: Firm,
    code: str,
    source: FactSource,
    now: datetime,
    level: str = "",
    certificate_number: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> FirmQualification:
    """Note that a firm holds a qualification; from now on its list of them is known."""
    firm = lock_firm(firm)
    if actor is not None:
        _require_can_record(actor, firm, source)
    validators.check_qualification(code, valid_from=valid_from, valid_until=valid_until)
    if firm.qualifications.filter(code=code, valid_from=valid_from).exists():
        raise StateConflict("qualification_exists", "同一起始日期的该项资质已登记。")
    qualification = FirmQualification.objects.create(
        firm=firm,
        code=code,
        level=level,
        certificate_number=certificate_number,
        valid_from=valid_from,
        valid_until=valid_until,
        source=source,
        recorded_by=actor.user if actor else None,
        recorded_at=now,
    )
    firm.qualifications_known = True
    firm.save_revision(update_fields=["qualifications_known"])
    record(
        EventType.QUALIFICATION_RECORDED,
        subject=firm,
        actor=actor,
        payload={"code": code, "source": source.value},
    )
    return qualification


@transaction.atomic
def override_stage(
    *,
    actor: Actor,
    firm: Firm,
    stage: str | None,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> Firm:
    """Decide a firm's stage, with a reason; None lifts an earlier decision.

    The decision wins over the declared and the inferred stage until it is lifted.
    """
    firm = lock_firm(firm)
    policies.require_can_override_stage(actor, firm)
    firm.check_revision(expected_revision)
    validators.check_override(stage, reason)
    before = firm.stage_override
    firm.stage_override = stage or ""
    firm.stage_override_reason = reason.strip()
    firm.stage_overridden_by = actor.user
    firm.stage_overridden_at = now
    firm.save_revision()
    keep_traits([firm])
    record(
        EventType.STAGE_OVERRIDDEN,
        subject=firm,
        actor=actor,
        payload={"from": before or None, "to": stage},
    )
    return firm
