"""Drafting a list by allocation: who goes where, and who goes nowhere and why."""

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.journal.models import Event
from backend.needs.enums import Attitude
from backend.organizations.enums import Role
from backend.referrals.enums import ReferralStatus
from backend.referrals.models import Referral
from backend.referrals.services import drafting
from tests.factories.consents import ConsentFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory

pytestmark = pytest.mark.django_db


def pairs_of(drafted):
    return {(row.need.code, row.institution.code) for row in drafted.rows.all()}


def reason_of(drafted, need):
    return drafted.unplaced.get(need=need).reason


def test_each_need_goes_to_as_many_institutions_as_asked_for():
    office = make_office(banks=3)
    needs = open_needs(2)
    drafted = office.draft(per_need=2)
    assert drafted.rows.count() == 4
    assert {row.need for row in drafted.rows.all()} == set(needs)
    assert not drafted.unplaced.exists()
    assert Event.objects.get(type="referral_list.drafted").payload["rows"] == 4


def test_a_row_keeps_what_ranking_learns_from():
    office = make_office()
    office.add_bank(agreed=False, annual_rate_min=0.02, approval_days=1, stages=["growth"])
    office.add_bank()
    (need,) = open_needs(1, firm__profiled=True)
    drafted = office.draft()
    (row,) = drafted.rows.all()
    assert row.position == 2, "the better product of a stranger stands before it"
    ranked = drafted.match_run.rows.get(need=need)
    assert ranked.product_version_ids[row.position - 1] == row.product_version_id
    assert ranked.scores[row.position - 1] == row.score
    assert row.need_revision == need.revision
    assert "library=" in row.model_version
    assert row.catalogue_version > 0
    assert row.product_version == office.products[1].current_version


def test_capacities_are_kept_and_the_rest_is_told():
    office = make_office()
    bank = office.add_bank(capacity=2)
    needs = open_needs(3)
    drafted = office.draft()
    assert drafted.rows.count() == 2
    (left,) = drafted.unplaced.all()
    assert left.need in needs
    assert (left.reason, left.institutions) == ("capacity", [bank.code])


def test_an_institution_without_a_live_agreement_gets_nothing():
    office = make_office()
    stranger = office.add_bank(agreed=False)
    former = office.add_bank(agreed=False)
    AgreementFactory(department=office.department, institution=former, ended=True)
    (need,) = open_needs(1)
    drafted = office.draft()
    assert not drafted.rows.exists()
    assert reason_of(drafted, need) == "no_agreement"
    assert drafted.unplaced.get().institutions == sorted([stranger.code, former.code])


def test_a_branch_works_under_the_agreement_of_the_unit_above():
    office = make_office()
    branch = office.add_bank(agreed=False)
    branch.parent = OrganizationFactory(bank=True)
    branch.save()
    AgreementFactory(department=office.department, institution=branch.parent)
    open_needs(1)
    assert {row.institution for row in office.draft().rows.all()} == {branch}


def test_the_firms_first_choice_comes_before_others():
    office = make_office(banks=2)
    (need,) = open_needs(1)
    NamedInstitutionFactory(need=need, institution=office.banks[1])
    assert pairs_of(office.draft(per_need=1)) == {(need.code, office.banks[1].code)}


def test_an_institution_that_the_firm_excludes_gets_nothing():
    office = make_office(banks=1)
    (need,) = open_needs(1)
    NamedInstitutionFactory(
        need=need, institution=office.banks[0], attitude=Attitude.EXCLUDED, position=1
    )
    drafted = office.draft()
    assert not drafted.rows.exists()
    assert reason_of(drafted, need) == "no_candidate"


def test_a_closed_need_goes_only_to_whom_it_authorised():
    office = make_office(banks=2)
    (need,) = open_needs(1, open_to_others=False)
    ConsentFactory(need=need, institution=office.banks[1])
    assert pairs_of(office.draft()) == {(need.code, office.banks[1].code)}


