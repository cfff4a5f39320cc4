"""What waits today on an institution's first page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backend.organizations.enums import Rank, Role
from backend.referrals.inbox import InboxPart, count_parts
from backend.referrals.models import Referral
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory


def home(client):
    return client.get(reverse("portal:institution"))


@pytest.fixture
def referral(bank_actor):
    return ReferralFactory(institution=bank_actor.organization)


def due(referral, days):
    Referral.objects.filter(pk=referral.pk).update(
        next_due_on=referral.sent_at.date() + timedelta(days=days)
    )


def test_the_page_counts_what_is_new_late_and_unread(browse, bank_actor, referral):
    due(referral, -10)
    answer = home(browse(bank_actor))
    parts = answer.context["parts"]
    assert (parts["new"], parts["late"], parts["soon"], parts["unread"]) == (1, 1, 0, 1)
    assert referral.need.firm.organization.name in answer.content.decode()
    assert f"{reverse('portal:institution_inbox')}?show=late" in answer.content.decode()


def test_what_is_due_today_is_due_soon_and_not_late(bank_actor, referral):
    Referral.objects.filter(pk=referral.pk).update(next_due_on=bank_actor.today)
    parts = count_parts(bank_actor)
    assert (parts[InboxPart.SOON], parts[InboxPart.LATE]) == (1, 0)


def test_the_sheet_that_brought_the_referral_is_linked(browse, bank_actor, referral):
    address = reverse("portal:institution_sheets_one", args=[referral.sheet.public_id])
    assert address in home(browse(bank_actor)).content.decode()


def test_a_new_institution_reads_what_to_expect(browse, bank_actor):
    text = home(browse(bank_actor)).content.decode()
    assert "没有在办的推送" in text
    assert "还没有收到清单" in text


def test_another_bank_sees_nothing_of_it(browse, referral):
    rival = make_actor(organization__bank=True, role=Role.INSTITUTION)
    assert referral.need.code not in home(browse(rival)).content.decode()


def test_an_officer_opens_it_and_a_firm_does_not(browse, bank_actor, firm_actor):
    officer = make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )
    assert home(browse(officer)).status_code == 200
    assert home(browse(firm_actor)).status_code == 404


def test_the_search_finds_codes_and_never_a_masked_firm_by_name(browse, bank_actor):
    hidden = ReferralFactory(institution=bank_actor.organization, with_consents=False)
    client = browse(bank_actor)
    inbox = reverse("portal:institution_inbox")
    found = client.get(inbox, {"show": "all", "q": hidden.need.code})
    assert [row.referral for row in found.context["rows"]] == [hidden]
    by_name = client.get(inbox, {"show": "all", "q": hidden.need.firm.organization.name})
    assert by_name.context["rows"] == []


def test_the_page_asks_the_same_number_of_questions_for_any_number(
    browse, bank_actor, count_queries
):
    client = browse(bank_actor)
    ReferralFactory(institution=bank_actor.organization)
    home(client)
    few = count_queries(lambda: home(client))
    ReferralFactory.create_batch(4, institution=bank_actor.organization)
    assert count_queries(lambda: home(client)) == few
