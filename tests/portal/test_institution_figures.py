"""An institution's own figures, and what it reports per period."""

from html import unescape

import pytest
from django.urls import reverse

from backend.filings.models import Aggregate
from backend.organizations.enums import Rank, Role
from backend.referrals.enums import Step
from tests.factories.catalogue import ProductFactory
from tests.factories.filings import AggregateFactory, last_month
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory, ReferralStepFactory

FIGURES = "portal:institution_figures"
FILINGS = "portal:institution_filings"


def act(name, aggregate):
    return reverse(f"{FILINGS}_{name}", args=[aggregate.public_id])


@pytest.fixture
def officer(bank_actor):
    return make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )


def test_the_funnel_counts_what_was_referred_with_a_table_beneath(browse, bank_actor):
    ReferralFactory(institution=bank_actor.organization)
    answer = browse(bank_actor).get(reverse(FIGURES))
    first = answer.context["bars"][0]
    assert (first["label"], first["referrals"], first["firms"], first["width"]) == (
        "已推送",
        1,
        1,
        100,
    )
    text = answer.content.decode()
    assert "<svg" in text
    assert "上年同期" in text


def test_the_short_funnel_is_a_part_of_a_page(browse, bank_actor):
    text = browse(bank_actor).get(reverse(f"{FIGURES}_short")).content.decode()
    assert "<svg" in text
    assert "<html" not in text


def test_a_period_that_ends_before_it_begins_is_refused_in_words(browse, bank_actor):
    answer = browse(bank_actor).get(reverse(FIGURES), {"start": "2026-06-01", "last": "2026-01-01"})
    assert answer.status_code == 422
    assert "止日应晚于起日" in answer.content.decode()
    assert browse(bank_actor).get(reverse(FIGURES), {"start": "x"}).status_code == 422


def test_another_bank_counts_nothing_of_it(browse, bank_actor):
    ReferralFactory(institution=bank_actor.organization)
    rival = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert browse(rival).get(reverse(FIGURES)).context["bars"][0]["referrals"] == 0


def test_what_one_prepares_another_signs_once(browse, bank_actor, officer):
    begins, _ = last_month()
    values = {
        "period": f"month {begins}",
        "firms_served": "12",
        "disbursed_yuan": "3000",
        "balance_yuan": "9000.5",
    }
    assert browse(officer).post(reverse(f"{FILINGS}_new"), values).url == reverse(FILINGS)
    filed = Aggregate.objects.get()
    assert (filed.loans, filed.disbursed_yuan, filed.balance_yuan) == (None, 30_000_000, 90_005_000)
    press = {"revision": filed.revision, "press": "token"}
    for _ in range(2):
        assert browse(bank_actor).post(act("sign", filed), press).status_code == 302
    filed.refresh_from_db()
    assert filed.signed_by == bank_actor.user
    assert "已签报" in browse(officer).get(reverse(FILINGS)).content.decode()


def test_nobody_signs_what_they_prepared_themselves(browse, bank_actor):
    filed = AggregateFactory(institution=bank_actor.organization, prepared_by=bank_actor.user)
    answer = browse(bank_actor).post(act("sign", filed), {"revision": filed.revision}, follow=True)
    assert "不得为同一人" in answer.content.decode()
    filed.refresh_from_db()
    assert filed.signed_at is None


def test_bad_figures_name_their_field(browse, officer):
    begins, _ = last_month()
    refused = browse(officer).post(
        reverse(f"{FILINGS}_new"), {"period": f"month {begins}", "firms_served": "-1"}
    )
    assert refused.status_code == 422
    assert {"firms_served", "disbursed_yuan", "balance_yuan"} <= refused.context[
        "form"
    ].errors.keys()


def test_a_draft_is_changed_and_discarded(browse, officer):
    filed = AggregateFactory(institution=officer.organization, prepared_by=officer.user)
    client = browse(officer)
    values = {"firms_served": "20", "disbursed_yuan": "1", "balance_yuan": "2"}
    client.post(act("edit", filed), values | {"revision": filed.revision})
    filed.refresh_from_db()
    assert filed.firms_served == 20
    client.post(act("discard", filed), {"revision": filed.revision})
    assert not Aggregate.objects.exists()


