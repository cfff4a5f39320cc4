"""A bank's day in a browser: from the inbox to an answer, a product, a filing."""

from django.urls import reverse

from backend.organizations.enums import Rank, Role
from backend.referrals.enums import ReferralStatus
from tests.factories.catalogue import PolicyFactory, ProductFactory
from tests.factories.filings import AggregateFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import ContactFactory
from tests.factories.referrals import ReferralFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory


def make_bank(rank=Rank.MANAGER):
    return make_actor(organization__bank=True, role=Role.INSTITUTION, rank=rank)


def test_a_referral_is_answered_in_three_presses(visit):
    actor = make_bank()
    referral = ReferralFactory(institution=actor.organization)
    visitor = visit(actor)
    page = visitor.page
    visitor.look("institution-home")
    page.click(f"text={referral.need.firm.organization.name}")
    visitor.look("institution-referral")
    page.click("[data-panel=answer-decline]")
    assert page.is_visible("#answer-decline")
    assert page.is_hidden("#answer-approve")
    visitor.look("institution-answer")
    page.check("#answer-decline [value=amount]")
    page.click("#answer-decline button[type=submit]")
    page.wait_for_load_state()
    visitor.look()
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.DECLINED


def test_a_product_is_changed_tried_and_published(visit):
    actor = make_bank()
    product = ProductFactory(institution=actor.organization, amount_max_yuan=2_000_000)
    visitor = visit(actor)
    page = visitor.page
    visitor.open(reverse("portal:institution_products"))
    visitor.look("institution-products")
    page.click(f"text={product.current_version.name}")
    page.click("main >> text=修改")
    visitor.look("institution-product-form")
    page.fill("[name=amount_max_yuan]", "500")
    assert "伍佰万元" in page.inner_text("main")
    page.click("text=保存草稿")
    page.click("text=试算并发布")
    visitor.look("institution-product-publish")
    page.check("[name=no_tie_in]")
    page.click("main form button[type=submit]")
    visitor.look("institution-product")
    product.refresh_from_db()
    assert product.current_version.amount_max_yuan == 5_000_000


def test_every_other_page_reads_well(visit):
    actor = make_bank()
    referral = ReferralFactory(institution=actor.organization)
    policy = PolicyFactory(institution=actor.organization)
    contact = ContactFactory(organization=actor.organization)
    filed = AggregateFactory(institution=actor.organization)
    message = MessageFactory(endpoint=EndpointFactory(organization=actor.organization))
    visitor = visit(actor)
    for name, row in (
        ("inbox", None),
        ("sheets", None),
        ("sheets_one", referral.sheet),
        ("policies", None),
        ("policies_one", policy),
        ("policies_edit", policy),
        ("figures", None),
        ("filings", None),
        ("filings_new", None),
        ("filings_edit", filed),
        ("people", None),
        ("people_edit", contact),
        ("people_agree", contact),
        ("members", None),
        ("members_new", None),
        ("endpoints", None),
        ("endpoints_new", None),
        ("endpoints_deliveries", None),
        ("endpoints_delivery", message),
    ):
        args = [row.public_id] if row is not None else []
        visitor.page.goto(visitor.base + reverse(f"portal:institution_{name}", args=args))
        visitor.look(f"institution-{name.replace('_', '-')}")
