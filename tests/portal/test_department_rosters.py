"""Rosters of firms in pages: drafted by qualification, edited with reasons, sent like a list."""

import pytest
from django.urls import reverse

from backend.referrals.enums import ListKind, ListStatus
from backend.referrals.models import ReferralList
from tests.factories.consents import RosterConsentFactory
from tests.factories.firms import FirmQualificationFactory
from tests.factories.lists import make_office
from tests.portal.test_department_lists import head, page, press

NEW = reverse("portal:department_lists_roster")


@pytest.fixture
def office(db):
    return make_office(banks=2)


def agree(office, *, bank: int = 0):
    """Let a firm that holds 高新技术企业 stand on rosters for one of the banks."""
    held = FirmQualificationFactory(code="high_tech", valid_until=None)
    RosterConsentFactory(firm=held.firm, institution=office.banks[bank])
    return held.firm


def draft(client, **changes):
    told = {"qualifications": ["high_tech"], "region": "", "title": "", "press": "new", **changes}
    return client.post(NEW, told, follow=True)


def test_a_roster_is_drafted_once_and_names_who_agreed(browse, office):
    firm, silent = agree(office), FirmQualificationFactory(code="high_tech", valid_until=None).firm
    client = browse(office.officer)
    for _ in range(2):
        answer = draft(client)
    drafted = ReferralList.objects.get()
    assert drafted.kind == ListKind.ROSTER
    text = answer.content.decode()
    assert firm.organization.name in text
    assert "高新技术企业" in text
    assert silent.organization.name not in text


def test_only_the_chosen_institutions_are_named(browse, office):
    kept, left = agree(office, bank=0), agree(office, bank=1)
    text = draft(browse(office.officer), institutions=[office.banks[0].code]).content.decode()
    assert kept.organization.name in text
    assert left.organization.name not in text


def test_without_a_qualification_the_field_says_so(browse, office):
    answer = browse(office.officer).post(NEW, {"title": ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"qualifications"}


def test_an_empty_roster_says_why(browse, office):
    assert "没有企业既持有所选资质" in draft(browse(office.officer)).content.decode()


def test_a_firm_is_taken_off_and_put_on_again_with_reasons(browse, office):
    firm = agree(office)
    client = browse(office.officer)
    draft(client)
    roster = ReferralList.objects.get()
    row = roster.roster_rows.get()
    press(client, roster, "remove_firm", row.public_id, reason="经营异常")
    row.refresh_from_db()
    assert row.removed_reason == "经营异常"
    assert "经营异常" in client.get(page(roster), {"tab": "removed"}).content.decode()
    told = {"uscc": firm.organization.code, "institution": office.banks[0].code, "reason": "已恢复"}
    press(client, roster, "add_firm", **told)
    assert roster.roster_rows.standing().get().added_reason == "已恢复"


def test_a_firm_without_consent_is_refused_with_the_reason(browse, office):
    agree(office)
    silent = FirmQualificationFactory(code="high_tech", valid_until=None).firm
    client = browse(office.officer)
    draft(client)
    roster = ReferralList.objects.get()
    answer = press(
        client,
        roster,
        "add_firm",
        uscc=silent.organization.code,
        institution=office.banks[0].code,
        reason="补充",
    )
    assert answer.status_code == 422
    assert "不能列入名单" in answer.content.decode()


def test_an_unknown_code_is_named_at_its_field(browse, office):
    agree(office)
    client = browse(office.officer)
    draft(client)
    answer = press(
        client,
        ReferralList.objects.get(),
        "add_firm",
        uscc="nobody",
        institution=office.banks[0].code,
        reason="补充",
    )
    assert answer.context["form"].errors.keys() == {"uscc"}


def test_a_roster_is_signed_previewed_and_sent_like_a_list(browse, office):
    firm = agree(office)
    client = browse(office.officer)
    draft(client)
    roster = ReferralList.objects.get()
    assert firm.organization.name in client.get(page(roster, "preview")).content.decode()
    office.approve(roster)
    press(client, roster, "send", **head())
    roster.refresh_from_db()
    assert roster.status == ListStatus.SENT
    sheet = roster.sheets.get()
    assert sheet.institution == office.banks[0]
    shown = client.get(page(roster, "sheet", sheet.public_id)).content.decode()
    assert firm.organization.name in shown


def test_others_do_not_draft_rosters(browse, firm_actor, client):
    assert browse(firm_actor).get(NEW).status_code == 404
    assert client.get(NEW).url.startswith(reverse("portal:sign_in"))
