"""Who may do what to products and preferential policies; each rule is one sentence."""

from collections.abc import Iterator

from backend.catalogue.enums import PolicyStatus
from backend.catalogue.models import Policy, Product
from backend.organizations.actors import Actor
from backend.organizations.enums import InstitutionLevel
from backend.organizations.models import Organization
from backend.organizations.permissions import Permission


def with_upper_units(institution: Organization) -> Iterator[Organization]:
    """Go from an institution's unit up to its head office."""
    unit: Organization | None = institution
    for _ in InstitutionLevel:
        if unit is None:
            return
        yield unit
        unit = unit.parent


def speaks_for(actor: Actor, institution: Organization) -> bool:
    """A unit speaks for itself and for the units below it."""
    if not (actor.is_institution or actor.is_incubator):
        return False
    return any(unit.pk == actor.organization.pk for unit in with_upper_units(institution))


def can_edit_products_of(actor: Actor, institution: Organization) -> bool:
    """Officers and managers draft the products of their own unit and of those below it."""
    return actor.has(Permission.PRODUCT_EDIT) and speaks_for(actor, institution)


def can_publish_product(actor: Actor, product: Product) -> bool:
    """Managers publish and close the products of their own unit and of those below it."""
    return actor.has(Permission.PRODUCT_PUBLISH) and speaks_for(actor, product.institution)


def can_edit_policies_of(actor: Actor, institution: Organization) -> bool:
    """Officers and managers draft the policies of their own unit and of those below it."""
    return actor.has(Permission.POLICY_EDIT) and speaks_for(actor, institution)


def can_publish_policy(actor: Actor, policy: Policy) -> bool:
    """Managers publish and withdraw the policies of their own unit and of those below it."""
    return actor.has(Permission.POLICY_PUBLISH) and speaks_for(actor, policy.institution)


def can_edit_policy(actor: Actor, policy: Policy) -> bool:
    """Drafts are edited by whoever drafts, published policies only by who may publish."""
    if policy.status == PolicyStatus.DRAFT:
        return can_edit_policies_of(actor, policy.institution)
    return can_publish_policy(actor, policy)
