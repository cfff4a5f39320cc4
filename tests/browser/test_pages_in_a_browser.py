"""The first pages, as a browser shows them."""

from django.urls import reverse

from tests.factories.catalogue import ProductFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor


def test_a_stranger_reads_what_this_is_and_finds_the_way_in(visit):
    visitor = visit()
    visitor.open("/")
    visitor.look("welcome")
    visitor.page.click("text=登录")
    visitor.look("sign-in")
    assert visitor.page.url.endswith(reverse("portal:sign_in"))


def test_a_firm_finds_its_need_and_what_suits_it(visit):
    actor = make_actor(proved=True)
    need = NeedFactory(firm__organization=actor.organization, open=True)
    ProductFactory()
    visitor = visit(actor)
    visitor.look("firm-home")
    visitor.page.click(f"text={need.code}")
    visitor.look("firm-need")
    assert need.code in visitor.page.inner_text("h1")
