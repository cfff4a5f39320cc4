"""Which changes of state are allowed; the database holds the same as constraints."""

from backend.catalogue.enums import PolicyStatus, ProductStatus
from backend.common.errors import StateConflict

# Publishing again replaces the version in force; closing is for good.
PRODUCT_TRANSITIONS: dict[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.PUBLISHED}),
    ProductStatus.PUBLISHED: frozenset({ProductStatus.PUBLISHED, ProductStatus.CLOSED}),
    ProductStatus.CLOSED: frozenset(),
}

POLICY_TRANSITIONS: dict[PolicyStatus, frozenset[PolicyStatus]] = {
    PolicyStatus.DRAFT: frozenset({PolicyStatus.PUBLISHED}),
    PolicyStatus.PUBLISHED: frozenset({PolicyStatus.WITHDRAWN}),
    PolicyStatus.WITHDRAWN: frozenset(),
}


def check_product_transition(current: str, target: ProductStatus) -> None:
    """Refuse a step that the product's table does not have."""
    status = ProductStatus(current)
    if target not in PRODUCT_TRANSITIONS[status]:
        raise StateConflict(
            "state_conflict", f"产品现为“{status.label}”，不能变为“{target.label}”。"
        )


def check_product_editable(current: str) -> None:
    """Refuse changes to a closed product."""
    if current == ProductStatus.CLOSED:
        raise StateConflict("state_conflict", "产品已下架，不能再修改；如需恢复，请新建产品。")


def check_policy_transition(current: str, target: PolicyStatus) -> None:
    """Refuse a step that the policy's table does not have."""
    status = PolicyStatus(current)
    if target not in POLICY_TRANSITIONS[status]:
        raise StateConflict(
            "state_conflict", f"政策现为“{status.label}”，不能变为“{target.label}”。"
        )


def check_policy_editable(current: str) -> None:
    """Refuse changes to a withdrawn policy."""
    if current == PolicyStatus.WITHDRAWN:
        raise StateConflict("state_conflict", "政策已撤下，不能再修改；如需恢复，请新建政策。")
