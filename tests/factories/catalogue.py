"""Products and preferential policies, made by the services that people's requests call."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.catalogue import services
from backend.catalogue.enums import PolicyStatus, ProductStatus
from backend.catalogue.models import Policy, Product
from tests.factories.organizations import OrganizationFactory


class ProductFactory(DjangoModelFactory):
    """A published credit loan that states little; every field of the format may be given.

    ``draft`` and ``closed`` are traits. ``actor`` is whoever writes it, None for the platform.
    """

    class Meta:
        model = Product

    class Params:
        draft = factory.Trait(status=ProductStatus.DRAFT)
        closed = factory.Trait(status=ProductStatus.CLOSED)

    institution = factory.SubFactory(OrganizationFactory, bank=True)
    code = factory.Sequence(lambda n: f"product-{n:04d}")
    status = ProductStatus.PUBLISHED
    actor = None
    name = factory.Sequence(lambda n: f"测试贷{n}")
    financing_type = "credit_loan"

    @classmethod
    def _create(cls, model_class: type[Product], *args: Any, **values: Any) -> Product:
        actor, institution = values.pop("actor"), values.pop("institution")
        code, status = values.pop("code"), values.pop("status")
        product = services.create_product(
            actor=actor, institution=institution, code=code, values=values
        )
        if status == ProductStatus.DRAFT:
            return product
        product = services.publish_product(
            actor=actor,
            product=product,
            no_tie_in=actor is not None,
            expected_revision=None,
            now=timezone.now(),
        )
        if status == ProductStatus.PUBLISHED:
            return product
        return services.close_product(
            actor=actor, product=product, expected_revision=None, now=timezone.now()
        )


class PolicyFactory(DjangoModelFactory):
    """A published preferential policy; ``draft`` and ``withdrawn`` are traits."""

    class Meta:
        model = Policy

    class Params:
        draft = factory.Trait(status=PolicyStatus.DRAFT)
        withdrawn = factory.Trait(status=PolicyStatus.WITHDRAWN)

    institution = factory.SubFactory(OrganizationFactory, bank=True)
    code = factory.Sequence(lambda n: f"policy-{n:04d}")
    status = PolicyStatus.PUBLISHED
    title = factory.Sequence(lambda n: f"测试政策{n}")
    content = "对科技企业额度优先。"

    @classmethod
    def _create(cls, model_class: type[Policy], *args: Any, **values: Any) -> Policy:
        institution = values.pop("institution")
        code, status = values.pop("code"), values.pop("status")
        policy = services.create_policy(
            actor=None, institution=institution, code=code, values=values
        )
        if status == PolicyStatus.DRAFT:
            return policy
        policy = services.publish_policy(
            actor=None, policy=policy, expected_revision=None, now=timezone.now()
        )
        if status == PolicyStatus.PUBLISHED:
            return policy
        return services.withdraw_policy(actor=None, policy=policy, expected_revision=None)
