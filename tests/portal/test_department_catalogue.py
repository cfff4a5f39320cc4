"""Products and the journal, as the department and its auditors read them."""

from django.urls import reverse

from backend.journal.enums import EventType
from backend.journal.services import record
from tests.factories.catalogue import ProductFactory
from tests.factories.needs import NeedFactory

PRODUCTS = reverse("portal:department_products")
JOURNAL = reverse("portal:department_journal")


def test_products_are_found_by_name_and_institution(browse, department_actor):
    product, other = ProductFactory(), ProductFactory()
    client = browse(department_actor)
    for wanted in (product.code, product.institution.name):
        text = client.get(PRODUCTS, {"q": wanted}).content.decode()
        assert product.code in text
        assert other.code not in text


def test_what_is_not_published_is_never_called_unlimited(browse, department_actor):
    product = ProductFactory(undisclosed=["amount", "term"])
    client = browse(department_actor)
    row = client.get(PRODUCTS, {"show": "undisclosed"}).content.decode()
    assert product.code in row
    assert "未公布</td>" in row
    page = reverse("portal:department_products_detail", args=[product.public_id])
    text = client.get(page).content.decode()
    assert "未公布" in text
    assert "不限" not in text
    assert "首次发布" in text


def test_products_ask_the_same_number_of_questions_for_any_number(
    browse, department_actor, count_queries
):
    client = browse(department_actor)

    def look():
        client.get(PRODUCTS)
        return count_queries(lambda: client.get(PRODUCTS))

    ProductFactory()
    few = look()
    ProductFactory.create_batch(4)
    assert look() == few


def test_the_auditor_reads_what_happened_by_kind(browse, auditor_actor, department_actor):
    need = NeedFactory(open=True)
    record(EventType.NEED_VERIFIED, subject=need, actor=department_actor, payload={"code": "N-1"})
    client = browse(auditor_actor)
    text = client.get(JOURNAL, {"type": "need.verified"}).content.decode()
    assert department_actor.organization.name in text
    assert "N-1" in text
    others = client.get(JOURNAL, {"type": "need.withdrawn"}).content.decode()
    assert "没有记录" in others


def test_a_kind_of_event_that_does_not_exist_names_its_field(browse, auditor_actor):
    answer = browse(auditor_actor).get(JOURNAL, {"type": "nonsense"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["type"]


def test_the_auditor_begins_with_the_journal(browse, auditor_actor):
    assert browse(auditor_actor).get("/").url == JOURNAL


def test_the_department_itself_finds_no_journal(browse, department_actor):
    assert browse(department_actor).get(JOURNAL).status_code == 404


def test_the_journal_asks_the_same_number_of_questions_for_any_number(
    browse, auditor_actor, department_actor, count_queries
):
    client = browse(auditor_actor)
    need = NeedFactory(open=True)

    def look():
        client.get(JOURNAL)
        return count_queries(lambda: client.get(JOURNAL))

    record(EventType.NEED_VERIFIED, subject=need, actor=department_actor)
    few = look()
    for _ in range(4):
        record(EventType.NEED_VERIFIED, subject=need, actor=department_actor)
    assert look() == few