def test_the_filings_of_others_are_not_found(browse, officer):
    filed = AggregateFactory(institution=officer.organization)
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    assert rival.get(act("edit", filed)).status_code == 404
    assert rival.post(act("sign", filed)).status_code == 404
    assert "还没有报送" in rival.get(reverse(FILINGS)).content.decode()


def test_the_filings_ask_the_same_number_of_questions_for_any_number(
    browse, officer, count_queries
):
    client = browse(officer)

    def look():
        return count_queries(lambda: client.get(reverse(FILINGS)))

    AggregateFactory(institution=officer.organization)
    look()
    few = look()
    for version in (2, 3):
        begins, ends = last_month()
        AggregateFactory(
            institution=officer.organization,
            period_from=begins.replace(year=begins.year - version),
            period_until=ends.replace(year=ends.year - version),
        )
    assert look() == few


def links_of(text):
    """Return the addresses of rows that a page of figures leads to."""
    return {
        unescape(part.split('"')[0])
        for part in text.split('href="')
        if part.startswith("/institution/figures/") and "?" in part.split('"')[0]
    }


def test_each_number_leads_to_as_many_rows(browse, bank_actor):
    bank = bank_actor.organization
    product = ProductFactory(institution=bank)
    for _ in range(5):
        ReferralFactory(institution=bank, product=product, funded=True)
    ReferralFactory(institution=bank, product=product)
    client = browse(bank_actor)
    answer = client.get(reverse(FIGURES), {"group": "product"})
    links = links_of(answer.content.decode())
    assert {link.split("/")[3] for link in links} >= {"rows", "response"}
    for link in links:
        page = client.get(link)
        assert page.status_code == 200, link
        assert page.context["page"].paginator.count > 0, link
    first = answer.context["bars"][0]
    assert client.get(first["href"]).context["page"].paginator.count == first["referrals"] == 6
    for row in answer.context["response_rows"]:
        for _, count, href in row["counts"]:
            assert client.get(href).context["page"].paginator.count == count


def test_promise_against_actual_leads_to_its_rows(browse, bank_actor):
    bank = bank_actor.organization
    product = ProductFactory(institution=bank, approval_days=5)
    for _ in range(5):
        sent = ReferralFactory(institution=bank, product=product, approved=True)
        for step in (Step.ACKNOWLEDGED, Step.CONTACTED, Step.APPROVED):
            ReferralStepFactory(referral=sent, step=step)
    client = browse(bank_actor)
    rows = client.get(reverse(FIGURES)).context["products"]["rows"]
    assert [row["product"] for row in rows] == [product.code]
    assert rows[0]["counts"]["approved"][0] == 5
    for count, href in rows[0]["counts"].values():
        assert client.get(href).context["page"].paginator.count == count


def test_rows_name_no_firm_and_belong_to_nobody_else(browse, bank_actor):
    referral = ReferralFactory(institution=bank_actor.organization)
    href = browse(bank_actor).get(reverse(FIGURES)).context["bars"][0]["href"]
    text = browse(bank_actor).get(href).content.decode()
    assert referral.need.code in text
    assert referral.need.firm.organization.name not in text
    rival = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert browse(rival).get(href).context["page"].paginator.count == 0


@pytest.mark.parametrize("query", ["?cell=posted", "?cell=x", "?cell=referred&group_by=x"])
def test_figures_that_an_institution_has_not_lead_nowhere(browse, bank_actor, query):
    assert browse(bank_actor).get(reverse(f"{FIGURES}_rows") + query).status_code == 404


def test_rows_cost_as_much_for_many_as_for_few(browse, bank_actor, count_queries):
    ReferralFactory(institution=bank_actor.organization)
    client = browse(bank_actor)
    page = reverse(f"{FIGURES}_rows") + "?cell=referred"
    client.get(page)
    few = count_queries(lambda: client.get(page))
    for _ in range(3):
        ReferralFactory(institution=bank_actor.organization)
    assert count_queries(lambda: client.get(page)) == few
