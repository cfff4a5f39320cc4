"""A granted deletion removes what no duty keeps, all or nothing, and says what stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import NotPermitted, StateConflict
from backend.consents.models import Consent, Disclosure, RosterConsent
from backend.data_requests import services
from backend.data_requests.enums import RequestKind
from backend.data_requests.models import DataRequest
from backend.journal.models import Event
from backend.journal.services import sweep
from backend.needs.enums import NeedStatus
from backend.needs.models import NeedDocument
from backend.organizations.enums import Rank
from backend.referrals.models import Referral, ReferralStep
from tests.factories.activities import ProjectFactory
from tests.factories.consents import ConsentFactory, DisclosureFactory, RosterConsentFactory
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import FactFactory, FirmFactory, FirmQualificationFactory
from tests.factories.needs import NamedInstitutionFactory, NeedDocumentFactory, NeedFactory
from tests.factories.organizations import MembershipFactory, make_actor
from tests.factories.partners import ContactFactory
from tests.factories.referrals import ReferralStepFactory, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization, profiled=True)


def ask(actor, firm, kind=RequestKind.DELETION):
    return services.open_request(
        actor=actor,
        firm=firm,
        kind=kind,
        what="本企业资料",
        why="不再使用平台",
        now=timezone.now(),
    )


def grant(actor, asked, **values):
    return services.grant_request(
        **{
            "actor": actor,
            "data_request": asked,
            "answer": "",
            "expected_revision": None,
            "now": timezone.now(),
            **values,
        }
    )


def ended_referral(firm):
    """A referral of the firm that its institution declined."""
    referral = make_sent(need=NeedFactory(firm=firm, in_referral=True, description="已推送的说明"))
    ReferralStepFactory(referral=referral)
    NeedDocumentFactory(need=referral.need)
    now = timezone.now()
    Referral.objects.filter(pk=referral.pk).update(
        status="declined",
        answered_at=now,
        ended_at=now,
        next_due_on=None,
        decline_reasons=["bank_internal"],
    )
    return referral


def test_texts_contacts_papers_and_drafts_go(firm_actor, department_actor, firm):
    bank = NamedInstitutionFactory(need=NeedFactory(firm=firm, description="草稿说明")).institution
    draft = firm.needs.get()
    waiting = NeedFactory(firm=firm, open=True, description="已核验的说明", dossier="方案")
    expired = NeedFactory(firm=firm, expired=True, description="过期的说明")
    NeedDocumentFactory(need=waiting)
    contact = ContactFactory(organization=firm.organization, agreed=True, agreement_evidence="1号")
    colleague = MembershipFactory(
        organization=firm.organization, rank=Rank.OFFICER, post="财务", user__phone="13900000000"
    )
    done = grant(department_actor, ask(firm_actor, firm))

    for need in (draft, waiting, expired):
        need.refresh_from_db()
        assert need.description == need.dossier == ""
    assert (draft.status, waiting.status) == (NeedStatus.WITHDRAWN, NeedStatus.WITHDRAWN)
    assert waiting.contact_name == waiting.contact_phone == ""
    assert expired.status == NeedStatus.EXPIRED
    assert (expired.contact_name, expired.contact_phone) == ("已删除", "已删除")
    assert draft.amount_max_yuan is None
    assert not draft.named_institutions.filter(institution=bank).exists()
    assert waiting.amount_max_yuan is not None  # its journal and runs rest on it
    assert not NeedDocument.objects.exists()
    firm.refresh_from_db()
    assert firm.description == ""
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.is_active) == ("已删除", "已删除", False)
    assert contact.agreement_evidence == "1号"  # the proof of a consent is a record
    assert not contact.is_nameable
    colleague.refresh_from_db()
    assert (colleague.post, colleague.user.phone) == ("", "")
    assert colleague.user.display_name
    assert done.removed["needs"] == 3
    assert done.removed["papers"] == 1
    assert done.removed["contacts"] == 1


def test_live_consents_end_by_the_hand_of_whoever_asked(firm_actor, department_actor, firm):
    need = NeedFactory(firm=firm, open=True)
    consents = [ConsentFactory(need=need), ConsentFactory(need=need, reverse=True)]
    on_roster = RosterConsentFactory(firm=firm)
    done = grant(department_actor, ask(firm_actor, firm))
    for consent in (*consents, on_roster):
        consent.refresh_from_db()
        assert consent.withdrawn_by == firm_actor.user
    assert done.removed["consents"] == 3
    assert not Consent.objects.standing().exists()
    assert not RosterConsent.objects.standing().exists()
    assert Event.objects.filter(type="consent.withdrawn").count() == 2


def test_what_was_referred_shown_or_recorded_stays(firm_actor, department_actor, firm):
    referral = ended_referral(firm)
    DisclosureFactory(consent=ConsentFactory(need=referral.need))
    FactFactory(firm=firm)
    FirmQualificationFactory(firm=firm)
    events = Event.objects.count()
    grant(department_actor, ask(firm_actor, firm))
    referral.need.refresh_from_db()
    assert referral.need.description == "已推送的说明"
    assert referral.need.contact_name
    assert referral.need.papers.count() == 1
    assert ReferralStep.objects.filter(referral=referral).exists()
    assert Disclosure.objects.filter(firm=firm).exists()
    assert firm.facts.exists()
    assert firm.qualifications.exists()
    assert Event.objects.count() > events
    assert "至少保存三年" in services.KEPT


def test_projects_are_taken_down_and_drafts_of_them_deleted(firm_actor, department_actor, firm):
    listed = ProjectFactory(need=NeedFactory(firm=firm, open=True), listed=True)
    draft = ProjectFactory(need=NeedFactory(firm=firm, open=True))
    grant(department_actor, ask(firm_actor, firm))
    listed.refresh_from_db()
    assert listed.status == "withdrawn"
    assert not type(draft).objects.filter(pk=draft.pk).exists()


def test_a_referral_under_way_is_named_and_nothing_is_removed(firm_actor, department_actor, firm):
    waiting = NeedFactory(firm=firm, open=True, description="说明")
    consent = ConsentFactory(need=waiting)
    referral = make_sent(need=NeedFactory(firm=firm, in_referral=True))
    asked = ask(firm_actor, firm)
    with pytest.raises(StateConflict) as refused:
        grant(department_actor, asked)
    assert refused.value.code == "referral_under_way"
    assert referral.need.code in refused.value.message
    assert referral.institution.name in refused.value.message
    for row in (waiting, consent, asked):
        row.refresh_from_db()
    assert (waiting.description, consent.withdrawn_at, asked.status) == ("说明", None, "open")


def test_a_failure_halfway_removes_nothing(firm_actor, department_actor, firm, monkeypatch):
    need = NeedFactory(firm=firm, open=True, description="说明")
    consent = ConsentFactory(need=need)
    asked = ask(firm_actor, firm)

    def fail(**_values):
        raise RuntimeError("halfway")

    monkeypatch.setattr("backend.data_requests.erasure.forget_people", fail)
    with pytest.raises(RuntimeError, match="halfway"):
        grant(department_actor, asked)
    for row in (need, consent, asked):
        row.refresh_from_db()
    assert (need.description, consent.withdrawn_at, asked.status) == ("说明", None, "open")


def test_a_second_deletion_finds_nothing_to_remove(firm_actor, department_actor, firm):
    NeedDocumentFactory(need=NeedFactory(firm=firm, open=True))
    NeedFactory(firm=firm, expired=True)
    ContactFactory(organization=firm.organization)
    grant(department_actor, ask(firm_actor, firm))
    revisions = list(firm.needs.values_list("revision", flat=True))
    again = grant(department_actor, ask(firm_actor, firm))
    assert set(again.removed.values()) == {0}
    assert list(firm.needs.values_list("revision", flat=True)) == revisions


def test_other_firms_and_people_with_a_place_elsewhere_keep_theirs(
    firm_actor, department_actor, firm
):
    other = NeedFactory(open=True, description="他人的说明")
    consent = ConsentFactory(need=other)
    elsewhere = MembershipFactory(organization=firm.organization, user__phone="13900000000")
    MembershipFactory(user=elsewhere.user)
    grant(department_actor, ask(firm_actor, firm))
    other.refresh_from_db()
    consent.refresh_from_db()
    elsewhere.user.refresh_from_db()
    assert (other.description, other.status) == ("他人的说明", NeedStatus.OPEN)
    assert consent.withdrawn_at is None
    assert elsewhere.user.phone == "13900000000"


def test_what_follows_from_the_withdrawals_runs_to_its_end(firm_actor, department_actor, firm):
    ConsentFactory(need=NeedFactory(firm=firm, open=True))
    ended_referral(firm)
    grant(department_actor, ask(firm_actor, firm))
    while sweep(now=timezone.now() + timedelta(minutes=1)):
        pass
    assert not Event.objects.filter(dispatch__last_error__gt="").exists()


def test_whoever_asked_must_still_be_able_to_act(firm_actor, department_actor, firm):
    asked = ask(firm_actor, firm)
    place = firm_actor.membership
    place.authority_valid_until = timezone.localdate()
    place.save()
    with pytest.raises(StateConflict) as refused:
        grant(department_actor, asked)
    assert refused.value.code == "asker_may_not_act"
    place.is_active = False
    place.save()
    with pytest.raises(StateConflict):
        grant(department_actor, asked)


def test_a_correction_granted_removes_nothing(firm_actor, department_actor, firm):
    need = NeedFactory(firm=firm, open=True, description="说明")
    done = grant(
        department_actor, ask(firm_actor, firm, RequestKind.CORRECTION), answer="已改为 2019 年"
    )
    need.refresh_from_db()
    assert (done.removed, need.description) == (None, "说明")


@pytest.mark.parametrize("who", ["officer", "elsewhere", "firm"])
def test_only_a_manager_of_the_overseeing_department_answers(who, department_actor, firm_actor):
    asked = DataRequestFactory(firm=FirmFactory(organization=firm_actor.organization))
    actor = {
        "officer": lambda: make_actor(
            organization=department_actor.organization, role="department", rank=Rank.OFFICER
        ),
        "elsewhere": lambda: make_actor(
            organization__city_department=True,
            organization__region__code="220200",
            role="department",
        ),
        "firm": lambda: firm_actor,
    }[who]()
    with pytest.raises(NotPermitted):
        grant(actor, asked)
    with pytest.raises(NotPermitted):
        services.refuse_request(
            actor=actor, data_request=asked, reason="无", expected_revision=None, now=timezone.now()
        )
    assert DataRequest.objects.get().status == "open"
