"""Several people at once, each in a transaction of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from backend.catalogue import services
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.selectors import get_catalogue
from backend.catalogue.state import get_catalogue_version
from backend.common.errors import InvalidInput, StaleRevision, StateConflict
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory

THREADS = 6

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(call, *arguments):
    """Call once per argument, all starting together; return results and refusals."""
    barrier = Barrier(len(arguments))

    def run(argument):
        try:
            barrier.wait(timeout=10)
            return call(argument)
        except (InvalidInput, StaleRevision, StateConflict) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return [*pool.map(run, arguments)]


def test_concurrent_changes_share_one_draft_and_numbers_have_no_gaps():
    product = ProductFactory()

    def change_and_publish(rate):
        services.update_product(
            actor=None,
            product=product,
            values={"annual_rate_min": rate},
            expected_revision=None,
        )
        return services.publish_product(
            actor=None,
            product=product,
            no_tie_in=False,
            expected_revision=None,
            now=timezone.now(),
        )

    at_once(change_and_publish, *(0.01 * n for n in range(1, THREADS + 1)))

    numbers = [*product.versions.order_by("number").values_list("number", flat=True)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert product.versions.filter(published_at__isnull=False, withdrawn_at=None).count() == 1


def test_of_two_who_read_the_same_revision_one_is_told():
    product = ProductFactory()

    results = at_once(
        lambda rate: services.update_product(
            actor=None,
            product=product,
            values={"annual_rate_min": rate},
            expected_revision=product.revision,
        ),
        0.03,
        0.04,
    )

    assert {type(result) for result in results} == {Product, StaleRevision}


def test_concurrent_publications_each_get_a_catalogue_of_their_own():
    drafts = [ProductFactory(draft=True) for _ in range(THREADS)]

    at_once(
        lambda draft: services.publish_product(
            actor=None,
            product=draft,
            no_tie_in=False,
            expected_revision=None,
            now=timezone.now(),
        ),
        *drafts,
    )

    published_in = ProductVersion.objects.values_list("published_in", flat=True)
    assert sorted(published_in) == [*range(1, THREADS + 1)]
    assert get_catalogue_version() == THREADS
    assert len(get_catalogue().products) == THREADS


def test_one_code_goes_to_one_product():
    bank = OrganizationFactory(bank=True)

    results = at_once(
        lambda name: services.create_product(
            actor=None, institution=bank, code="same", values={"name": name}
        ),
        *(f"产品{n}" for n in range(THREADS)),
    )

    assert sum(isinstance(result, Product) for result in results) == 1
    refusals = [result for result in results if not isinstance(result, Product)]
    assert {refusal.problems[0].code for refusal in refusals} == {"duplicate_code"}
    assert Product.objects.filter(code="same").count() == 1
