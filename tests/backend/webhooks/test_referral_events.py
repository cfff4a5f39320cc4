"""What institutions' systems hear of the mechanism, from the service to the message."""

import json

import pytest
from django.utils import timezone

from backend.consents.services import withdraw_consent
from backend.journal.tasks import sweep_events
from backend.organizations.enums import Role
from backend.referrals.models import Referral
from backend.referrals.services import outcomes, recall, rosters
from backend.referrals.services.assigning import assign_referral
from backend.referrals.services.documents import ask_for_documents, give_documents
from backend.webhooks.models import WebhookMessage
from tests.factories.consents import ConsentFactory, RosterConsentFactory
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.lists import HEAD, consent_to, make_office, open_needs
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.referrals import DrawdownFactory, ReferralFactory, make_sent
from tests.factories.webhooks import EndpointFactory

pytestmark = pytest.mark.django_db

EVENTS = [
    "referral.sent",
    "referral.withdrawn",
    "referral.documents_given",
    "referral_list.recalled",
    "referral_list.sent",
    "drawdown.reviewed",
]


def messages(endpoint, kind):
    """Relay what is due and return the data of an endpoint's messages of one type."""
    sweep_events()
    rows = WebhookMessage.objects.filter(endpoint=endpoint, type=kind).order_by("pk")
    return [json.loads(row.body)["data"] for row in rows]


def endpoint_of(organization):
    return EndpointFactory(organization=organization, event_types=EVENTS)


def test_a_sent_list_is_one_message_per_referral_and_none_for_withdrawn_consents():
    office = make_office(banks=2)
    needs = open_needs(3)
    consent_to(needs, office.banks)
    first, second = map(endpoint_of, office.banks)
    other = endpoint_of(OrganizationFactory(bank=True))
    approved = office.approve(office.draft(per_need=2))
    consent = needs[0].consents.get(institution=office.banks[0])
    firm = make_actor(organization=needs[0].firm.organization, proved=True)
    withdraw_consent(actor=firm, consent=consent, now=timezone.now())

    office.send(approved)

    for bank, endpoint, count in ((office.banks[0], first, 2), (office.banks[1], second, 3)):
        told = messages(endpoint, "referral.sent")
        sent = Referral.objects.filter(institution=bank)
        assert len(told) == count
        assert {row["referral_id"] for row in told} == {str(one.public_id) for one in sent}
        assert all(row.keys() == {"referral_id", "revision"} for row in told)
    assert messages(other, "referral.sent") == []


def test_a_recalled_list_tells_who_had_a_sheet_once_and_names_nobody_else():
    office = make_office(banks=2)
    needs = open_needs(2)
    consent_to(needs, office.banks)
    endpoints = list(map(endpoint_of, office.banks))
    sent = office.draft_and_send(per_need=2).referral_list

    recall.recall_list(
        actor=office.officer,
        referral_list=sent,
        reason="附件有误",
        expected_revision=None,
        now=timezone.now(),
    )

    for endpoint in endpoints:
        assert messages(endpoint, "referral_list.recalled") == [
            {"referral_list_id": str(sent.public_id)}
        ]
        assert len(messages(endpoint, "referral.withdrawn")) == 2


def test_a_roster_tells_whom_it_was_sent_to_by_the_list_alone():
    """It begins no referral; each institution finds its own sheet by the list."""
    office = make_office(banks=3)
    firm = FirmFactory(qualifications_known=True)
    FirmQualificationFactory(firm=firm, code="high_tech", valid_until=None)
    for bank in office.banks[:2]:
        RosterConsentFactory(firm=firm, institution=bank)
    endpoints = list(map(endpoint_of, office.banks))
    drafted = rosters.draft_roster(
        actor=office.officer, qualifications=["high_tech"], now=timezone.now()
    )

    rosters.send_roster(
        actor=office.officer,
        referral_list=office.approve(drafted),
        expected_revision=None,
        now=timezone.now(),
        **HEAD,
    )

    told = [messages(endpoint, "referral_list.sent") for endpoint in endpoints]
    named = [{"referral_list_id": str(drafted.public_id)}]
    assert told == [named, named, []]
    assert messages(endpoints[0], "referral.sent") == []


def test_a_list_of_needs_tells_that_its_sheet_is_there_besides_its_referrals():
    office = make_office(banks=1)
    consent_to(open_needs(2), office.banks)
    (endpoint,) = map(endpoint_of, office.banks)

    sent = office.draft_and_send().referral_list

    assert messages(endpoint, "referral_list.sent") == [{"referral_list_id": str(sent.public_id)}]
    assert len(messages(endpoint, "referral.sent")) == 2


def test_the_branch_that_works_on_it_and_the_bank_above_hear_of_documents():
    bank_actor = make_actor(organization__bank=True, role=Role.INSTITUTION)
    bank = bank_actor.organization
    branch = OrganizationFactory(bank=True, parent=bank)
    firm = make_actor(proved=True)
    need = NeedFactory(in_referral=True, firm=FirmFactory(organization=firm.organization))
    referral = make_sent(need=need, institution=bank)
    of_bank, of_branch = endpoint_of(bank), endpoint_of(branch)
    what = {"referral": referral, "expected_revision": None, "now": timezone.now()}
    ask_for_documents(actor=bank_actor, names=["审计报告"], **what)
    assign_referral(actor=bank_actor, unit_code=branch.code, **what)

    give_documents(actor=firm, names=["审计报告"], **what)

    for endpoint in (of_bank, of_branch):
        (told,) = messages(endpoint, "referral.documents_given")
        assert told["referral_id"] == str(referral.public_id)


def test_a_confirmed_drawdown_is_told_by_its_ids():
    firm = make_actor(proved=True)
    need = NeedFactory(in_referral=True, firm=FirmFactory(organization=firm.organization))
    drawdown = DrawdownFactory(referral=ReferralFactory(need=need, funded=True))
    endpoint = endpoint_of(drawdown.referral.institution)

    outcomes.confirm_outcome(
        actor=firm,
        referral=drawdown.referral,
        drawdown=drawdown,
        expected_revision=None,
        now=timezone.now(),
    )

    (told,) = messages(endpoint, "drawdown.reviewed")
    assert told["drawdown_id"] == str(drawdown.public_id)
    assert told["referral_id"] == str(drawdown.referral.public_id)


def test_a_withdrawal_after_the_sending_is_told_as_a_withdrawal():
    referral = make_sent(with_consents=False)
    consent = ConsentFactory(need=referral.need, institution=referral.institution)
    referral.need.open_to_others = False
    referral.need.save()
    endpoint = endpoint_of(referral.institution)
    firm = make_actor(organization=referral.need.firm.organization, proved=True)

    withdraw_consent(actor=firm, consent=consent, now=timezone.now())

    messages(endpoint, "referral.withdrawn")  # the consent's own event comes first
    (told,) = messages(endpoint, "referral.withdrawn")
    assert told["referral_id"] == str(referral.public_id)
