"""Organizations of every kind, and places in them."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.cn import uscc

from backend.organizations.actors import Actor
from backend.organizations.enums import (
    AuthorityBasis,
    DepartmentLevel,
    InstitutionLevel,
    OrganizationKind,
    Rank,
    Role,
)
from backend.organizations.models import Membership, Organization
from tests.factories.accounts import UserFactory
from tests.factories.reference import RegionFactory


def make_uscc(number: int) -> str:
    """Return the number-th made-up 统一社会信用代码, with a right check character."""
    body = f"91220101MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def _region(code: str) -> factory.SubFactory:
    return factory.SubFactory(RegionFactory, code=code)


class OrganizationFactory(DjangoModelFactory):
    """A firm in 长春市南关区, unless a trait says otherwise."""

    class Meta:
        model = Organization

    class Params:
        bank = factory.Trait(
            kind=OrganizationKind.INSTITUTION,
            code=factory.Sequence(lambda n: f"BANK-{n}"),
            name=factory.Sequence(lambda n: f"测试银行{n}"),
            institution_kind="bank",
            institution_level=InstitutionLevel.PROVINCIAL_BRANCH,
            region=_region("220000"),
        )
        fund = factory.Trait(
            kind=OrganizationKind.INSTITUTION,
            code=factory.Sequence(lambda n: f"FUND-{n}"),
            name=factory.Sequence(lambda n: f"测试创投{n}"),
            institution_kind="venture_capital",
            region=_region("220000"),
        )
        incubator = factory.Trait(
            kind=OrganizationKind.INCUBATOR,
            code=factory.Sequence(lambda n: f"INCUBATOR-{n}"),
            name=factory.Sequence(lambda n: f"测试孵化器{n}"),
            institution_kind="incubator",
        )
        department = factory.Trait(
            kind=OrganizationKind.DEPARTMENT,
            code=factory.Sequence(lambda n: f"DEPARTMENT-{n}"),
            name=factory.Sequence(lambda n: f"测试科技厅{n}"),
            department_level=DepartmentLevel.PROVINCE,
            region=_region("220000"),
        )
        city_department = factory.Trait(
            department=True,
            department_level=DepartmentLevel.CITY,
            name=factory.Sequence(lambda n: f"测试科技局{n}"),
            region=_region("220100"),
        )
        county_department = factory.Trait(
            department=True,
            department_level=DepartmentLevel.COUNTY,
            name=factory.Sequence(lambda n: f"测试区科技局{n}"),
            region=_region("220102"),
        )
        operator = factory.Trait(
            kind=OrganizationKind.OPERATOR,
            code=factory.Sequence(lambda n: f"OPERATOR-{n}"),
            name=factory.Sequence(lambda n: f"测试运维{n}"),
            region=None,
        )

    kind = OrganizationKind.FIRM
    code = factory.Sequence(make_uscc)
    name = factory.Sequence(lambda n: f"测试科技企业{n}")
    region = _region("220102")


class MembershipFactory(DjangoModelFactory):
    """A manager's place in a firm; ``proved`` adds the authority to act for it."""

    class Meta:
        model = Membership

    class Params:
        proved = factory.Trait(
            authority_basis=AuthorityBasis.STAMPED_LETTER,
            authority_reference="授权书 2026-1",
            authority_proved_at=factory.LazyFunction(timezone.now),
            authority_proved_by=factory.SubFactory(UserFactory),
            authority_valid_until=factory.LazyFunction(
                lambda: timezone.localdate() + timedelta(days=365)
            ),
        )

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = Role.FIRM
    rank = Rank.MANAGER


def make_actor(**membership: object) -> Actor:
    """Return somebody who acts through a new membership today."""
    return Actor(
        user=(place := MembershipFactory(**membership)).user,
        membership=place,
        today=timezone.localdate(),
    )
