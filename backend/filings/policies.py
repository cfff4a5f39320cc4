"""Who may file and sign figures; each rule is one sentence."""

from backend.common.errors import NotPermitted, StateConflict
from backend.filings.models import Aggregate, Indicator
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.reference.regions import lies_in


def require_can_prepare(actor: Actor) -> None:
    """An institution's people prepare the aggregates of their own unit."""
    actor.require(Permission.AGGREGATE_EDIT)


def require_own(actor: Actor, aggregate: Aggregate) -> None:
    """An upper unit reads the aggregates of those below and changes none."""
    if aggregate.institution_id != actor.organization.pk:
        raise NotPermitted("permission_denied", "下级机构的报送由其本单位填报和签报。")


def require_can_sign(actor: Actor, aggregate: Aggregate) -> None:
    """The unit's manager signs what somebody else prepared."""
    actor.require(Permission.AGGREGATE_SIGN)
    require_own(actor, aggregate)
    if aggregate.prepared_by_id == actor.user.pk:
        raise StateConflict(
            "prepared_by_oneself", "填报与签报不得为同一人；请由另一位负责人签报，或由经办人填报。"
        )


def require_can_enter(actor: Actor, region: str) -> None:
    """Officers of a department enter indicators about its region and below."""
    actor.require(Permission.INDICATOR_EDIT)
    if not lies_in(region, actor.region):
        raise NotPermitted("permission_denied", "只能填报本部门所在地区及其下级地区的指标。")


def require_can_correct(actor: Actor, indicator: Indicator) -> None:
    """The department that entered an indicator corrects and withdraws it."""
    actor.require(Permission.INDICATOR_EDIT)
    if indicator.department_id != actor.organization.pk:
        raise NotPermitted("permission_denied", "该指标由其填报部门更正或撤销。")
