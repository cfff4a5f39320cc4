"""A bank's day in a browser: from the inbox to an answer, a product, a filing."""

from django.urls import reverse

from backend.organizations.enums import Rank, Role
from backend.referrals.enums import ReferralStatus
from tests.factories.activities import ProjectFactory
from tests.factories.catalogue import PolicyFactory, ProductFactory
from tests.factories.filings import AggregateFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import ContactFactory
from tests.factories.referrals import ReferralFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory


def make_bank(rank=Rank.MANAGER):
    return make_actor(organization__bank=True, role=Role.INSTITUTION, rank=rank)


def count_presses(page):
    """Count what is pressed from now on, in the browser itself, over all pages."""
    page.add_init_script(
        "document.addEventListener('click', function (event) {"
        " if (event.isTrusted && event.detail > 0) {"
        " sessionStorage.setItem('presses', 1 + Number(sessionStorage.getItem('presses'))); }"
        " }, true);"
    )


def presses(page):
    """Return how often was pressed, and begin anew."""
    found = int(page.evaluate("sessionStorage.getItem('presses')") or 0)
    page.evaluate("sessionStorage.removeItem('presses')")
    return found


def test_each_answer_takes_three_presses_at_most_from_the_inbox(visit):
    actor = make_bank()
    new, wrong = (ReferralFactory(institution=actor.organization) for _ in range(2))
    met = ReferralFactory(institution=actor.organization, in_contact=True)
    visitor = visit(actor)
    page = visitor.page
    count_presses(page)
    inbox = reverse("portal:institution_inbox")

    def row(referral, show):
        page.goto(f"{visitor.base}{inbox}?show={show}")
        presses(page)
        return page.locator("tbody tr", has_text=referral.need.code)

    def now(referral):
        page.wait_for_load_state()
        referral.refresh_from_db()
        return referral.status

    row(new, "new").locator("button:has-text('接洽')").click()
    assert now(new) == ReferralStatus.ACKNOWLEDGED
    assert presses(page) == 1

    row(wrong, "new").locator("a:has-text('不合适')").click()
    page.check("[value=amount]")
    page.click("main form button[type=submit]")
    assert now(wrong) == ReferralStatus.DECLINED
    assert presses(page) == 3

    row(met, "work").locator("a:has-text('批准')").click()
    page.locator("[name=amount_yuan]").click()
    page.keyboard.type("200")
    visitor.look("institution-approve")
    page.click("main form button[type=submit]")
    assert now(met) == ReferralStatus.APPROVED
    assert presses(page) == 3

    row(met, "work").locator("a:has-text('放款')").click()
    page.locator("[name=amount_yuan]").click()
    page.keyboard.type("100")
    page.click("main form button[type=submit]")
    assert now(met) == ReferralStatus.FUNDED
    assert presses(page) == 3


def test_a_referral_is_read_and_answered_on_its_page(visit):
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


def test_a_fund_reads_the_library_and_says_what_it_intends(visit):
    actor = make_actor(organization__fund=True, role=Role.INSTITUTION)
    project = ProjectFactory(listed=True)
    visitor = visit(actor)
    page = visitor.page
    visitor.open(reverse("portal:institution_projects"))
    visitor.look("institution-projects")
    page.click(f"text={project.title}")
    visitor.look("institution-project")
    page.select_option("[name=level]", "considering")
    page.fill("[name=note]", "愿意面谈")
    page.click("main button:has-text('提出意向')")
    page.wait_for_selector("text=意向已提出")
    visitor.look("institution-intent")
    visitor.open(reverse("portal:institution_projects_intents"))
    assert project.intents.get().level == "considering"


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
        ("endpoints", None),
        ("endpoints_new", None),
        ("endpoints_deliveries", None),
        ("endpoints_delivery", message),
    ):
        args = [row.public_id] if row is not None else []
        visitor.page.goto(visitor.base + reverse(f"portal:institution_{name}", args=args))
        visitor.look(f"institution-{name.replace('_', '-')}")
    for name, row in (
        ("people", None),
        ("people_edit", contact),
        ("people_agree", contact),
        ("members", None),
        ("members_new", None),
    ):
        args = [row.public_id] if row is not None else []
        visitor.page.goto(visitor.base + reverse(f"portal:{name}", args=args))
        visitor.look(name.replace("_", "-"))
