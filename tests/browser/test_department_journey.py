"""What a department does from a submitted need to a list that is sent, as a browser shows it."""

from django.urls import reverse

from backend.referrals.enums import ListStatus
from tests.browser.steps import draft_a_list, send, sign
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.referrals import EscalationCaseFactory


def test_needs_are_verified_listed_signed_and_sent(visit):
    office = make_office(banks=2)
    consent_to(open_needs(2), office.banks)
    waiting = NeedFactory(submitted=True)
    EscalationCaseFactory()
    officer = visit(office.officer)
    officer.look("department-home")
    verify_a_need(officer, waiting)
    MatchRunFactory(actor=office.officer, finished=True)
    drafted = draft_a_list(officer)
    for signer in (office.head, office.leader):
        sign(visit(signer), drafted)
    send(officer, drafted)
    drafted.refresh_from_db()
    assert drafted.status == ListStatus.SENT


def verify_a_need(officer, need):
    page = officer.page
    officer.open(reverse("portal:department_needs"))
    officer.look("department-needs")
    page.check(f"input[aria-label='选择需求 {need.code}']")
    page.click("text=核验勾选的需求")
    page.wait_for_selector("text=已核验 1 项")
    officer.open(reverse("portal:department_needs_detail", args=[need.public_id]))
    officer.look("department-need")


def test_figures_reports_runs_and_the_map_are_read(visit):
    office = make_office(banks=1)
    consent_to(open_needs(3), office.banks)
    office.draft_and_send(per_need=1)
    officer = visit(office.officer)
    for name in (
        "figures",
        "reports",
        "runs",
        "coverage",
        "products",
        "import",
        "recommendations",
        "escalations",
        "outcomes",
        "matters",
    ):
        officer.open(reverse(f"portal:department_{name}"))
        officer.look(f"department-{name}")
    officer.open(reverse("portal:department_figures"))
    officer.page.click("td >> text=已推送")
    officer.look("department-figure-rows")
