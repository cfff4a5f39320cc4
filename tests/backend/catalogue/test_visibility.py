"""Who sees which product and which policy, in every state."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from backend.catalogue.models import Policy, Product, ProductVersion
from backend.catalogue.services import update_product
from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import PolicyFactory, ProductFactory
from tests.factories.organizations import OrganizationFactory, make_actor

EVERYTHING = {"draft", "offered", "future", "over", "ended"}

# What each reader sees of a provincial branch's drafts, offers, future offers, offers whose
# time is over, and what was closed or withdrawn.
MATRIX = [
    ("own officer", EVERYTHING),
    ("own manager", EVERYTHING),
    ("head office", EVERYTHING),
    ("city branch below", {"offered", "future"}),
    ("sister branch", {"offered", "future"}),
    ("other bank", {"offered", "future"}),
    ("firm", {"offered", "future"}),
    ("incubator", {"offered", "future"}),
    ("department", EVERYTHING - {"draft"}),
    ("auditor", set()),
    ("administrator", set()),
    ("security officer", set()),
]


@pytest.fixture
def head_office(db):
    return OrganizationFactory(bank=True)


@pytest.fixture
def branch(head_office):
    return OrganizationFactory(bank=True, parent=head_office)


@pytest.fixture
def actor_of(branch, head_office):
    def bank(organization, rank=Rank.MANAGER):
        return make_actor(organization=organization, role=Role.INSTITUTION, rank=rank)

    makers = {
        "own officer": lambda: bank(branch, Rank.OFFICER),
        "own manager": lambda: bank(branch),
        "head office": lambda: bank(head_office),
        "city branch below": lambda: bank(OrganizationFactory(bank=True, parent=branch)),
        "sister branch": lambda: bank(OrganizationFactory(bank=True, parent=head_office)),
        "other bank": lambda: bank(OrganizationFactory(bank=True)),
        "firm": make_actor,
        "incubator": lambda: make_actor(organization__incubator=True, role=Role.INCUBATOR),
        "department": lambda: make_actor(organization__department=True, role=Role.DEPARTMENT),
        "auditor": lambda: make_actor(organization__department=True, role=Role.AUDITOR),
        "administrator": lambda: make_actor(organization__operator=True, role=Role.ADMINISTRATOR),
        "security officer": lambda: make_actor(
            organization__operator=True, role=Role.SECURITY_OFFICER
        ),
    }
    return lambda name: makers[name]()


@pytest.fixture
def products(branch):
    ProductFactory(code="draft", institution=branch, draft=True)
    ProductFactory(code="offered", institution=branch)
    ProductFactory(code="future", institution=branch, valid_from=localdate() + timedelta(days=9))
    ProductFactory(code="ended", institution=branch, closed=True)
    ProductFactory(code="over", institution=branch, valid_until=localdate() + timedelta(days=1))


@pytest.fixture
def policies(branch):
    PolicyFactory(code="draft", institution=branch, draft=True)
    PolicyFactory(code="offered", institution=branch)
    PolicyFactory(code="future", institution=branch, valid_from=localdate() + timedelta(days=9))
    PolicyFactory(code="ended", institution=branch, withdrawn=True)
    PolicyFactory(code="over", institution=branch, valid_until=localdate() + timedelta(days=1))


def codes_seen(model, actor):
    tomorrow = type(actor)(
        user=actor.user, membership=actor.membership, today=localdate() + timedelta(days=1)
    )
    return {*model.objects.visible_to(tomorrow).values_list("code", flat=True)}


@pytest.mark.parametrize(("reader", "seen"), MATRIX)
def test_products_are_seen_by_the_matrix(products, actor_of, reader, seen):
    assert codes_seen(Product, actor_of(reader)) == seen


@pytest.mark.parametrize(("reader", "seen"), MATRIX)
def test_policies_are_seen_by_the_matrix(policies, actor_of, reader, seen):
    assert codes_seen(Policy, actor_of(reader)) == seen


def test_the_last_day_still_counts_because_the_end_is_excluded(products, actor_of):
    seen = Product.objects.visible_to(actor_of("firm")).values_list("code", flat=True)

    assert "over" in seen


@pytest.mark.parametrize(
    ("reader", "numbers"),
    [
        ("own officer", {1, 2}),
        ("head office", {1, 2}),
        ("other bank", {1}),
        ("firm", {1}),
        ("department", {1}),
        ("auditor", set()),
    ],
)
def test_the_draft_of_a_published_product_is_its_institutions_own(
    branch, actor_of, reader, numbers
):
    product = ProductFactory(institution=branch)
    update_product(actor=None, product=product, values={"note": "新"}, expected_revision=None)

    seen = ProductVersion.objects.visible_to(actor_of(reader)).values_list("number", flat=True)
    assert {*seen} == numbers