def test_a_closed_need_without_any_consent_is_not_listed_and_the_draft_says_so():
    office = make_office(banks=2)
    unnamed, named = open_needs(2, open_to_others=False)
    NamedInstitutionFactory(need=named, institution=office.banks[0])
    drafted = office.draft()
    assert not drafted.rows.exists()
    assert reason_of(drafted, unnamed) == "no_consent"
    assert reason_of(drafted, named) == "no_consent"


def test_an_open_need_without_consent_is_listed_to_go_masked():
    office = make_office(banks=1)
    (need,) = open_needs(1)
    assert pairs_of(office.draft()) == {(need.code, office.banks[0].code)}


@pytest.mark.parametrize("ended", ["withdrawn", "expired"])
def test_whoever_took_a_consent_back_is_not_proposed_to_that_institution(ended):
    office = make_office(banks=2)
    (need,) = open_needs(1)
    ConsentFactory(need=need, institution=office.banks[0], **{ended: True})
    assert pairs_of(office.draft()) == {(need.code, office.banks[1].code)}


@pytest.mark.parametrize("status", [ReferralStatus.DECLINED, ReferralStatus.RETURNED])
def test_whoever_declined_or_returned_a_need_is_not_asked_again(status):
    office = make_office(banks=2)
    (need,) = open_needs(1)
    consent_to([need], office.banks)
    sent = office.draft_and_send(per_need=1).referrals[0]
    reasons = ["amount"] if status == ReferralStatus.DECLINED else []
    Referral.objects.filter(pk=sent.pk).update(
        status=status,
        decline_reasons=reasons,
        answered_at=timezone.now(),
        ended_at=timezone.now(),
    )
    need.status = "open"
    need.save()
    other = next(bank for bank in office.banks if bank != sent.institution)
    assert pairs_of(office.draft()) == {(need.code, other.code)}


def test_only_open_needs_of_the_run_are_listed():
    office = make_office(banks=1)
    stays, withdrawn = open_needs(2)
    run = MatchRunFactory(actor=office.officer, finished=True)
    withdrawn.status, withdrawn.withdrawn_at = "withdrawn", timezone.now()
    withdrawn.save()
    came_later = NeedFactory(open=True)
    drafted = drafting.draft_list(actor=office.officer, match_run=run, now=timezone.now())
    assert {row.need for row in drafted.rows.all()} == {stays}
    assert came_later.code not in {row.need.code for row in drafted.rows.all()}


def test_a_run_that_has_not_finished_makes_no_list():
    office = make_office(banks=1)
    open_needs(1)
    run = MatchRunFactory(actor=office.officer)
    with pytest.raises(StateConflict, match="尚未完成"):
        drafting.draft_list(actor=office.officer, match_run=run, now=timezone.now())


@pytest.mark.parametrize("per_need", [0, 21])
def test_an_impossible_fan_out_is_refused(per_need):
    office = make_office(banks=1)
    with pytest.raises(InvalidInput, match="1 至 20"):
        office.draft(per_need=per_need)


def test_a_bank_drafts_nothing():
    office = make_office(banks=1)
    bank = make_actor(organization=office.banks[0], role=Role.INSTITUTION)
    run = MatchRunFactory(actor=office.officer, finished=True)
    with pytest.raises(NotPermitted):
        drafting.draft_list(actor=bank, match_run=run, now=timezone.now())


def test_drafting_takes_as_many_queries_for_many_needs_as_for_few(count_queries):
    office = make_office(banks=2)
    open_needs(2)
    run = MatchRunFactory(actor=office.officer, finished=True)
    draft = {"actor": office.officer, "now": timezone.now()}
    drafting.draft_list(match_run=run, **draft)
    few = count_queries(lambda: drafting.draft_list(match_run=run, **draft))
    open_needs(12)
    run = MatchRunFactory(actor=office.officer, finished=True)
    assert count_queries(lambda: drafting.draft_list(match_run=run, **draft)) == few
