"""Bands and places beside the ranking in pages: of firms, of departments, of nobody else."""

import pytest
from django.urls import reverse

from backend.catalogue.models import Product
from backend.matches.payloads import EXPLORED_NOTE
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from backend.referrals.exploring import list_slots
from backend.referrals.models import ListRow, Referral, ReferralList
from backend.referrals.services import editing
from tests.factories.firms import FirmFactory
from tests.factories.lists import consent_to, make_office
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import AgreementFactory
from tests.factories.ranking import make_known, make_newcomers, put_in_use

pytestmark = pytest.mark.django_db
TOLD = "历史参考，不是承诺"
JSON = {"accept": "application/json"}


@pytest.fixture
def known():
    return make_known(21)


@pytest.fixture
def newcomers():
    return make_newcomers()


@pytest.fixture
def need(firm_actor):
    firm = FirmFactory(organization=firm_actor.organization, profiled=True)
    return NeedFactory(firm=firm, open=True, financing_types=[])


@pytest.fixture
def office(known, newcomers):
    office = make_office()
    for product in (*known, *newcomers):
        AgreementFactory(department=office.department, institution=product.institution)
    return office


@pytest.fixture
def drafted(office, known, newcomers, need):
    put_in_use(known, newcomers)
    consent_to([need], [product.institution for product in (*known, *newcomers)])
    return office.draft(per_need=1)


def read(browse, actor, name, *ids, **query):
    return browse(actor).get(reverse(f"portal:{name}", args=ids), query).content.decode()


@pytest.mark.parametrize("page", ["firm_need", "firm_need_print"])
def test_a_firm_sees_bands_with_their_interval_and_who_is_new(
    browse, firm_actor, need, known, newcomers, page
):
    before = read(browse, firm_actor, page, need.public_id)
    assert EXPLORED_NOTE not in before
    assert "历史参考" not in before
    put_in_use(known, newcomers)
    text = read(browse, firm_actor, page, need.public_id)
    assert "100家" in text
    assert "95%区间" in text
    assert "不是承诺" in text
    assert EXPLORED_NOTE in text
    assert "通过率" not in text
    assert "可贷" not in text


def test_a_firm_is_told_that_its_own_conditions_are_meant(
    browse, firm_actor, need, known, newcomers
):
    put_in_use(known, newcomers, demonstration=True)
    text = read(browse, firm_actor, "firm_need", need.public_id)
    assert text.count(TOLD) == 1
    assert (
        "贷款：与您条件相近（企业阶段相同、行业门类相同、同一市州）、已有答复的100家企业中" in text
    )
    assert text.count(">演示</span>") == 1


def test_a_department_sees_the_same_of_the_firm(browse, department_actor, need, known, newcomers):
    address = "department_needs_detail", need.public_id
    assert TOLD not in read(browse, department_actor, *address)
    put_in_use(known, newcomers)
    text = read(browse, department_actor, *address)
    assert text.count(TOLD) == 1
    assert "与该企业条件相近（企业阶段相同、行业门类相同、同一市州）、已有答复的100家企业中" in text
    assert EXPLORED_NOTE in text


def test_a_preview_offers_who_is_new_and_one_form_adds_it(browse, office, drafted, need):
    client = browse(office.officer)
    preview = client.get(reverse("portal:department_lists_preview", args=[drafted.public_id]))
    (one, *_) = preview.context["slots"]
    text = preview.content.decode()
    assert EXPLORED_NOTE in text
    assert one.product.institution_name in text
    add = reverse("portal:department_lists_add", args=[drafted.public_id])
    named = {"need": need.code, "product": one.product.code, "reason": EXPLORED_NOTE}
    form = client.get(add, named).content.decode()
    assert all(f'value="{named[name]}"' in form for name in ("need", "product"))
    assert EXPLORED_NOTE in form
    told = {**named, "revision": drafted.revision, "press": "once"}
    for _ in range(2):
        client.post(add, told)
    row = ListRow.objects.get(referral_list=drafted, exploration_propensity__isnull=False)
    assert row.product_version.product.code == one.product.code
    again = client.get(reverse("portal:department_lists_preview", args=[drafted.public_id]))
    assert one.product.code not in [slot.product.code for slot in again.context["slots"]]


