"""Rosters: firms with a qualification, named only where they agreed to it."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import FieldGroup
from backend.consents.models import Disclosure
from backend.exchange.returned_import import import_returned
from backend.exchange.sheet_workbook import write_sheet
from backend.organizations.enums import Role
from backend.referrals.enums import ListStatus, Obstacle
from backend.referrals.list_selectors import compare_sheets, preview_list
from backend.referrals.models import Referral, Sheet
from backend.referrals.services import dispatch, recall, rosters
from matching.exchange.workbook.parser import parse_sheets
from tests.factories.consents import RosterConsentFactory
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.lists import HEAD, consent_to, make_office, open_needs
from tests.factories.organizations import OrganizationFactory, make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=2)


def holder(office, *banks, code="high_tech", **values):
    """Return a firm that holds a qualification and agreed to be named to some banks."""
    firm = FirmFactory(qualifications_known=True, **values)
    FirmQualificationFactory(firm=firm, code=code, valid_until=None)
    for bank in banks:
        RosterConsentFactory(firm=firm, institution=bank)
    return firm


def draft(office, **values):
    return rosters.draft_roster(
        **{
            "actor": office.officer,
            "qualifications": ["high_tech"],
            "now": timezone.now(),
            **values,
        }
    )


def send(office, drafted):
    approved = office.approve(drafted)
    return dispatch.send(
        actor=office.officer,
        referral_list=approved,
        expected_revision=None,
        now=timezone.now(),
        **HEAD,
    )


def pairs(drafted):
    return {(row.firm, row.institution) for row in drafted.roster_rows.standing()}


def withdraw(firm):
    firm.roster_consents.update(withdrawn_at=timezone.now())


def test_it_holds_whoever_holds_the_qualification_and_agreed_for_that_institution(office):
    first, second = office.banks
    both = holder(office, first, second)
    one = holder(office, first)
    holder(office)  # nobody was allowed to name it
    holder(office, first, code="tech_sme")
    drafted = draft(office)
    assert pairs(drafted) == {(both, first), (both, second), (one, first)}
    assert drafted.roster_criteria["qualifications"] == ["high_tech"]


def test_region_day_institution_and_agreement_narrow_it(office):
    first, second = office.banks
    near = holder(office, first, second)
    holder(office, first, organization__region__code="220202")
    lapsed = holder(office, first)
    lapsed.qualifications.update(valid_until=timezone.localdate() - timedelta(days=1))
    stranger = OrganizationFactory(bank=True)
    RosterConsentFactory(firm=near, institution=stranger)
    drafted = draft(office, region="220100", institutions=[first, stranger])
    assert pairs(drafted) == {(near, first)}
    with pytest.raises(InvalidInput, match="行政区划"):
        draft(office, region="999999")


def test_a_consent_to_a_bank_covers_its_branches_only(office):
    bank = office.banks[0]
    branch = OrganizationFactory(bank=True, parent=bank)
    above = holder(office, bank)
    below = holder(office, branch)
    assert pairs(draft(office, institutions=[branch])) == {(above, branch), (below, branch)}
    assert pairs(draft(office, institutions=[bank])) == {(above, bank)}


def test_firms_are_taken_off_and_added_with_reasons_and_consent_only(office):
    bank = office.banks[0]
    firm, other = holder(office, bank), holder(office, bank)
    drafted = draft(office)
    row = drafted.roster_rows.get(firm=firm)
    what = {"actor": office.officer, "referral_list": drafted, "expected_revision": None}
    rosters.remove_firm(**what, row=row, reason="企业要求", now=timezone.now())
    assert pairs(drafted) == {(other, bank)}
    rosters.add_firm(**what, firm=firm, institution=bank, reason="企业已同意恢复")
    assert (firm, bank) in pairs(drafted)
    with pytest.raises(StateConflict, match="已在名单"):
        rosters.add_firm(**what, firm=firm, institution=bank, reason="重复")
    silent = holder(office)
    with pytest.raises(StateConflict, match="没有同意"):
        rosters.add_firm(**what, firm=silent, institution=bank, reason="推荐")


def test_sending_tells_only_what_was_agreed_begins_no_referral_and_is_in_the_ledger(office):
    bank = office.banks[0]
    firm = holder(office)
    RosterConsentFactory(firm=firm, institution=bank, groups=[FieldGroup.IDENTITY])
    sent = send(office, draft(office))
    (sheet,) = sent.sheets
    content = json.loads(bytes(Sheet.objects.get(pk=sheet.pk).content))
    (row,) = content["rows"]
    assert (content["format"], content["totals"]) == ("kerong-roster/1", {"firms": 1})
    assert (row["firm_name"], row["listed_for"]) == (firm.organization.name, ["high_tech"])
    assert "stage" not in row
    assert not Referral.objects.exists()
    entry = Disclosure.objects.get()
    assert (entry.firm, entry.need, entry.institution) == (firm, None, bank)
    assert {"firm_name", "uscc"} == set(entry.fields)
    assert entry.roster_consent.firm == firm


def test_a_firm_that_took_its_consent_back_is_in_no_sheet(office):
    bank = office.banks[0]
    stays, leaves = holder(office, bank), holder(office, bank)
    drafted = draft(office)
    withdraw(leaves)
    assert list(preview_list(drafted, day=timezone.localdate()).fallen.values()) == [
        Obstacle.CONSENT_ENDED
    ]
    sent = send(office, drafted)
    assert {row.firm for row in sent.fallen} == {leaves}
    text = bytes(Sheet.objects.get().content).decode()
    assert stays.organization.name in text
    assert leaves.organization.name not in text
    assert leaves.organization.code not in text


def test_what_was_sent_cannot_be_changed_and_goes_out_once(office):
    holder(office, office.banks[0])
    sent = send(office, draft(office)).referral_list
    assert sent.status == ListStatus.SENT
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        sent.roster_rows.update(added_reason="改")
    with pytest.raises(StateConflict):
        dispatch.send(
            actor=office.officer,
            referral_list=sent,
            expected_revision=None,
            now=timezone.now(),
            **HEAD,
        )


def test_the_next_roster_says_who_is_new_goes_on_and_was_withdrawn(office):
    bank = office.banks[0]
    stays, leaves = holder(office, bank), holder(office, bank)
    first = send(office, draft(office)).sheets[0]
    consent_to(open_needs(1), [bank])
    office.draft_and_send()  # a list of needs in between is another matter
    withdraw(leaves)
    joins = holder(office, bank)
    second = Sheet.objects.get(pk=send(office, draft(office)).sheets[0].pk)
    assert second.previous == first
    assert second.version == first.version + 2
    kinds = sorted(one["change"] for one in compare_sheets(second, first))
    assert kinds == ["new", "same", "withdrawn"]
    content = json.loads(bytes(second.content))
    assert {row["firm_name"]: row["change"] for row in content["rows"]} == {
        stays.organization.name: "same",
        joins.organization.name: "new",
    }
    assert leaves.organization.code not in bytes(second.content).decode()


def fetch(office, sheet):
    manager = make_actor(organization=sheet.institution, role=Role.INSTITUTION)
    data = write_sheet(actor=manager, sheet=sheet, now=timezone.now())
    (page,) = parse_sheets(data)
    return manager, [[cell for cell in row if cell is not None] for row in page.rows]


def test_the_workbook_shows_what_was_sent_without_what_was_taken_back_since(office):
    bank = office.banks[0]
    stays, leaves = holder(office, bank), holder(office, bank)
    sheet = send(office, draft(office)).sheets[0]
    withdraw(leaves)
    before = Disclosure.objects.count()
    _, rows = fetch(office, sheet)
    cells = {cell for row in rows for cell in row}
    assert stays.organization.name in cells
    assert leaves.organization.name not in cells
    assert f"sha256:{sheet.digest}" in cells
    assert "高新技术企业" in cells
    assert Disclosure.objects.count() == before + 1


def test_a_roster_has_no_answers_to_read_back(office):
    holder(office, office.banks[0])
    sheet = send(office, draft(office)).sheets[0]
    manager = make_actor(organization=sheet.institution, role=Role.INSTITUTION)
    with pytest.raises(StateConflict, match="不需填写回执"):
        import_returned(actor=manager, sheet=sheet, data=b"", now=timezone.now())


def test_after_a_recall_nobody_is_named(office):
    firm = holder(office, office.banks[0])
    sent = send(office, draft(office))
    recall.recall_list(
        actor=office.officer,
        referral_list=sent.referral_list,
        reason="文号有误",
        expected_revision=None,
        now=timezone.now(),
    )
    _, rows = fetch(office, Sheet.objects.get())
    assert firm.organization.name not in {cell for row in rows for cell in row}


def test_sending_takes_as_many_queries_for_many_firms_as_for_few(office, count_queries):
    def queries_for(count):
        for _ in range(count):
            holder(office, *office.banks)
        approved = office.approve(draft(office))
        what = {"expected_revision": None, "now": timezone.now(), **HEAD}
        return count_queries(
            lambda: dispatch.send(actor=office.officer, referral_list=approved, **what)
        )

    queries_for(1)  # from then on there is a sheet before
    assert queries_for(2) == queries_for(8)
