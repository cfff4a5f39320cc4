"""What an officer decides of a silence: go on to the next institution, or wait."""

from datetime import datetime

from django.db import transaction

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import Direction
from backend.consents.grounds import list_grounds
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.matches import list_adapters
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.needs.models import Need
from backend.needs.selectors import list_need_records
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Organization
from backend.partners.selectors import list_live_agreements
from backend.referrals import policies
from backend.referrals.enums import CaseState, ListStatus, RowOrigin, Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import EscalationCase, Referral, ReferralList
from backend.referrals.obstacles import load_standing
from backend.referrals.services.drafting import new_row, next_number
from backend.referrals.services.endings import settle_need
from backend.referrals.services.working import finish, lock_referral, write_step
from backend.referrals.validators import check_note

_ORIGIN_REASON = "前一机构逾期未答复，按企业意向顺延"


@transaction.atomic
def confirm_next(
    *,
    actor: Actor,
    case: EscalationCase,
    expected_revision: int | None,
    now: datetime,
    institution_code: str | None = None,
    note: str = "",
) -> EscalationCase:
    """Go on to the next institution: the silent referral lapses, a supplementary list is drafted.

    The list goes through the department's approval like any other. The institution is the
    proposed one, unless the officer names another with a reason.
    """
    case, referral = _lock(case)
    policies.require_can_decide_escalation(actor, referral)
    case.check_revision(expected_revision)
    _require_open(case)
    if referral.answered_at is not None:
        raise StateConflict("already_answered", "该机构已经答复，无需顺延。")
    require_aside(Step.EXPIRED, status=referral.status)
    institution = _institution(case, institution_code)
    note = check_note("note", note, is_required=institution != case.next_institution)
    case.supplement = _draft(actor=actor, referral=referral, institution=institution, now=now)
    case.next_institution = institution
    case.reason = note
    _decide(case, CaseState.CONFIRMED, actor, now)
    write_step(
        referral=referral,
        step=Step.EXPIRED,
        actor=actor,
        now=now,
        note="逾期未答复，需求顺延至其他机构。",
        data={"next": institution.code},
    )
    finish(referral=referral, actor=actor, event=EventType.REFERRAL_WITHDRAWN, now=now)
    settle_need(need=referral.need, now=now)
    return case


@transaction.atomic
def decline_next(
    *,
    actor: Actor,
    case: EscalationCase,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> EscalationCase:
    """Let the institution keep the referral although it is late, with a reason."""
    case, referral = _lock(case)
    policies.require_can_decide_escalation(actor, referral)
    case.check_revision(expected_revision)
    _require_open(case)
    case.reason = check_note("reason", reason, is_required=True)
    _decide(case, CaseState.DECLINED, actor, now)
    return case


def _decide(case: EscalationCase, state: CaseState, actor: Actor, now: datetime) -> None:
    case.state = state
    case.decided_at = case.closed_at = now
    case.decided_by = actor.user
    case.save_revision()
    record(
        EventType.ESCALATION_DECIDED,
        subject=case.referral,
        actor=actor,
        payload={
            "state": state.value,
            "next": case.next_institution.code if case.next_institution else None,
            "list": case.supplement.number if case.supplement else None,
        },
    )


def _lock(case: EscalationCase) -> tuple[EscalationCase, Referral]:
    referral = lock_referral(case.referral)
    locked = (
        EscalationCase.objects.select_for_update(of=("self",))
        .select_related("next_institution", "supplement")
        .get(pk=case.pk)
    )
    locked.referral = referral
    return locked, referral


def _require_open(case: EscalationCase) -> None:
    if case.closed_at is not None:
        raise StateConflict(
            "case_closed", f"该事项已处理（{CaseState(case.state).label}），不能再处理。"
        )


def _institution(case: EscalationCase, code: str | None) -> Organization:
    if code is None:
        if case.next_institution is None:
            raise InvalidInput.of(
                "institution", "required", "企业没有指定后续机构，请填写顺延到哪一家机构的代码。"
            )
        return case.next_institution
    found = Organization.objects.filter(
        code=code, kind=OrganizationKind.INSTITUTION, is_active=True
    ).first()
    if found is None:
        raise InvalidInput.of("institution", "unknown_code", f"没有代码为“{code}”的机构。")
    return found


def _draft(
    *, actor: Actor, referral: Referral, institution: Organization, now: datetime
) -> ReferralList:
    """Draft the supplementary list of one row, with the product that fits best."""
    need, catalogue = referral.need, catalogues.current()
    drafted = _new_list(actor=actor, referral=referral, institution=institution, now=now)
    new_row(
        drafted,
        need=need,
        institution=institution,
        placed=_best_place(actor=actor, need=need, institution=institution, catalogue=catalogue),
        catalogue=catalogue,
        origin=RowOrigin.NEXT_CHOICE,
        reason=_ORIGIN_REASON,
        actor=actor,
    ).save()
    record(
        EventType.LIST_DRAFTED,
        subject=drafted,
        actor=actor,
        payload={"number": drafted.number, "rows": 1, "unplaced": 0},
    )
    return drafted


def _new_list(
    *, actor: Actor, referral: Referral, institution: Organization, now: datetime
) -> ReferralList:
    return ReferralList.objects.create(
        department=actor.organization,
        number=next_number(now),
        status=ListStatus.DRAFT,
        title=f"补充清单：需求 {referral.need.code} 顺延至{institution.name}",
        per_need=1,
        supplements=referral.list_row.referral_list,
        drafted_by=actor.user,
    )


def _best_place(
    *, actor: Actor, need: Need, institution: Organization, catalogue: LoadedCatalogue
) -> list_adapters.Placement:
    """Return the institution's best product for a need; refuse what stands in between."""
    pair, day = (need.pk, institution.pk), actor.today
    standing = load_standing(
        [pair],
        day=day,
        agreements=list_live_agreements(
            department=actor.organization, institution_ids=[institution.pk], day=day
        ),
        grounds=list_grounds([pair], day=day, direction=Direction.TO_INSTITUTION),
    )
    obstacle = standing.obstacle(need, institution.pk, origin=RowOrigin.NEXT_CHOICE)
    if obstacle is not None:
        raise StateConflict(obstacle.value, f"不能顺延至“{institution.name}”：{obstacle.label}。")
    (record,) = list_need_records([need.pk], day)
    taker = list_adapters.Taker(
        code=institution.code,
        name=institution.name,
        kind=institution.institution_kind,
        capacity=None,
    )
    choice = list_adapters.allocate(
        catalogue.products.values(),
        [(record.need, record.firm)],
        [taker],
        as_of=day,
        per_need=1,
        learned=catalogue.learned,
    )
    if not choice.placements:
        raise StateConflict(
            "no_product", f"“{institution.name}”没有适合该需求的产品，请改选其他机构。"
        )
    return choice.placements[0]
