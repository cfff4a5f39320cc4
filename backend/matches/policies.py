"""Who sees which part of a match and who runs a matching; each rule is one sentence."""

from backend.catalogue.models import Product
from backend.catalogue.policies import can_publish_product
from backend.common.errors import NotPermitted
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission


def can_see_scores(actor: Actor) -> bool:
    """Firms and departments see scores and components; whoever else sees a match does not."""
    return actor.has(Permission.MATCH_VIEW) and (actor.is_firm or actor.is_department)


def require_can_see_needs_of_products(actor: Actor) -> None:
    """Only a department reads which needs a product suits; institutions meet needs by referral."""
    if not (actor.is_department and actor.has(Permission.MATCH_VIEW)):
        raise NotPermitted("permission_denied", "只有科技管理部门可以按产品查看需求。")


def require_can_explore_product(actor: Actor, product: Product) -> None:
    """Departments, and whoever publishes a product, ask what a change of it would bring."""
    is_department = actor.is_department and actor.has(Permission.MATCH_VIEW)
    if not (is_department or can_publish_product(actor, product)):
        raise NotPermitted(
            "permission_denied", "只有产品所属机构或其上级机构的负责人和科技管理部门可以试算。"
        )


def require_can_see_coverage(actor: Actor) -> None:
    """Only a department reads which needs nothing serves, of its own region and below."""
    if not (actor.is_department and actor.has(Permission.MATCH_VIEW)):
        raise NotPermitted("permission_denied", "只有科技管理部门可以查看覆盖情况。")


def require_can_manage_runs(actor: Actor) -> None:
    """A department ranks the open needs of its own region and below."""
    if not (actor.is_department and actor.has(Permission.RUN_MANAGE)):
        raise NotPermitted("permission_denied", "只有科技管理部门可以发起、取消匹配批次。")