def test_whoever_only_reads_a_list_is_offered_no_form(
    browse, office, drafted, known, newcomers, city_department_actor
):
    """The province sees what was drawn for a city's list, and only the city adds it."""
    city = city_department_actor.organization
    for product in (*known, *newcomers):
        AgreementFactory(department=city, institution=product.institution)
    ReferralList.objects.filter(pk=drafted.pk).update(department=city)
    for actor, may_add in ((office.officer, False), (city_department_actor, True)):
        text = read(browse, actor, "department_lists_preview", drafted.public_id)
        assert EXPLORED_NOTE in text
        assert (">加入清单</a>" in text) == may_add


def test_without_a_model_a_preview_offers_nothing(browse, office, need, known, newcomers):
    consent_to([need], [product.institution for product in known])
    drafted = office.draft(per_need=1)
    text = read(browse, office.officer, "department_lists_preview", drafted.public_id)
    assert EXPLORED_NOTE not in text


def test_a_preview_takes_as_many_queries_for_many_needs_as_for_one(
    browse, office, drafted, need, known, newcomers, count_queries
):
    client = browse(office.officer)
    page = reverse("portal:department_lists_preview", args=[drafted.public_id])
    client.get(page)
    few = count_queries(lambda: client.get(page))
    more = NeedFactory.create_batch(4, open=True, firm__profiled=True, financing_types=[])
    consent_to(more, [product.institution for product in (*known, *newcomers)])
    row = drafted.rows.get()
    for other in more:
        row.pk, row.public_id, row.need = None, None, other
        row._state.adding = True
        row.public_id = ListRow._meta.get_field("public_id").get_default()
        row.save()
    assert count_queries(lambda: client.get(page)) == few


def test_banks_and_strangers_find_no_page_that_shows_either(
    browse, bank_actor, stranger_actor, need, known, newcomers
):
    put_in_use(known, newcomers)
    for actor in (bank_actor, stranger_actor):
        for name in ("firm_need", "firm_need_print", "department_needs_detail"):
            answer = browse(actor).get(reverse(f"portal:{name}", args=[need.public_id]))
            assert answer.status_code in {302, 403, 404}
            assert TOLD not in answer.content.decode()


def test_what_was_drawn_is_counted_where_heads_watch(
    browse, firm_actor, department_actor, need, known, newcomers
):
    put_in_use(known, newcomers)
    read(browse, firm_actor, "firm_need", need.public_id)
    text = read(browse, department_actor, "department_ranking_watched")
    assert "其中 2 次为记录较少的机构" in text


def test_an_institution_reads_nothing_of_how_a_row_came_to_it(browse, office, drafted, need):
    """Neither in its inbox, nor in its referral, nor in what the API says of both."""
    (first, *_) = list_slots(drafted, [need], day=office.officer.today)
    bank = Organization.objects.get(code=first.product.institution)
    editing.add_row(
        actor=office.officer,
        referral_list=drafted,
        need=need,
        product=Product.objects.get(code=first.product.code),
        reason=EXPLORED_NOTE,
        expected_revision=None,
    )
    office.send(office.approve(drafted))
    referral = Referral.objects.get(institution=bank)
    actor = make_actor(organization=bank, role=Role.INSTITUTION)
    pages = [
        browse(actor).get(reverse("portal:institution_inbox")),
        browse(actor).get(reverse("portal:institution_inbox_referral", args=[referral.public_id])),
        browse(actor).get("/api/v1/referrals/", headers=JSON),
        browse(actor).get(f"/api/v1/referrals/{referral.public_id}/", headers=JSON),
    ]
    for answer in pages:
        assert answer.status_code == 200
        text = answer.content.decode()
        assert need.code in text
        for word in (EXPLORED_NOTE, "历史参考", "propensity", "explor", '"band"', "记录较少"):
            assert word not in text
