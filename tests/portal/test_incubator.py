"""An incubator's pages: tenants, their import, progress, needs and endorsements, products."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.firms.models import Firm, Tenancy
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


@pytest.fixture
def incubator(db):
    RegionFactory(code="220102")
    return make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)


@pytest.fixture
def stay(incubator):
    return TenancyFactory(incubator=incubator.organization, consented=True)


@pytest.fixture
def need(stay):
    return NeedFactory(firm=stay.firm, open=True)


def address(name, *keys):
    return reverse(f"portal:{name}", args=[getattr(one, "public_id", one) for one in keys])


def read(browse, actor, name, *keys):
    return browse(actor).get(address(name, *keys)).content.decode()


def upload(client, rows, **form):
    file = SimpleUploadedFile("在孵企业.xlsx", make_workbook(rows))
    return client.post(
        address("incubator_tenants_import"), {"file": file, "valid_from": "2026-01-01", **form}
    )


def test_the_first_page_counts_and_says_how_to_begin(browse, incubator, need):
    text = read(browse, incubator, "incubator")
    assert "可推荐的需求" in text
    assert "先检查、再导入" in text


def test_tenants_are_listed_with_what_they_let_the_incubator_do(browse, incubator, stay):
    silent = TenancyFactory(incubator=incubator.organization)
    text = read(browse, incubator, "incubator_tenants")
    assert stay.firm.organization.name in text
    assert address("incubator_tenants_one", stay) in text
    assert address("incubator_tenants_one", silent) not in text


def test_tenants_cost_the_same_number_of_queries_for_any_number(
    browse, incubator, stay, count_queries
):
    client = browse(incubator)

    def look():
        return count_queries(lambda: client.get(address("incubator_tenants")))

    look()
    few = look()
    TenancyFactory.create_batch(5, incubator=incubator.organization)
    assert look() == few


def test_a_list_is_tried_first_and_then_taken_in(browse, incubator):
    client = browse(incubator)
    tried = upload(client, ROWS, check="1")
    assert "可以导入" in tried.content.decode()
    assert not Firm.objects.exists()
    taken = upload(client, ROWS, **{"import": "1"})
    assert taken.url == address("incubator_tenants")
    assert Tenancy.objects.get().firm.organization.name == "甲科技"


@pytest.mark.parametrize("button", ["check", "import"])
def test_faults_of_a_list_are_named_by_row_and_nothing_is_written(browse, incubator, button):
    answer = upload(browse(incubator), [*ROWS, ["123", "乙科技", "220102"]], **{button: "1"})
    assert answer.status_code == 422
    errors = " ".join(answer.context["form"].non_field_errors())
    assert "第 3 行 统一社会信用代码" in errors
    assert not Firm.objects.exists()


def test_progress_is_shown_with_the_firms_leave_only(browse, incubator, stay):
    referral = ReferralFactory(need=NeedFactory(firm=stay.firm, in_referral=True))
    assert referral.institution.name in read(browse, incubator, "incubator_tenants_one", stay)
    silent = TenancyFactory(incubator=incubator.organization)
    client = browse(incubator)
    assert client.get(address("incubator_tenants_one", silent)).status_code == 404


def test_another_incubator_finds_nothing(browse, stay, need):
    other = browse(make_actor(organization__incubator=True, role=Role.INCUBATOR))
    assert other.get(address("incubator_tenants_one", stay)).status_code == 404
    assert other.get(address("incubator_needs_endorse", need)).status_code == 404
    assert need.code not in other.get(address("incubator_needs")).content.decode()


def test_a_need_is_endorsed_once_and_the_word_is_taken_back(browse, incubator, need):
    client = browse(incubator)
    words = {"endorsed_on": "2026-11-01", "person": "李主任", "text": "情况属实", "press": "once"}
    for _ in range(2):
        client.post(address("incubator_needs_endorse", need), words)
    word = Endorsement.objects.get()
    assert "李主任" in client.get(address("incubator_needs")).content.decode()
    client.post(address("incubator_endorsement_withdraw", word), {"revision": word.revision})
    word.refresh_from_db()
    assert word.withdrawn_at is not None


def test_an_endorsement_without_words_names_the_field(browse, incubator, need):
    refused = browse(incubator).post(
        address("incubator_needs_endorse", need), {"endorsed_on": "2026-11-01", "person": "李"}
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors["text"]


def test_needs_cost_the_same_number_of_queries_for_any_number(
    browse, incubator, need, count_queries
):
    client = browse(incubator)

    def look():
        return count_queries(lambda: client.get(address("incubator_needs")))

    look()
    few = look()
    NeedFactory.create_batch(4, firm=need.firm, open=True)
    assert look() == few


def test_own_products_are_listed_and_nobody_elses(browse, incubator):
    ProductFactory(institution=incubator.organization, name="种子借款")
    ProductFactory(name="别家贷")
    text = read(browse, incubator, "incubator_products")
    assert "种子借款" in text
    assert "别家贷" not in text


def test_a_firm_does_not_open_an_incubators_pages(browse, firm_actor):
    assert browse(firm_actor).get(address("incubator_tenants")).status_code == 404
