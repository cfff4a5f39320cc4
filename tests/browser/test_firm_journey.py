"""A firm's way through its pages, on a PC and on a phone."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FactFactory, FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.notifications import NotificationFactory
from tests.factories.organizations import make_actor
from tests.factories.reference import IndustryFactory
from tests.factories.referrals import DrawdownFactory, ReferralFactory, ReferralStepFactory


def make_firm():
    """Return somebody of a firm of which much is known, and the firm."""
    actor = make_actor(proved=True)
    firm = FirmFactory(organization=actor.organization, profiled=True)
    FactFactory(firm=firm, field="revenue_yuan", value=3_000_000)
    FactFactory(firm=firm, field="employees", value=40)
    return actor, firm


def test_a_firm_writes_a_need_reads_what_suits_it_and_hands_it_in(visit):
    actor, _ = make_firm()
    ProductFactory(name="合适贷", amount_max_yuan=5_000_000)
    ProductFactory(name="大额贷", amount_min_yuan=8_000_000)
    ProductFactory(terms=[{"field": "revenue_yuan", "op": ">=", "value": 5_000_000}])
    visitor = visit(actor)
    page = visitor.page
    visitor.look("firm-home-empty")
    page.click("main a:has-text('发布需求')")
    visitor.look("firm-need-new")
    page.fill("[name=amount_max_yuan]", "300")
    page.fill("[name=term_max_months]", "12")
    needed_by = timezone.localdate() + timedelta(days=60)
    page.fill("[name=needed_by]", needed_by.isoformat())
    page.fill("[name=contact_name]", "王经理")
    page.fill("[name=contact_phone]", "0431-88880000")
    page.check("text=信用贷款")
    page.check("text=日常经营周转")
    assert "叁佰万元整" in page.inner_text("main")
    page.click("text=保存草稿并查看匹配")
    visitor.look("firm-need-matches")
    assert "合适贷" in page.inner_text("main")
    assert "以下一年度审计报表为准" in page.inner_text("main")
    with page.expect_response("**/what-if/**"):
        page.fill("#amount-number", "900")
        page.press("#amount-number", "Tab")
    page.wait_for_selector("text=增加的产品")
    visitor.look("firm-need-what-if")
    page.click("main button:has-text('提交核验')")
    page.wait_for_selector("text=已提交")
    assert Need.objects.get().status == NeedStatus.SUBMITTED


def test_a_firm_follows_its_needs_gives_documents_and_confirms_money(visit):
    actor, firm = make_firm()
    referral = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), in_contact=True)
    ReferralStepFactory(referral=referral)
    referral.documents.create(name="审计报告", asked_at=timezone.now(), asked_by=UserFactory())
    funded = ReferralFactory(need=NeedFactory(firm=firm, in_referral=True), funded=True)
    drawdown = DrawdownFactory(referral=funded)
    visitor = visit(actor)
    page = visitor.page
    visitor.look("firm-home-waiting")
    page.click("text=补充材料")
    visitor.look("firm-need-progress")
    page.click("text=材料已交齐")
    page.wait_for_selector("text=已告知机构材料补齐")
    page.goto(visitor.base + reverse("portal:firm"))
    page.click("text=确认放款")
    visitor.look("firm-need-money")
    page.click("text=确认到账")
    page.wait_for_selector("text=已确认到账")
    drawdown.refresh_from_db()
    assert drawdown.state == "confirmed"
    for name in ("firm_need_calendar", "firm_need_print", "firm_consents"):
        visitor.open(reverse(f"portal:{name}", args=[referral.need.public_id]))


def test_a_firm_keeps_its_record(visit):
    actor, firm = make_firm()
    TenancyFactory(firm=firm)
    section = IndustryFactory(code="C", level="section", name="制造业")
    IndustryFactory(code="C39", level="division", name="计算机制造", parent=section)
    other = IndustryFactory(code="A", level="section", name="农业")
    IndustryFactory(code="A01", level="division", name="种植业", parent=other)
    visitor = visit(actor)
    page = visitor.page
    visitor.open(reverse("portal:firm_profile"))
    visitor.look("firm-profile")
    page.click("text=修改资料")
    with page.expect_response("**/cascade/**"):
        page.select_option("[name=section]", "A")
    page.wait_for_selector("[name=division] option[value=A01]", state="attached")
    page.select_option("[name=division]", "A01")
    visitor.look("firm-profile-edit")
    page.click("main button:has-text('保存')")
    page.wait_for_selector("text=企业资料已保存")
    firm.refresh_from_db()
    assert firm.industry == "A01"
    for name in ("firm_profile_year", "firm_profile_counts", "firm_profile_qualification"):
        visitor.open(reverse(f"portal:{name}"))
    page.goto(visitor.base + reverse("portal:firm_profile"))
    page.click("text=同意查看")
    page.wait_for_selector("text=已同意")
    assert firm.tenancies.get().progress_shared_at is not None


def test_a_firm_reads_its_messages_and_applies_to_an_activity(visit):
    actor, firm = make_firm()
    need = NeedFactory(firm=firm, open=True)
    NotificationFactory(recipient=actor.membership, subject_id=need.public_id)
    activity = ActivityFactory(announced=True, ahead=True)
    visitor = visit(actor)
    page = visitor.page
    page.click("a[aria-label='消息，1 条未读']")
    visitor.look("notices")
    page.click("main button:has-text('查看')")
    page.wait_for_selector(f"h1:has-text('{need.code}')")
    visitor.open(reverse("portal:notices_preferences"))
    visitor.open(reverse("portal:firm_activities"))
    page.click(f"text={activity.title}")
    page.fill("[name=title]", "光器件")
    page.fill("[name=summary]", "新型光器件量产")
    visitor.look("firm-activity")
    page.click("main button:has-text('报名')")
    page.wait_for_selector("text=已报名")
    visitor.open(reverse("portal:firm_projects"))
    visitor.open(reverse("portal:firm_disclosures"))
