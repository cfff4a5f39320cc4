"""Consenting and taking it back."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.consents.enums import Direction, FieldGroup
from backend.consents.models import Consent
from backend.consents.services import Terms, grant_consents, withdraw_consent
from backend.consents.texts import wording_of
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.organizations.enums import Rank, Role
from tests.factories.consents import ConsentFactory, ConsentTextFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor

pytestmark = pytest.mark.django_db
GROUPS = (FieldGroup.IDENTITY, FieldGroup.WISH)


@pytest.fixture
def need(firm_actor):
    ConsentTextFactory()
    ConsentTextFactory(direction=Direction.TO_DEPARTMENT)
    return NeedFactory(open=True, firm=FirmFactory(organization=firm_actor.organization))


@pytest.fixture
def banks():
    return [OrganizationFactory(bank=True), OrganizationFactory(fund=True)]


def terms(**values):
    given = {"direction": Direction.TO_INSTITUTION, "groups": GROUPS, "text_version": "2026-01"}
    return Terms(**given | values)


def grant(actor, need, banks, **values):
    return grant_consents(
        actor=actor, need=need, institutions=banks, terms=terms(**values), now=timezone.now()
    )


def withdraw(actor, consent):
    return withdraw_consent(actor=actor, consent=consent, now=timezone.now())


def test_one_call_consents_to_several_institutions_for_six_months(firm_actor, need, banks):
    granted = grant(firm_actor, need, banks)

    assert [consent.institution for consent in granted] == banks
    for consent in granted:
        assert consent.groups == ["identity", "wish"]
        assert consent.granted_by == firm_actor.user
        assert consent.expires_on == firm_actor.today + relativedelta(months=6)
        assert consent.contact_person == ""
    events = Event.objects.filter(type=EventType.CONSENT_GRANTED)
    assert {event.payload["institution"] for event in events} == {
        str(bank.public_id) for bank in banks
    }
    assert {event.payload["need"] for event in events} == {str(need.public_id)}
    assert {tuple(event.payload["groups"]) for event in events} == {("identity", "wish")}


def test_granting_the_same_twice_leaves_one_consent_and_one_event(firm_actor, need, banks):
    first = grant(firm_actor, need, banks)

    assert grant(firm_actor, need, banks) == first
    assert Consent.objects.count() == Event.objects.count() == 2


def test_another_scope_replaces_the_consent_and_keeps_the_old_one(firm_actor, need, banks):
    (before,) = grant(firm_actor, need, banks[:1])
    (after,) = grant(firm_actor, need, banks[:1], groups=[FieldGroup.IDENTITY])

    before.refresh_from_db()
    today = firm_actor.today
    assert (before.is_live(today), after.is_live(today)) == (False, True)
    assert before.withdrawn_at is None
    assert before.groups == ["identity", "wish"]
    assert Event.objects.order_by("pk").last().payload["replaces"] == str(before.public_id)


def test_an_expired_consent_is_renewed_by_another_row(firm_actor, need, banks):
    ConsentFactory(need=need, institution=banks[0], expired=True)

    (renewed,) = grant(firm_actor, need, banks[:1])

    assert renewed.is_live(firm_actor.today)
    assert need.consents.count() == 2


def test_the_two_directions_are_consented_to_apart(firm_actor, need, banks):
    grant(firm_actor, need, banks[:1])
    (back,) = grant(
        firm_actor,
        need,
        banks[:1],
        direction=Direction.TO_DEPARTMENT,
        groups=[FieldGroup.PROGRESS],
    )

    assert back.text.direction == Direction.TO_DEPARTMENT
    assert need.consents.standing().count() == 2


def test_the_person_to_be_called_agrees_apart(firm_actor, need, banks):
    groups = [*GROUPS, FieldGroup.CONTACT]
    with pytest.raises(InvalidInput) as refusal:
        grant(firm_actor, need, banks, groups=groups)
    assert [(p.field, p.code) for p in refusal.value.problems] == [
        ("contact_agreed", "contact_must_agree")
    ]

    (consent, _) = grant(firm_actor, need, banks, groups=groups, contact_agreed=True)
    assert consent.contact_person == need.contact_name
    (narrower, _) = grant(firm_actor, need, banks, groups=GROUPS, contact_agreed=True)
    assert narrower.contact_person == ""


def test_naming_an_institution_is_no_consent(need):
    NamedInstitutionFactory(need=need)

    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"groups": []}, "groups", "required"),
        ({"groups": ["progress"]}, "groups", "unknown_code"),
        ({"groups": ["identity", "identity"]}, "groups", "duplicate_code"),
        ({"expires_on": timezone.localdate()}, "expires_on", "out_of_range"),
        ({"expires_on": timezone.localdate() + timedelta(days=367)}, "expires_on", "out_of_range"),
    ],
)
def test_what_cannot_be_consented_to_is_refused_by_field(
    firm_actor, need, banks, values, field, code
):
    with pytest.raises(InvalidInput) as refusal:
        grant(firm_actor, need, banks, **values)

    assert [(p.field, p.code) for p in refusal.value.problems] == [(field, code)]


def test_a_year_ahead_is_the_most(firm_actor, need, banks):
    year = firm_actor.today + relativedelta(months=12)

    assert grant(firm_actor, need, banks, expires_on=year)[0].expires_on == year


def test_institutions_that_cannot_receive_are_refused(firm_actor, need, banks):
    closed = OrganizationFactory(bank=True, is_active=False)
    excluded = OrganizationFactory(bank=True)
    branch = OrganizationFactory(bank=True, parent=excluded)
    NamedInstitutionFactory(need=need, institution=excluded, attitude="excluded")

    def codes(institutions):
        with pytest.raises(InvalidInput) as refusal:
            grant(firm_actor, need, institutions)
        return [problem.code for problem in refusal.value.problems]

    assert codes([]) == ["wrong_number"]
    assert codes([banks[0], banks[0]]) == ["duplicate_code"]
    assert codes([closed]) == ["unknown_institution"]
    assert codes([need.firm.organization]) == ["unknown_institution"]
    assert codes([excluded]) == codes([branch]) == ["excluded_institution"]
    assert not Consent.objects.exists()


def test_a_text_that_has_changed_must_be_read_again(firm_actor, need, banks):
    ConsentTextFactory(version="test-2", valid_from=firm_actor.today)

    with pytest.raises(StateConflict) as refusal:
        grant(firm_actor, need, banks)

    assert refusal.value.code == "consent_text_changed"
    assert grant(firm_actor, need, banks, text_version="test-2")


def test_a_text_of_tomorrow_is_not_in_force(firm_actor, need, banks):
    ConsentTextFactory(version="test-2", valid_from=firm_actor.today + timedelta(days=1))

    assert grant(firm_actor, need, banks)[0].text.version == "2026-01"


@pytest.mark.parametrize("status", ["withdrawn", "expired", "funded"])
def test_nothing_more_is_shown_of_a_need_that_is_over(firm_actor, need, banks, status):
    over = NeedFactory(firm=need.firm, **{status: True})

    with pytest.raises(StateConflict) as refusal:
        grant(firm_actor, over, banks)

    assert refusal.value.code == "need_is_over"


def test_institutions_still_report_on_a_need_that_was_funded(firm_actor, need, banks):
    funded = NeedFactory(firm=need.firm, funded=True)
    back = {"direction": Direction.TO_DEPARTMENT, "groups": [FieldGroup.AMOUNTS]}

    assert funded.status == NeedStatus.FUNDED
    assert grant(firm_actor, funded, banks, **back)


def test_only_who_speaks_for_the_firm_with_proved_authority_consents(
    firm_actor, need, banks, bank_actor, department_actor, stranger_actor, incubator_actor
):
    for actor in (bank_actor, department_actor, stranger_actor, incubator_actor):
        with pytest.raises(NotPermitted):
            grant(actor, need, banks)
    unproved = make_actor(organization=firm_actor.organization, role=Role.FIRM)
    with pytest.raises(StateConflict) as refusal:
        grant(unproved, need, banks)
    assert refusal.value.code == "authority_not_proved"

    officer = make_actor(
        organization=firm_actor.organization, role=Role.FIRM, rank=Rank.OFFICER, proved=True
    )
    assert grant(officer, need, banks)


def test_an_incubator_consents_for_the_tenant_that_lets_it(need, banks):
    incubator = make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)
    tenancy = TenancyFactory(firm=need.firm, incubator=incubator.organization)
    with pytest.raises(NotPermitted):
        grant(incubator, need, banks)

    tenancy.consented_at, tenancy.consented_by = timezone.now(), incubator.user
    tenancy.save()

    assert grant(incubator, need, banks)[0].granted_by == incubator.user


def test_withdrawing_holds_at_once_and_repeating_changes_nothing(firm_actor, need, banks):
    (consent,) = grant(firm_actor, need, banks[:1])

    withdrawn = withdraw(firm_actor, consent)
    again = withdraw(firm_actor, consent)

    assert not withdrawn.is_live(firm_actor.today)
    assert (again.withdrawn_at, again.revision) == (withdrawn.withdrawn_at, 2)
    events = Event.objects.filter(type=EventType.CONSENT_WITHDRAWN)
    assert [event.payload["groups"] for event in events] == [["identity", "wish"]]
    assert events[0].subject_id == consent.public_id


def test_withdrawing_leaves_other_institutions_and_the_other_direction(firm_actor, need, banks):
    first, second = grant(firm_actor, need, banks)
    (back,) = grant(
        firm_actor, need, banks[:1], direction=Direction.TO_DEPARTMENT, groups=["progress"]
    )

    withdraw(firm_actor, first)

    assert set(Consent.objects.live_on(firm_actor.today)) == {second, back}


def test_withdrawing_a_replaced_consent_withdraws_what_replaced_it(firm_actor, need, banks):
    (old,) = grant(firm_actor, need, banks[:1])
    (new,) = grant(firm_actor, need, banks[:1], groups=["identity"])

    assert withdraw(firm_actor, old) == new
    assert not Consent.objects.live_on(firm_actor.today).exists()


def test_a_withdrawal_that_waited_for_a_grant_takes_it_back(firm_actor, need, banks):
    (consent,) = grant(firm_actor, need, banks[:1])
    before = consent.granted_at - timedelta(seconds=1)

    withdrawn = withdraw_consent(actor=firm_actor, consent=consent, now=before)

    assert withdrawn.withdrawn_at == consent.granted_at


def test_withdrawing_needs_no_proved_authority_but_a_say_for_the_firm(
    firm_actor, need, banks, stranger_actor, bank_actor, department_actor
):
    (consent,) = grant(firm_actor, need, banks[:1])
    for actor in (stranger_actor, bank_actor, department_actor):
        with pytest.raises(NotPermitted):
            withdraw(actor, consent)

    unproved = make_actor(organization=firm_actor.organization, role=Role.FIRM)
    assert withdraw(unproved, consent).withdrawn_by == unproved.user


def test_the_wording_is_kept_word_for_word(firm_actor, need, banks):
    ConsentTextFactory(
        version="test-3",
        valid_from=firm_actor.today,
        body="{firm} {uscc} {need} {institution} {groups} {contact} {expires_on}",
    )
    (consent,) = grant(
        firm_actor,
        need,
        banks[:1],
        text_version="test-3",
        groups=["identity", "contact"],
        contact_agreed=True,
    )

    firm = need.firm.organization
    assert wording_of(consent) == (
        f"{firm.name} {firm.code} {need.code} {banks[0].name} "
        f"企业名称和统一社会信用代码；联系人和联系电话 {need.contact_name} {consent.expires_on}"
    )
