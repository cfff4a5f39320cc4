"""What was typed survives the end of a session, and nobody else finds it."""

from django.contrib.sessions.models import Session
from django.urls import reverse

from backend.needs.models import Need
from tests.browser.conftest import PASSWORD
from tests.factories.firms import FirmFactory
from tests.factories.organizations import make_actor
from tests.factories.reference import IndustryFactory


def sign_in(page, actor):
    page.fill("[name=username]", actor.user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def make_firm():
    actor = make_actor(proved=True)
    FirmFactory(organization=actor.organization)
    return actor


def test_a_half_filled_form_survives_signing_in_again(visit):
    actor = make_firm()
    visitor = visit(actor)
    page = visitor.page
    visitor.open(reverse("portal:firm_need_new"))
    page.fill("[name=amount_max_yuan]", "300")
    page.check("text=信用贷款")
    page.fill("[name=description]", "写了很久的说明")
    Session.objects.all().delete()
    page.click("text=保存草稿并查看匹配")
    page.wait_for_selector("text=登录已过期")
    visitor.look("sign-in-again")
    sign_in(page, actor)
    page.wait_for_selector("text=已恢复上次没有提交的内容")
    visitor.look("firm-need-restored")
    assert page.input_value("[name=amount_max_yuan]") == "300"
    assert page.is_checked("text=信用贷款")
    assert "叁佰万元整" in page.inner_text("main")
    page.click("text=保存草稿并查看匹配")
    page.wait_for_selector("text=已保存为草稿")
    assert Need.objects.get().description == "写了很久的说明"
    page.goto(visitor.base + reverse("portal:firm_need_new"))
    assert page.input_value("[name=amount_max_yuan]") == ""


def test_finer_choices_are_restored_too(visit):
    actor = make_firm()
    section = IndustryFactory(code="C", level="section", name="制造业")
    IndustryFactory(code="C39", level="division", name="计算机制造", parent=section)
    visitor = visit(actor)
    page = visitor.page
    visitor.open(reverse("portal:firm_profile_edit"))
    with page.expect_response("**/cascade/**"):
        page.select_option("[name=section]", "C")
    page.wait_for_selector("[name=division] option[value=C39]", state="attached")
    page.select_option("[name=division]", "C39")
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.input_value("[name=section]") == "C"
    assert page.input_value("[name=division]") == "C39"


def test_whoever_comes_next_finds_nothing_of_it(visit):
    first, second = make_firm(), make_firm()
    second.user.set_password(PASSWORD)
    second.user.save()
    visitor = visit(first)
    page = visitor.page
    visitor.open(reverse("portal:firm_need_new"))
    page.fill("[name=amount_max_yuan]", "300")
    Session.objects.all().delete()
    page.click("text=保存草稿并查看匹配")
    page.wait_for_selector("text=登录已过期")
    sign_in(page, second)
    page.wait_for_selector("h1:has-text('发布融资需求')")
    assert page.input_value("[name=amount_max_yuan]") == ""
    page.click("header summary")
    page.click("text=退出登录")
    page.wait_for_selector("h1, h2:has-text('登录')")
    kept = page.evaluate("Object.keys(sessionStorage)")
    assert not [key for key in kept if key.startswith("draft:")]
