"""Removes what no duty keeps of a firm; everything is asked of the app that holds it.

See docs/data-catalogue.md: what is kept "with its row" goes, records and deliveries stay.
"""

from datetime import datetime

from backend.accounts.models import User
from backend.activities.enums import ProjectStatus
from backend.activities.models import Project
from backend.activities.services.projects import forget_project, take_down_project
from backend.common.errors import StateConflict
from backend.consents.models import Consent, RosterConsent
from backend.consents.services import withdraw_consent
from backend.consents.services.rosters import withdraw_roster_consent
from backend.consents.services.standing import lock_firm_consents
from backend.firms.forgetting import forget_description
from backend.firms.models import Firm
from backend.needs.enums import NeedStatus
from backend.needs.forgetting import forget_need
from backend.needs.models import Need
from backend.needs.services import lock_needs, withdraw_need
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank
from backend.organizations.forgetting import forget_people
from backend.organizations.models import Membership
from backend.partners.services.forgetting import forget_contacts
from backend.referrals.models import Referral

_ENDED = frozenset({NeedStatus.WITHDRAWN, NeedStatus.EXPIRED, NeedStatus.FUNDED})
_MOST_NAMED = 5


def erase(*, actor: Actor, firm: Firm, asked_by: User, now: datetime) -> dict[str, int]:
    """Remove a firm's personal data and texts, within the caller's transaction; return how many.

    ``actor`` grants the deletion; what only the firm may do (withdraw consents, needs, projects)
    is done for whoever asked for it, by the services that do it at any time. Doing it again
    changes nothing. Raises StateConflict while a referral is under way, and where whoever asked
    may not act for the firm any more.
    """
    firm_actor = _who_asked(firm, asked_by, actor)
    lock_firm_consents(firm)
    consents = _withdraw_consents(firm_actor, firm, now)
    needs = lock_needs(list(Need.objects.filter(firm=firm).values_list("pk", flat=True)))
    _require_no_referral_under_way(firm)
    referred = set(
        Referral.objects.filter(need__in=needs).values_list("need_id", flat=True).distinct()
    )
    for need in needs.values():
        if need.status not in _ENDED:
            withdraw_need(actor=firm_actor, need=need, expected_revision=None, now=now)
    papers = [
        forget_need(actor=actor, need=need) for pk, need in needs.items() if pk not in referred
    ]
    return {
        "consents": consents,
        "needs": sum(found is not None for found in papers),
        "papers": sum(filter(None, papers)),
        "projects": _remove_projects(firm_actor, firm, now),
        "descriptions": forget_description(actor=actor, firm=firm),
        "contacts": forget_contacts(actor=actor, organization=firm.organization, now=now),
        "people": forget_people(actor=actor, organization=firm.organization),
    }


def _who_asked(firm: Firm, asked_by: User, granting: Actor) -> Actor:
    """Return whoever asked, as the firm's manager that they have to be still."""
    membership = (
        Membership.objects.active()
        .filter(user=asked_by, organization=firm.organization_id, rank=Rank.MANAGER)
        .select_related("organization__region", "user")
        .first()
    )
    if membership is None or not membership.has_authority(granting.today):
        raise StateConflict(
            "asker_may_not_act",
            "提出申请的负责人已停用或经办授权已到期；请企业续办授权，或由现任负责人重新提出。",
        )
    return Actor(user=asked_by, membership=membership, today=granting.today)


def _require_no_referral_under_way(firm: Firm) -> None:
    """Refuse while an institution works on a need of the firm, and say which."""
    rows = (
        Referral.objects.at_work()
        .filter(need__firm=firm)
        .select_related("need", "institution")
        .order_by("need__code", "pk")
    )
    named = [f"{one.need.code} → {one.institution.name}" for one in rows]
    if named:
        listed = "；".join(named[:_MOST_NAMED]) + ("等" if len(named) > _MOST_NAMED else "")
        raise StateConflict(
            "referral_under_way",
            f"有 {len(named)} 项推送正在办理（{listed}），办结或企业撤回需求后才能删除。",
        )


def _withdraw_consents(firm_actor: Actor, firm: Firm, now: datetime) -> int:
    standing = list(
        Consent.objects.standing()
        .filter(need__firm=firm)
        .select_related("need__firm__organization", "institution")
        .order_by("pk")
    )
    for consent in standing:
        withdraw_consent(actor=firm_actor, consent=consent, now=now)
    on_rosters = list(
        RosterConsent.objects.standing()
        .filter(firm=firm)
        .select_related("firm__organization", "institution")
        .order_by("pk")
    )
    for consent in on_rosters:
        withdraw_roster_consent(actor=firm_actor, consent=consent, now=now)
    return len(standing) + len(on_rosters)


def _remove_projects(firm_actor: Actor, firm: Firm, now: datetime) -> int:
    """Take projects down that investors were shown, delete those that nobody was."""
    changed = 0
    for project in Project.objects.filter(need__firm=firm).order_by("pk"):
        if forget_project(actor=firm_actor, project=project):
            changed += 1
        elif project.status != ProjectStatus.WITHDRAWN:
            take_down_project(actor=firm_actor, project=project, now=now)
            changed += 1
    return changed
