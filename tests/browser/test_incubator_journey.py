"""An incubator's way through its pages, on a PC and on a phone."""

from django.urls import reverse

from backend.organizations.enums import Role
from backend.recommendations.models import Endorsement
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import TenancyFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor, make_uscc
from tests.factories.reference import RegionFactory
from tests.factories.referrals import ReferralFactory
from tests.workbooks import make_workbook

ROWS = [
    ["统一社会信用代码", "企业名称", "所在地区"],
    [make_uscc(8_300_000), "甲科技", "220102"],
]


def test_an_incubator_imports_tenants_follows_them_and_gives_its_word(visit):
    RegionFactory(code="220102")
    actor = make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)
    stay = TenancyFactory(incubator=actor.organization, consented=True)
    ReferralFactory(need=NeedFactory(firm=stay.firm, in_referral=True))
    ProductFactory(institution=actor.organization, name="种子借款")
    visitor = visit(actor)
    page = visitor.page
    visitor.look("incubator-home")
    visitor.open(reverse("portal:incubator_products"))
    visitor.open(reverse("portal:incubator_tenants"))
    visitor.look("incubator-tenants")
    page.click("text=查看进展")
    visitor.look("incubator-tenant")
    page.goto(visitor.base + reverse("portal:incubator_tenants_import"))
    file = {
        "name": "在孵企业.xlsx",
        "mimeType": "application/octet-stream",
        "buffer": make_workbook(ROWS),
    }
    page.set_input_files("[name=file]", files=[file])
    page.click("text=先检查，不写入")
    page.wait_for_selector("text=可以导入")
    visitor.look("incubator-import")
    page.set_input_files("[name=file]", files=[file])
    page.click("main button:has-text('导入'):not(:has-text('检查'))")
    page.wait_for_selector("text=名单已导入")
    page.goto(visitor.base + reverse("portal:incubator_needs"))
    page.click("text=登记推荐")
    page.fill("[name=person]", "李主任")
    page.fill("[name=text]", "情况属实")
    visitor.look("incubator-endorse")
    page.click("main button:has-text('登记推荐')")
    page.wait_for_selector("text=推荐已登记")
    visitor.look("incubator-needs")
    assert Endorsement.objects.count() == 1
