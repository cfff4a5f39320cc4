"""GET /api/v1/referrals/{id}/: whom each side may call on the other."""

import pytest
from django.utils import timezone

from backend.consents.enums import Direction
from backend.consents.models import Consent
from tests.factories.consents import ConsentFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.partners import ContactFactory

URL = "/api/v1/referrals/"


def contact(client, referral):
    return client.get(f"{URL}{referral.public_id}/").json()["contact"]


def test_the_firm_and_the_department_see_the_contact_of_the_agreement(
    firm_client, department_client, referral, agreement
):
    for client in (firm_client, department_client):
        shown = contact(client, referral)
        assert shown["name"] == agreement.institution_contact.name
        assert shown["phone"] == agreement.institution_contact.phone
        assert shown["unit"] == "普惠金融部"


def test_whoever_took_their_consent_back_is_not_named_the_unit_is(firm_client, referral, agreement):
    person = agreement.institution_contact
    person.agreement_withdrawn_at = timezone.now()
    person.save()
    shown = contact(firm_client, referral)
    assert (shown["name"], shown["phone"], shown["unit"]) == (None, None, "普惠金融部")


def test_the_contact_of_the_branch_in_charge_comes_first(firm_client, referral):
    branch = OrganizationFactory(bank=True, parent=referral.institution)
    referral.unit = branch
    referral.save()
    ContactFactory(organization=branch)
    named = ContactFactory(organization=branch, agreed=True)
    assert contact(firm_client, referral)["name"] == named.name


def test_the_institution_sees_the_firms_contact_as_far_as_it_is_covered(bank_client, referral):
    need = referral.need
    assert contact(bank_client, referral)["phone"] == need.contact_phone
    Consent.objects.filter(need=need, direction=Direction.TO_INSTITUTION).update(
        replaced_at=timezone.now()
    )
    ConsentFactory(need=need, institution=referral.institution, groups=["identity", "wish"])
    assert contact(bank_client, referral) is None
    assert need.contact_phone not in bank_client.get(f"{URL}{referral.public_id}/").content.decode()


@pytest.mark.parametrize("status", ["withdrawn", "expired"])
def test_where_nothing_goes_on_nobody_is_named(firm_client, bank_client, referral, status):
    referral.status, referral.ended_at = status, timezone.now()
    referral.save()
    assert contact(firm_client, referral) is None
    assert contact(bank_client, referral) is None
