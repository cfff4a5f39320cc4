"""A department keeps its agreements with institutions."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.organizations.enums import Rank, Role
from backend.partners.models import Agreement, Contact
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory

pytestmark = pytest.mark.django_db

AGREEMENTS = "portal:department_agreements"


@pytest.fixture
def own_contact(department_actor):
    return ContactFactory(organization=department_actor.organization, name="周处长", agreed=True)


def entries(own_contact, **changes):
    today = timezone.localdate()
    return {
        "document_number": "吉科合〔2026〕8号",
        "title": "战略合作协议",
        "signed_on": today.isoformat(),
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=1_000)).isoformat(),
        "department_unit": "科技金融处",
        "department_contact": str(own_contact.public_id),
        "institution_unit": "普惠金融部",
        "new_name": "李经理",
        "new_phone": "0431-81234567",
        "acknowledge_workdays": "2",
        **changes,
    }


def test_an_agreement_is_registered_with_a_contact_as_the_paper_names_them(
    browse, department_actor, own_contact
):
    bank = OrganizationFactory(bank=True, name="松江银行")
    client = browse(department_actor)
    assert "松江银行" in client.get(reverse(f"{AGREEMENTS}_new")).content.decode()

    answer = client.post(reverse(f"{AGREEMENTS}_new"), entries(own_contact, institution=bank.code))

    assert answer.status_code == 302, answer.content.decode()
    agreement = Agreement.objects.get()
    assert (agreement.institution, agreement.acknowledge_workdays) == (bank, 2)
    assert agreement.institution_contact.name == "李经理"
    assert not agreement.institution_contact.is_nameable
    page = client.get(reverse(AGREEMENTS)).content.decode()
    assert "松江银行" in page
    assert "李经理" not in page


def test_faults_stand_beside_their_fields(browse, department_actor, own_contact):
    bank = OrganizationFactory(bank=True)
    day = timezone.localdate().isoformat()
    given = entries(own_contact, institution=bank.code, valid_until=day, new_name="")
    answer = browse(department_actor).post(reverse(f"{AGREEMENTS}_new"), given)
    assert answer.status_code == 422
    assert "请选择机构联系人，或在下面登记一位" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_it_is_changed_with_the_contact_it_names_who_stays_unnamed(browse, department_actor):
    silent = ContactFactory(name="不愿公开的人")
    agreement = AgreementFactory(
        department=department_actor.organization,
        institution=silent.organization,
        institution_contact=silent,
    )
    address = reverse(f"{AGREEMENTS}_edit", args=[agreement.public_id])
    client = browse(department_actor)
    page = client.get(address).content.decode()
    assert "不愿公开的人" not in page
    assert "已登记的联系人（未公开）" in page

    given = entries(
        agreement.department_contact,
        new_name="",
        new_phone="",
        institution_contact=str(silent.public_id),
        revision=agreement.revision,
    )
    assert client.post(address, given).status_code == 302
    agreement.refresh_from_db()
    assert agreement.institution_contact == silent
    assert agreement.document_number == "吉科合〔2026〕8号"
    assert Contact.objects.filter(organization=silent.organization).count() == 1


def test_it_ends_with_a_reason(browse, department_actor):
    agreement = AgreementFactory(department=department_actor.organization)
    address = reverse(f"{AGREEMENTS}_end", args=[agreement.public_id])
    client = browse(department_actor)
    assert agreement.document_number in client.get(address).content.decode()
    assert client.post(address, {"reason": "", "revision": "1"}).status_code == 422
    answer = client.post(address, {"reason": "双方协商", "revision": agreement.revision})
    assert answer.status_code == 302
    agreement.refresh_from_db()
    assert agreement.ended_reason == "双方协商"


def test_officers_read_and_only_managers_of_the_department_change(
    browse, department_actor, bank_actor
):
    agreement = AgreementFactory(department=department_actor.organization)
    officer = make_actor(
        organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
    )
    address = reverse(f"{AGREEMENTS}_edit", args=[agreement.public_id])
    assert agreement.institution.name in browse(officer).get(reverse(AGREEMENTS)).content.decode()
    assert browse(officer).get(address).status_code == 403
    city = make_actor(
        organization__department=True, organization__region__code="220100", role=Role.DEPARTMENT
    )
    assert browse(city).get(address).status_code == 404
    assert browse(bank_actor).get(reverse(AGREEMENTS)).status_code == 404


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(
    browse, department_actor, count_queries
):
    client = browse(department_actor)
    AgreementFactory(department=department_actor.organization)
    few = count_queries(lambda: client.get(reverse(AGREEMENTS)))
    for _ in range(4):
        AgreementFactory(department=department_actor.organization)
    assert count_queries(lambda: client.get(reverse(AGREEMENTS))) == few
