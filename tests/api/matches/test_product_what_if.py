"""`POST products/{id}/what-if/`: what a change would bring, before anybody publishes it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from backend.catalogue.models import ProductVersion
from backend.catalogue.services import close_product, publish_product, update_product
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db

OPEN = [
    "stage",
    "region",
    "industry",
    "industry_excluded",
    "tech_field",
    "purpose",
    "qualifications_all",
    "qualifications_any",
    "firm_age",
    "collateral",
    "term",
]


def path(product):
    return f"/api/v1/products/{product.public_id}/what-if/"


def ask(client, product, **values):
    return client.post(path(product), values, format="json")


@pytest.fixture
def product(bank_actor):
    """A loan of up to 2 million yuan whose other conditions are open."""
    return ProductFactory(
        institution=bank_actor.organization,
        amount_max_yuan=2_000_000,
        annual_rate_min=Decimal("0.04"),
        open_conditions=OPEN,
    )


def need_of(amount, **values):
    values = {"max_annual_rate": None, **values}
    return NeedFactory(open=True, amount_min_yuan=amount, amount_max_yuan=amount, **values)


def growing_firms(count, **values):
    return [FirmFactory(declared_stage="growth", **values) for _ in range(count)]


def test_the_department_reads_whom_a_change_would_gain_and_lose(department_client, product):
    """By name, in all and for each changed condition alone; the product stays as it is."""
    kept, gained = need_of(2_000_000), need_of(3_000_000)
    lost = need_of(1_000_000, purposes=["plant"])
    versions, events = ProductVersion.objects.count(), Event.objects.count()
    body = ask(
        department_client,
        product,
        amount_max_yuan=3_000_000,
        purposes=kept.purposes,
    ).json()
    assert body["is_exact"] is True
    assert body["eligible"] == {"before": 2, "after": 2}
    together = body["together"]
    assert (together["gained"]["needs"], together["lost"]["needs"]) == (1, 1)
    assert together["text"] == "新增匹配 1 项需求（1 家企业）；不再匹配 1 项需求（1 家企业）"
    assert [need["need"] for need in body["gained_needs"]] == [gained.code]
    assert body["gained_needs"][0]["firm_name"] == gained.firm.organization.name
    effects = {effect["condition"]: effect for effect in body["conditions"]}
    assert effects.keys() == {"amount", "purpose"}
    assert (effects["amount"]["gained"]["needs"], effects["amount"]["lost"]["needs"]) == (1, 0)
    assert (effects["purpose"]["gained"]["needs"], effects["purpose"]["lost"]["needs"]) == (0, 1)
    assert lost.code not in str(body)
    product.refresh_from_db()
    assert product.current_version.amount_max_yuan == 2_000_000
    assert (ProductVersion.objects.count(), Event.objects.count()) == (versions, events)


def test_the_answer_is_what_the_matches_say_once_it_is_published(department_client, product):
    """The gained needs are on the list of the product after the change, with their scores."""
    for amount in (1_000_000, 2_500_000, 3_000_000, 4_000_000):
        need_of(amount)
    foreseen = ask(department_client, product, amount_max_yuan=3_000_000).json()["gained_needs"]
    changed = update_product(
        actor=None, product=product, values={"amount_max_yuan": 3_000_000}, expected_revision=None
    )
    publish_product(
        actor=None, product=changed, no_tie_in=True, expected_revision=None, now=timezone.now()
    )
    listed = department_client.get(f"/api/v1/products/{product.public_id}/matches/").json()
    scores = {match["need"]: match["score"] for match in listed["matches"]}
    assert len(foreseen) == 2
    assert {need["need"]: need["score"] for need in foreseen}.items() <= scores.items()


def test_an_institution_reads_counts_and_no_name(bank_client, product):
    """In steps of five, by places with at least five firms; the rest is put together."""
    for firm in growing_firms(7):
        need_of(3_000_000, firm=firm)
    for firm in growing_firms(3, organization__region__code="220202"):
        need_of(3_000_000, firm=firm)
    for firm in growing_firms(4, organization__region__code="220302"):
        need_of(3_000_000, firm=firm)
    response = ask(bank_client, product, amount_max_yuan=3_000_000)
    body = response.json()
    assert body["is_exact"] is False
    gained = body["together"]["gained"]
    assert (gained["needs"], gained["firms"]) == (10, 10)
    places = [(place["is_rest"], place["stage"], place["firms"]) for place in gained["places"]]
    assert places == [(False, "growth", 5), (True, None, 5)]
    assert body["together"]["text"] == "新增匹配至少 10 项需求（10 家企业）"
    assert "gained_needs" not in body
    text = response.content.decode()
    assert "N20" not in text
    assert "测试科技企业" not in text


@pytest.mark.parametrize("count", [0, 1, 4])
def test_fewer_than_five_firms_are_never_told_from_none(bank_client, product, count):
    """Not even by a firm with many needs, nor by what was there before."""
    firms = growing_firms(count)
    for firm in firms:
        for _ in range(3):
            need_of(3_000_000, firm=firm)
    body = ask(bank_client, product, amount_max_yuan=3_000_000).json()
    nobody = {"needs": None, "firms": None, "places": []}
    assert body["together"]["gained"] == body["together"]["lost"] == nobody
    assert body["together"]["text"] == "没有变化，或变化涉及的企业不足 5 家"


def test_who_may_ask(client_for, firm_client, anonymous_client, product, bank_actor):
    """Managers of the institution; not its officers, other institutions, firms or nobody."""
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    other = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert ask(firm_client, product).status_code == 403
    assert ask(client_for(officer), product).status_code == 403
    assert ask(client_for(other), product).status_code == 403
    assert ask(anonymous_client, product).status_code == 401


def test_a_draft_is_not_there_for_others_and_is_asked_about_by_its_own(
    department_client, bank_client, bank_actor, client_for
):
    """Everything that it suits would be gained."""
    draft = ProductFactory(draft=True, institution=bank_actor.organization, open_conditions=OPEN)
    for firm in growing_firms(5):
        need_of(1_000_000, firm=firm)
    other = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert ask(department_client, draft).status_code == 404
    assert ask(client_for(other), draft).status_code == 404
    body = ask(bank_client, draft).json()
    assert body["together"]["gained"]["firms"] == 5
    assert body["conditions"] == []


def test_the_institution_asks_from_its_draft_the_department_from_what_is_in_force(
    bank_client, department_client, product
):
    """As a change would begin; nobody else learns of the draft."""
    for firm in growing_firms(5):
        need_of(3_000_000, firm=firm)
    update_product(
        actor=None, product=product, values={"amount_max_yuan": 3_000_000}, expected_revision=None
    )
    assert ask(bank_client, product).json()["together"]["gained"]["firms"] == 5
    assert ask(department_client, product).json()["conditions"] == []


def test_bad_values_name_their_field(department_client, product):
    """As in writing a product."""
    for values, field in (
        ({"amount_max_yuan": -1}, "amount_max_yuan"),
        ({"amount_min_yuan": 9_000_000}, "amount_min_yuan"),
        ({"stages": ["adult"]}, "stages"),
        ({"colour": "red"}, "colour"),
    ):
        response = ask(department_client, product, **values)
        assert response.status_code == 400, values
        assert response.json()["errors"][0]["field"].startswith(field)


def test_a_closed_product_can_no_longer_change(department_client, product):
    """That is said, not computed."""
    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    assert ask(department_client, product).status_code == 409


def test_a_city_reads_of_its_own_needs_only(client_for, product):
    """Its region and below."""
    own = need_of(3_000_000)
    need_of(3_000_000, firm=FirmFactory(organization__region__code="220202"))
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    body = ask(client_for(city), product, amount_max_yuan=3_000_000).json()
    assert body["together"]["gained"]["needs"] == 1
    assert [need["need"] for need in body["gained_needs"]] == [own.code]


def test_queries_do_not_grow_with_the_needs(department_client, product, count_queries):
    """Two needs or twenty."""
    for _ in range(2):
        need_of(3_000_000)

    def asked():
        return ask(department_client, product, amount_max_yuan=3_000_000)

    asked()
    few = count_queries(asked)
    for _ in range(18):
        need_of(3_000_000)
    asked()
    assert count_queries(asked) == few


def test_a_repeated_request_gets_the_answer_that_it_got(department_client, product):
    """As for every POST, although nothing was changed."""
    need_of(3_000_000)
    first, second = (
        department_client.post(
            path(product),
            {"amount_max_yuan": 3_000_000},
            format="json",
            headers={"Idempotency-Key": "once"},
        )
        for _ in range(2)
    )
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
