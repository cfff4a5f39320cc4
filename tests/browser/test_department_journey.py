"""What a department does from a submitted need to a list that is sent, as a browser shows it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from backend.announcements.models import Reading
from backend.referrals.enums import ListStatus
from backend.referrals.models import ReferralList
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
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
    tick_and_verify(page, need)
    officer.look("department-needs-undo")
    page.check(f"input[aria-label='选择撤销 {need.code}']")
    page.click("text=撤销勾选的办理")
    page.wait_for_selector("text=已撤销 1 项")
    tick_and_verify(page, need)
    officer.open(reverse("portal:department_needs_detail", args=[need.public_id]))
    officer.look("department-need")


def tick_and_verify(page, need):
    page.check(f"input[aria-label='选择需求 {need.code}']")
    page.click("text=核验勾选的需求")
    page.wait_for_selector("text=已核验 1 项")


def draft_a_list(officer):
    page = officer.page
    officer.open(reverse("portal:department_lists"))
    page.click("text=起草清单")
    officer.look("department-draft")
    page.click("text=按分配结果起草")
    page.wait_for_selector("text=清单已起草")
    officer.look("department-list")
    page.click("text=预览与差异")
    officer.look("department-preview")
    page.go_back()
    page.click("button:has-text('送审')")
    page.wait_for_selector("text=已送审")
    return ReferralList.objects.get(status=ListStatus.IN_APPROVAL)


def sign(signer, drafted):
    signer.open(reverse("portal:department_lists") + "?show=sign")
    signer.page.click(f"text={drafted.number}")
    signer.page.click("text=签批（")
    signer.look()
    signer.page.click("button:has-text('同意')")
    signer.page.wait_for_selector("text=已签批")


def send(officer, drafted):
    page = officer.page
    officer.open(reverse("portal:department_lists_send", args=[drafted.public_id]))
    officer.look("department-send")
    page.fill("[name=document_number]", "吉科函〔2026〕12号")
    page.fill("[name=basis]", "企业授权书及战略合作协议")
    page.fill("[name=answer_by]", (timezone.localdate() + timedelta(days=14)).isoformat())
    page.click("text=发送到各机构")
    page.wait_for_selector("text=发给各机构的清单")
    officer.look("department-sent")


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
        "announcements",
        "announcements_new",
        "lists_roster",
        "lists_chain",
        "recommendations_routes",
    ):
        officer.open(reverse(f"portal:department_{name}"))
        officer.look(f"department-{name}")
    officer.open(reverse("portal:department_reports"))
    officer.page.wait_for_selector("text=数字与口径")
    officer.look("department-report-drawn")
    NeedFactory(open=True)
    officer.open(reverse("portal:department_coverage"))
    officer.page.click("a.tile >> nth=0")
    officer.page.wait_for_selector("text=融资产品需求简报")
    officer.look("department-brief")
    officer.open(reverse("portal:department_figures"))
    officer.page.click("td >> text=已推送")
    officer.look("department-figure-rows")


def test_an_announcement_is_published_by_an_officer_and_read_by_a_firm(visit):
    office = make_office()
    officer = visit(office.officer)
    page = officer.page
    officer.open(reverse("portal:department_announcements_new"))
    page.fill("[name=title]", "关于第三期对接的通知")
    page.fill("[name=text]", "请做好准备。\n\n联系人：科技金融处。")
    page.check("text=置顶")
    page.click("text=保存草稿")
    page.wait_for_selector("text=这是草稿预览")
    officer.look("announcement-draft")
    page.click("main button:has-text('发布')")
    page.wait_for_selector("text=公告已发布")
    firm = visit(make_actor(proved=True))
    firm.page.wait_for_selector("text=关于第三期对接的通知")
    firm.look("announcement-home")
    firm.page.click("text=全部公告")
    firm.look("announcements")
    firm.page.click("text=关于第三期对接的通知")
    firm.page.wait_for_selector("text=联系人：科技金融处。")
    firm.look("announcement")
    assert Reading.objects.filter(membership__organization__kind="firm").count() == 1
