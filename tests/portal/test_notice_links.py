"""Every kind of message leads somewhere that its reader may open."""

import pytest
from django.urls import reverse

from backend.notifications.enums import SubjectKind
from backend.notifications.reading import Read
from backend.notifications.registry import MESSAGES
from backend.organizations.enums import Role
from backend.portal.notice_links import page_about
from tests.factories.activities import IntentFactory, ProjectFactory
from tests.factories.catalogue import PolicyFactory, ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.partners import AgreementFactory
from tests.factories.referrals import (
    DrawdownFactory,
    MatterFactory,
    ReferralFactory,
)

# What has no page of its own for the department: policies are the institutions', agreements
# are kept by the API.
WITHOUT_PAGE = {("department", SubjectKind.POLICY), ("department", SubjectKind.AGREEMENT)}
TOLD = sorted({(code.split(".")[0], one.subject) for code, one in MESSAGES.items()})


@pytest.fixture
def subjects(firm_actor, bank_actor, department_actor):
    firm = FirmFactory(organization=firm_actor.organization)
    need = NeedFactory(firm=firm, in_referral=True)
    bank = bank_actor.organization
    referral = ReferralFactory(need=need, institution=bank, funded=True)
    other = NeedFactory(firm=firm, open=True)
    return {
        SubjectKind.NEED: need,
        SubjectKind.REFERRAL: referral,
        SubjectKind.DRAWDOWN: DrawdownFactory(referral=referral),
        SubjectKind.LIST: referral.list_row.referral_list,
        SubjectKind.SHEET: referral.sheet,
        SubjectKind.MATTER: MatterFactory(referral=referral),
        SubjectKind.CONSENT: ConsentFactory(need=other, institution=bank),
        SubjectKind.AGREEMENT: AgreementFactory(institution=bank),
        SubjectKind.PRODUCT: ProductFactory(institution=bank),
        SubjectKind.POLICY: PolicyFactory(institution=bank),
        SubjectKind.ENDPOINT: None,
        SubjectKind.INTENT: IntentFactory(
            project=ProjectFactory(need=other, listed=True), institution=bank
        ),
        SubjectKind.DATA_REQUEST: DataRequestFactory(firm=firm),
    }


@pytest.mark.parametrize(("role", "kind"), TOLD)
def test_a_message_leads_to_a_page_that_opens(
    browse, firm_actor, bank_actor, department_actor, subjects, role, kind
):
    actor = {"firm": firm_actor, "institution": bank_actor, "department": department_actor}[role]
    read = Read("标题", "内容", None, is_open=True, kind=kind, subject=subjects[kind])
    address = page_about(read, actor)
    if (role, kind) in WITHOUT_PAGE:
        assert address is None
    else:
        assert browse(actor).get(address).status_code == 200, address


def test_a_referral_leads_each_side_to_its_own_page(
    firm_actor, bank_actor, department_actor, subjects
):
    referral = subjects[SubjectKind.REFERRAL]
    read = Read("", "", None, is_open=True, kind=SubjectKind.REFERRAL, subject=referral)
    need = [referral.need.public_id]
    assert page_about(read, firm_actor) == reverse("portal:firm_need", args=need)
    assert page_about(read, department_actor) == reverse(
        "portal:department_needs_detail", args=need
    )
    assert page_about(read, bank_actor) == reverse(
        "portal:institution_inbox_referral", args=[referral.public_id]
    )


def test_incubators_read_of_their_tenants_needs_on_their_list(incubator_actor, subjects):
    read = Read("", "", None, True, kind=SubjectKind.NEED, subject=subjects[SubjectKind.NEED])
    assert incubator_actor.role == Role.INCUBATOR
    assert page_about(read, incubator_actor) == reverse("portal:incubator_needs")
