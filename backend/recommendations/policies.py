"""Who may do what to recommendations and endorsements; each rule is one sentence."""

from backend.common.errors import NotPermitted
from backend.firms.models import Tenancy
from backend.firms.policies import oversees
from backend.needs.models import Need
from backend.needs.policies import is_own
from backend.needs.routes import route_of
from backend.organizations.actors import Actor
from backend.organizations.enums import Agency, DepartmentLevel
from backend.organizations.permissions import Permission
from backend.organizations.policies import require_authority
from backend.recommendations.enums import RecommendationAct
from backend.recommendations.models import Endorsement, Recommendation


def require_can_recommend(actor: Actor, need: Need) -> None:
    """Any agency's officer recommends a firm of the region, where the level takes part."""
    if not (actor.has(Permission.RECOMMENDATION_EDIT) and oversees(actor, need.firm)):
        raise NotPermitted("permission_denied", "只有本辖区的部门可以推荐需求。")
    level = actor.organization.department_level
    levels = route_of(need.firm.organization.region_code).levels
    if level not in levels:
        taking_part = "、".join(DepartmentLevel(one).label for one in levels)
        raise NotPermitted(
            "level_not_in_route",
            f"该地区的推荐由{taking_part}级部门办理，本部门（"
            f"{DepartmentLevel(level).label}级）不参与。",
        )
    if is_own(actor, need):
        raise NotPermitted("own_need", "不能推荐本人经办的需求，请由其他经办人办理。")


def require_is_own(actor: Actor, recommendation: Recommendation, doing: str) -> None:
    """The department that recommends edits, submits and withdraws; others only read."""
    is_own_department = recommendation.department_id == actor.organization.pk
    if not (actor.has(Permission.RECOMMENDATION_EDIT) and is_own_department):
        raise NotPermitted("permission_denied", f"只有推荐部门自己可以{doing}推荐。")


def require_can_verify(actor: Actor, recommendation: Recommendation) -> None:
    """Departments above the firm verify or return: of the same agency, or of science."""
    if not (
        actor.has(Permission.RECOMMENDATION_VERIFY) and oversees(actor, recommendation.need.firm)
    ):
        raise NotPermitted("permission_denied", "只有本辖区的上级部门可以核验推荐。")
    if actor.organization.agency_code not in {Agency.SCIENCE, recommendation.agency}:
        raise NotPermitted(
            "other_agency",
            f"此推荐来自{recommendation.get_agency_display()}系统，由同系统或科技部门核验。",
        )


def require_in_turn(actor: Actor, recommendation: Recommendation) -> None:
    """It is the turn of the awaited level, of somebody who has not signed this round.

    Nobody verifies for a need of their own.
    """
    level = recommendation.awaiting_level
    if actor.organization.department_level != level:
        raise NotPermitted(
            "not_in_turn", f"此推荐正待{DepartmentLevel(level).label}级部门核验，本部门不能办理。"
        )
    if actor.user.pk in _signers(recommendation):
        raise NotPermitted("already_signed", "本人已上报或核验过此推荐，请由其他经办人办理。")
    if is_own(actor, recommendation.need):
        raise NotPermitted("own_need", "不能核验本人经办的需求，请由其他经办人办理。")


def _signers(recommendation: Recommendation) -> set[int | None]:
    """Return who drafted, submitted or passed it since it was submitted last."""
    signers = {recommendation.created_by_id, recommendation.submitted_by_id}
    for step in recommendation.steps.order_by("-pk"):
        if step.act == RecommendationAct.SUBMITTED:
            break
        signers.add(step.taken_by_id)
    return signers


def require_can_endorse(actor: Actor, need: Need) -> Tenancy:
    """An incubator with proved authority endorses needs of tenants that let it see them.

    Returns the stay, locked until the transaction ends.
    """
    if not (actor.is_incubator and actor.has(Permission.ENDORSEMENT_GIVE)):
        raise NotPermitted("permission_denied", "只有孵化载体可以推荐在孵企业的需求。")
    require_authority(actor)
    tenancy = (
        Tenancy.objects.select_for_update(of=("self",))
        .current(actor.today)
        .sharing_progress()
        .filter(firm=need.firm_id, incubator=actor.organization)
        .first()
    )
    if tenancy is None:
        raise NotPermitted(
            "not_a_tenant", "该企业不在孵，或未同意由本载体代办或查看进展，不能推荐其需求。"
        )
    return tenancy


def require_can_take_back(actor: Actor, endorsement: Endorsement) -> None:
    """The incubator that endorsed takes its word back, also when its authority has run out."""
    is_own_word = endorsement.incubator_id == actor.organization.pk
    if not (actor.has(Permission.ENDORSEMENT_GIVE) and is_own_word):
        raise NotPermitted("permission_denied", "只有推荐的孵化载体自己可以撤回。")


def can_see_story(actor: Actor) -> bool:
    """What departments checked and wrote to one another is theirs; the firm sees how far it is."""
    return actor.is_department
