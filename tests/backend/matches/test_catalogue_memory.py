"""Every process answers from the catalogue that the database has now."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from backend.catalogue.services import close_product, publish_product, update_product
from backend.matches.answer_memory import Answer, AnswerMemory, PieceMemory
from backend.matches.catalogue_memory import KEPT_VERSIONS, CatalogueMemory
from backend.organizations.services import update_organization
from tests.factories.catalogue import ProductFactory

pytestmark = pytest.mark.django_db


def republish(product, **values):
    product = update_product(actor=None, product=product, values=values, expected_revision=None)
    publish_product(
        actor=None, product=product, no_tie_in=True, expected_revision=None, now=timezone.now()
    )


def test_two_processes_see_a_change_at_their_next_request():
    """Each has its own memory; neither is told anything."""
    product = ProductFactory(approval_days=9)
    one, other = CatalogueMemory(), CatalogueMemory()
    assert one.current().products[product.code].approval_days == 9
    assert other.current().products[product.code].approval_days == 9
    republish(product, approval_days=3)
    assert one.current().products[product.code].approval_days == 3
    assert other.current().products[product.code].approval_days == 3


def test_a_renamed_institution_is_called_by_its_new_name(
    bank_actor, django_capture_on_commit_callbacks
):
    """The event reaches the catalogue, and with it every process."""
    product = ProductFactory(institution=bank_actor.organization)
    memory = CatalogueMemory()
    memory.current()
    with django_capture_on_commit_callbacks(execute=True):
        update_organization(
            actor=bank_actor,
            organization=bank_actor.organization,
            changes={"name": "更名银行"},
            expected_revision=None,
        )
    assert memory.current().products[product.code].institution_name == "更名银行"


def test_an_unchanged_catalogue_is_built_once(count_queries):
    """Afterwards one row tells that nothing changed."""
    ProductFactory.create_batch(3)
    memory = CatalogueMemory()
    first = memory.current()
    assert count_queries(memory.current) == 1
    assert memory.current() is first


def test_an_earlier_version_can_still_be_read():
    """A run that began on it goes on with it."""
    product = ProductFactory()
    memory = CatalogueMemory()
    before = memory.current()
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    assert product.code not in memory.current().products
    fresh = CatalogueMemory()
    assert product.code in fresh.of_version(before.version).products


def test_memory_holds_a_few_versions_only():
    """The newest used stay; the others can be read again."""
    product = ProductFactory()
    memory = CatalogueMemory()
    seen = []
    for days in range(1, 5):
        republish(product, approval_days=days)
        seen.append(memory.current())
    for old in seen[:-KEPT_VERSIONS]:
        assert memory.of_version(old.version) is not old
    assert memory.of_version(seen[-1].version).version == seen[-1].version


def test_a_catalogue_of_nothing_matches_nothing():
    """The first start of a platform."""
    memory = CatalogueMemory()
    assert memory.current().version == 0
    assert memory.current().products == {}


@pytest.mark.django_db(transaction=True)
def test_many_threads_build_a_version_once():
    """The first builds, the others wait for it and get the same."""
    ProductFactory.create_batch(3)
    memory = CatalogueMemory()
    gate = threading.Barrier(6)

    def read():
        gate.wait()
        try:
            return memory.current()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = [future.result() for future in [pool.submit(read) for _ in range(6)]]
    assert len({id(catalogue) for catalogue in found}) == 1


def test_answers_are_forgotten_by_age_of_use():
    """The one asked for last stays."""
    memory = AnswerMemory(size=2)
    for question in ("a", "b"):
        memory.keep(question, Answer("state", question.encode()))
    assert memory.find("a").body == b"a"
    memory.keep("c", Answer("state", b"c"))
    assert memory.find("b") is None
    assert memory.find("a").body == b"a"


def test_a_later_answer_takes_the_place_of_an_earlier_one():
    """A question has one answer, that to the state it was given in."""
    memory = AnswerMemory(size=2)
    memory.keep("a", Answer("before", b"1"))
    memory.keep("b", Answer("before", b"1"))
    memory.keep("a", Answer("after", b"2"))
    assert memory.find("a") == Answer("after", b"2")
    assert memory.find("b") is not None


def test_a_full_memory_of_pieces_begins_anew():
    """What is asked for again is made again, and comes out the same."""
    memory = PieceMemory(size=2)
    made = []

    def ask(key):
        return memory.get(key, lambda: made.append(key) or key.encode())

    for key in ("a", "b", "a", "c", "c", "a"):
        assert ask(key) == key.encode()
    assert made == ["a", "b", "c", "a"]
