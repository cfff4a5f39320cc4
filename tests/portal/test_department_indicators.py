"""Officers enter figures from papers, correct and withdraw them."""

import pytest
from django.urls import reverse

from backend.filings.models import Indicator
from tests.factories.filings import IndicatorFactory
from tests.factories.reference import RegionFactory

pytestmark = pytest.mark.django_db


def address(name="", row=None):
    return reverse(f"portal:department_indicators{name}", args=[row.public_id] if row else [])


def entries(**changes):
    return {
        "measure": "balance",
        "name": "科技型企业贷款余额",
        "value": "120000000000",
        "unit": "yuan",
        "covers_until": "2026-07-01",
        "source": "人行吉林省分行统计月报",
        "source_on": "2026-07-12",
        **changes,
    }


def test_a_figure_is_entered_corrected_and_withdrawn(browse, department_actor):
    RegionFactory(code="220100")
    client = browse(department_actor)
    given = entries(region=department_actor.region)
    assert client.post(address("_new"), given).url == address()
    first = Indicator.objects.get()
    page = client.get(address()).content.decode()
    assert "1,200 亿元" in page or "1200 亿元" in page
    assert "人行吉林省分行统计月报" in page

    given = entries(value="125000000000", reason="来源更正")
    assert client.post(address("_correct", first), given).status_code == 302
    second = Indicator.objects.get(replaces=first)
    assert second.value == 125_000_000_000
    assert "来源更正" in client.get(address()).content.decode()

    assert client.post(address("_withdraw", second), {"reason": "口径有误"}).status_code == 302
    assert "科技型企业贷款余额" not in client.get(address()).content.decode()
    assert "已撤销" in client.get(address() + "?show=all").content.decode()


def test_what_is_wrong_stands_beside_its_field(browse, department_actor):
    client = browse(department_actor)
    given = entries(region=department_actor.region, covers_from="2026-08-01", source="")
    answer = client.post(address("_new"), given)
    assert answer.status_code == 422
    assert not Indicator.objects.exists()


def test_a_figure_of_another_department_is_read_and_not_changed(browse, department_actor):
    other = IndicatorFactory(region=department_actor.organization.region)
    client = browse(department_actor)
    assert other.name in client.get(address()).content.decode()
    answer = client.post(address("_withdraw", other), {"reason": "不对"})
    assert answer.status_code == 422
    assert "由其填报部门" in answer.content.decode()


def test_nobody_else_finds_it(browse, bank_actor, firm_actor):
    assert browse(bank_actor).get(address()).status_code == 404
    assert browse(firm_actor).get(address("_new")).status_code == 404
    assert browse(None).get(address()).status_code == 302
