"""An institution's products: list, draft, what would change, publish, close."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.catalogue.enums import ProductStatus
from backend.catalogue.models import Product
from backend.organizations.enums import Rank, Role
from backend.reference.services import load_reference
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory, make_actor

FORMSET = {"terms-TOTAL_FORMS": "2", "terms-INITIAL_FORMS": "0"}


@pytest.fixture
def product(bank_actor):
    return ProductFactory(
        institution=bank_actor.organization,
        name="成长贷",
        amount_max_yuan=2_000_000,
        annual_rate_min=0.0385,
        terms=[{"field": "debt_ratio", "op": "<=", "value": 0.7}],
        open_conditions=["purpose"],
    )


def page(product, name="one"):
    return reverse(f"portal:institution_products_{name}", args=[product.public_id])


def entries_of(client, product):
    """Return what a browser would send of the untouched form."""
    form = client.get(page(product, "edit")).context["form"]
    bound = [*form, *(field for row in form.terms for field in row)]
    values = {field.html_name: field.value() for field in bound}
    values |= {
        "terms-TOTAL_FORMS": len(form.terms.forms),
        "terms-INITIAL_FORMS": str(form.terms.initial_form_count()),
    }
    return {
        name: _as_typed(form, name, value)
        for name, value in values.items()
        if value not in (None, "", [], False)
    }


def _as_typed(form, name, value):
    field = form.fields.get(name)
    return field.prepare_value(value) if field else value


def test_a_draft_keeps_amounts_rates_and_further_conditions_in_the_units_people_type(
    browse, bank_actor
):
    answer = browse(bank_actor).post(
        reverse("portal:institution_products_new"),
        {
            **FORMSET,
            "name": "研发贷",
            "financing_type": "credit_loan",
            "amount_min_yuan": "50",
            "amount_max_yuan": "1000.5",
            "annual_rate_min": "3.85",
            "stages": ["startup", "growth"],
            "terms-0-field": "revenue_yuan",
            "terms-0-op": ">=",
            "terms-0-value": "200",
            "terms-1-field": "taxpayer_rating",
            "terms-1-op": "in",
            "terms-1-value": "A、B级",
            "open_conditions": ["purpose"],
        },
    )
    made = Product.objects.get()
    assert answer.url == page(made)
    draft = made.versions.get()
    assert (draft.amount_min_yuan, draft.amount_max_yuan) == (500_000, 10_005_000)
    assert float(draft.annual_rate_min) == 0.0385
    assert draft.stages == ["startup", "growth"]
    assert draft.terms == [
        {"field": "revenue_yuan", "op": ">=", "value": 2_000_000},
        {"field": "taxpayer_rating", "op": "in", "value": ["A", "B"]},
    ]
    assert draft.open_conditions == ["purpose"]
    assert made.status == ProductStatus.DRAFT


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"amount_min_yuan": "20", "amount_max_yuan": "10"}, "amount_min_yuan"),
        ({"annual_rate_max": "385"}, "annual_rate_max"),
        ({"purposes": ["research"], "open_conditions": ["purpose"]}, "open_conditions"),
        ({"industries_more": "X99"}, "industries_more"),
    ],
)
def test_bad_input_names_its_field(browse, bank_actor, values, field):
    refused = browse(bank_actor).post(
        reverse("portal:institution_products_new"), {**FORMSET, "name": "研发贷", **values}
    )
    assert refused.status_code == 422
    assert field in refused.context["form"].errors
    assert not Product.objects.exists()


def test_a_figure_that_is_no_number_is_named_beside_its_row(browse, bank_actor):
    row = {"terms-1-field": "employees", "terms-1-op": ">=", "terms-1-value": "很多"}
    refused = browse(bank_actor).post(
        reverse("portal:institution_products_new"), {**FORMSET, "name": "研发贷", **row}
    )
    assert "“很多”不是数字" in refused.content.decode()


def test_saving_the_untouched_form_changes_nothing(browse, bank_actor, product):
    client = browse(bank_actor)
    values = entries_of(client, product) | {"revision": product.revision}
    answer = client.post(page(product, "edit"), values)
    assert answer.status_code == 302, (
        answer.context["form"].errors,
        answer.context["form"].terms.errors,
    )
    product.refresh_from_db()
    assert not product.versions.drafts().exists()
    assert product.current_version.number == 1


def test_a_change_stays_a_draft_until_somebody_declares_and_publishes(browse, bank_actor, product):
    client = browse(bank_actor)
    values = entries_of(client, product) | {"amount_max_yuan": "500", "revision": product.revision}
    assert client.post(page(product, "edit"), values).url == page(product)
    product.refresh_from_db()
    assert product.current_version.amount_max_yuan == 2_000_000
    shown = client.get(page(product, "publish"))
    assert "200 万元" in shown.content.decode()
    assert "500 万元" in shown.content.decode()
    assert shown.context["found"]["is_exact"] is False
    refused = client.post(page(product, "publish"), {"revision": product.revision})
    assert refused.status_code == 422
    assert "no_tie_in" in refused.context["form"].errors
    press = {"revision": product.revision, "no_tie_in": "on", "press": "token"}
    for _ in range(2):
        assert client.post(page(product, "publish"), press).url == page(product)
    product.refresh_from_db()
    assert product.current_version.number == 2
    assert product.current_version.amount_max_yuan == 5_000_000
    assert "改动 1 项" in client.get(page(product)).content.decode()


def test_an_officer_drafts_and_neither_publishes_nor_closes(browse, bank_actor, product):
    officer = browse(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )
    assert officer.get(page(product, "edit")).status_code == 200
    for name in ("publish", "close"):
        assert officer.get(page(product, name)).status_code == 403
        assert officer.post(page(product, name)).status_code == 403


def test_closing_says_why_and_is_for_good(browse, bank_actor, product):
    client = browse(bank_actor)
    client.post(page(product, "close"), {"revision": product.revision, "reason": "额度用完"})
    product.refresh_from_db()
    assert product.status == ProductStatus.CLOSED
    text = client.get(page(product)).content.decode()
    assert "额度用完" in text
    assert page(product, "edit") not in text


def test_a_form_that_somebody_overtook_is_refused_in_words(browse, bank_actor, product):
    client = browse(bank_actor)
    values = entries_of(client, product) | {"amount_max_yuan": "500"}
    refused = client.post(page(product, "edit"), values | {"revision": product.revision + 1})
    assert refused.status_code == 422
    assert "已被他人修改" in refused.content.decode()


def test_the_products_of_others_are_not_found_here(browse, product):
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    for name in ("one", "edit", "publish", "close"):
        assert rival.get(page(product, name)).status_code == 404
    assert "还没有产品" in rival.get(reverse("portal:institution_products")).content.decode()


def test_the_form_offers_the_cities_and_keeps_a_county_that_is_stated(browse, bank_actor, settings):
    load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())
    product = ProductFactory(institution=bank_actor.organization, regions=["220102"])
    form = browse(bank_actor).get(page(product, "edit")).context["form"]
    codes = {code for code, _ in form.fields["regions"].choices}
    assert {"220000", "220100", "222400", "220102"} <= codes
    assert "220103" not in codes


def test_a_branch_keeps_its_product_a_variant_of_the_head_office_s(browse, bank_actor):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    main = ProductFactory(institution=bank_actor.organization, name="总行贷")
    product = ProductFactory(institution=branch, variant_of=main.code)
    client = browse(make_actor(organization=branch, role=Role.INSTITUTION))
    values = entries_of(client, product) | {"note": "新备注", "revision": product.revision}
    assert values["variant_of"] == main.code
    assert client.post(page(product, "edit"), values).status_code == 302
    assert product.versions.drafts().get().variant_of == main


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    browse, bank_actor, product, count_queries
):
    client = browse(bank_actor)

    def look():
        return count_queries(lambda: client.get(reverse("portal:institution_products")))

    look()
    few = look()
    for _ in range(4):
        ProductFactory(institution=bank_actor.organization)
    assert look() == few
