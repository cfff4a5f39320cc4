"""One need from its firm's registration to a confirmed outcome in the annual report, in pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.consents.enums import Direction
from backend.needs.models import Need
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.reference.services import load_reference
from matching.uscc import uscc_check_character
from tests.browser.steps import draft_a_list, send, sign
from tests.factories.consents import ConsentTextFactory
from tests.factories.lists import make_office
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.slow

NAME = "长春新光源科技有限公司"
PASSWORD = "一个足够长的口令-2026"


@pytest.fixture
def office(settings, transactional_db):
    load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())
    for direction in Direction:
        ConsentTextFactory(direction=direction)
    return make_office(banks=1)


def test_a_need_goes_all_the_way(visit, office):
    firm = register(visit())
    write_a_need(firm)
    officer = visit(office.officer)
    prove_authority(officer)
    need = hand_in(firm)
    verify(officer, need)
    consent(firm, need, office.banks[0])
    run_matching(officer)
    drafted = draft_a_list(officer)
    for signer in (office.head, office.leader):
        sign(visit(signer), drafted)
    send(officer, drafted)
    bank = visit(make_actor(organization=office.banks[0], role=Role.INSTITUTION))
    answer(bank)
    confirm(firm)
    read_the_report(officer)


def register(firm):
    page = firm.page
    body = "91220102MA0Y1B2C3"
    firm.open(reverse("portal:register"))
    page.fill("[name=uscc]", body + uscc_check_character(body))
    page.wait_for_selector("#code-check >> text=代码")
    page.fill("[name=name]", NAME)
    page.select_option("[name=region]", "220102")
    page.fill("[name=display_name]", "王一")
    page.fill("[name=phone]", "0431-88880000")
    page.fill("[name=username]", "wang-yi")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", PASSWORD)
    firm.look("whole-1-register")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    if "sign-in" in page.url:
        firm.sign_in("wang-yi", PASSWORD)
    firm.look("whole-2-registered")
    assert "授权尚未核验" in page.inner_text("main")
    return firm


def write_a_need(firm):
    page = firm.page
    page.click("main a:has-text('发布需求')")
    page.fill("[name=amount_max_yuan]", "300")
    page.fill("[name=term_max_months]", "12")
    page.fill("[name=needed_by]", (timezone.localdate() + timedelta(days=60)).isoformat())
    page.fill("[name=contact_name]", "王经理")
    page.fill("[name=contact_phone]", "0431-88880000")
    page.check("text=信用贷款")
    page.check("text=日常经营周转")
    page.click("text=保存草稿并查看匹配")
    firm.look("whole-3-draft")


def prove_authority(officer):
    page = officer.page
    page.click("main a:has-text('待核验账号')")
    officer.look("whole-4-accounts")
    page.click(f"a[aria-label^='核验授权：{NAME}']")
    page.fill("[name=reference]", "授权书〔2026〕3号")
    page.fill("[name=post]", "财务负责人")
    officer.look("whole-5-authority")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=已核验，账号可以办理业务")


def hand_in(firm):
    firm.page.reload()
    firm.page.click("main button:has-text('提交核验')")
    firm.page.wait_for_selector("text=已提交")
    firm.look("whole-6-submitted")
    return Need.objects.get()


def verify(officer, need):
    officer.open(reverse("portal:department_needs"))
    officer.page.check(f"input[aria-label='选择需求 {need.code}']")
    officer.page.click("text=核验勾选的需求")
    officer.page.wait_for_selector("text=已核验 1 项")


def consent(firm, need, bank: Organization):
    page = firm.page
    firm.open(reverse("portal:firm_consents", args=[need.public_id]))
    page.check(f"main label:has-text('{bank.name}')")
    page.check("text=联系人本人已同意")
    for box in page.query_selector_all("[name=to_institution], [name=to_department]"):
        box.check()
    firm.look("whole-7-consent")
    page.click("text=我已阅读授权书并同意授权")
    page.wait_for_selector("text=授权已生效")


def run_matching(officer):
    page = officer.page
    officer.open(reverse("portal:department_runs"))
    page.click("main >> text=发起匹配")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=已完成")
    officer.look("whole-8-run")


def answer(bank):
    page = bank.page
    page.click(f"text={NAME}")
    page.click("button:has-text('接洽（受理）')")
    page.wait_for_selector("text=已受理")
    today = timezone.localdate().isoformat()
    for name, label, entries in (
        ("approve", "批准", {"amount_yuan": "300", "term_months": "12", "annual_rate": "3.85"}),
        ("disburse", "放款", {"amount_yuan": "200", "annual_rate": "3.85"}),
    ):
        page.click(f"[data-panel=answer-{name}]")
        for field, value in {**entries, "date": today}.items():
            page.fill(f"#answer-{name} [name={field}]", value)
        page.click(f"#answer-{name} button[type=submit]")
        page.wait_for_selector(f"[role=status]:has-text('已记录{label}')")
    bank.look("whole-9-bank")


def confirm(firm):
    page = firm.page
    firm.open(reverse("portal:firm"))
    page.click("text=确认放款")
    firm.look("whole-10-money")
    page.click("text=确认到账")
    page.wait_for_selector("text=已确认到账")


def read_the_report(officer):
    officer.open(reverse("portal:department_reports") + "?kind=annual")
    officer.look("whole-11-report")
    text = officer.page.inner_text("main")
    assert "批准额度300万元" in text
    assert "企业已确认200万元，有异议0元" in text
