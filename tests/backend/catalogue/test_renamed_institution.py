"""A renamed institution is renamed in every copy of the catalogue."""

import pytest

from backend.catalogue.selectors import get_catalogue, get_catalogue_version
from backend.organizations.services import update_organization
from tests.factories.catalogue import ProductFactory


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    def change(actor, **changes):
        with django_capture_on_commit_callbacks(execute=True):
            update_organization(
                actor=actor,
                organization=actor.organization,
                changes=changes,
                expected_revision=None,
            )

    return change


def test_the_next_reader_sees_the_new_name(rename, bank_actor):
    ProductFactory(institution=bank_actor.organization)
    before = get_catalogue_version()

    rename(bank_actor, name="新名银行")

    catalogue = get_catalogue()
    assert catalogue.version == before + 1
    assert [product.institution_name for product in catalogue.products] == ["新名银行"]


def test_capacity_and_firms_leave_the_catalogue_alone(rename, bank_actor, firm_actor):
    rename(bank_actor, capacity=5)
    rename(firm_actor, name="新名企业")

    assert get_catalogue_version() == 0
