"""Sending: what goes out, to whom, in which form, and what falls out at the last moment."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.catalogue import services as catalogue
from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.consents.enums import FieldGroup
from backend.consents.models import Disclosure
from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.organizations.enums import Role
from backend.referrals.enums import ListStatus, Obstacle, ReferralStatus
from backend.referrals.list_selectors import content_as_sent, content_of, preview_list
from backend.referrals.models import Referral, ReferralList, Sheet
from tests.factories.consents import ConsentFactory
from tests.factories.lists import HEAD, consent_to, make_office, open_needs
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=2)


def withdraw(consent):
    consent.withdrawn_at = timezone.now()
    consent.save()


def test_a_list_becomes_one_sheet_per_institution_and_one_referral_per_row(office):
    needs = open_needs(3)
    consent_to(needs, office.banks)
    sending = office.draft_and_send()
    assert sending.referral_list.status == ListStatus.SENT
    assert {sheet.institution for sheet in sending.sheets} == set(office.banks)
    assert Referral.objects.count() == 6
    referral = Referral.objects.first()
    assert (referral.status, referral.unit, referral.track) == (
        ReferralStatus.SENT,
        referral.institution,
        "debt",
    )
    assert referral.agreement.institution == referral.institution
    for need in needs:
        need.refresh_from_db()
        assert (need.status, need.revision) == (NeedStatus.IN_REFERRAL, 2)


def test_each_row_has_its_event_and_the_list_one(office):
    consent_to(open_needs(2), office.banks)
    sending = office.draft_and_send()
    subjects = Event.objects.filter(type="referral.sent").values_list("subject_id", flat=True)
    assert sorted(subjects) == sorted(one.public_id for one in sending.referrals)
    assert Event.objects.get(type="referral_list.sent").payload["referrals"] == 4
    assert Event.objects.filter(type="need.referred").count() == 2


def test_a_sheet_is_canonical_json_under_its_digest(office):
    consent_to(open_needs(1, max_annual_rate="0.045"), office.banks)
    sheet = Sheet.objects.get(pk=office.draft_and_send().sheets[0].pk)
    content = bytes(sheet.content)
    assert sheet.digest == hashlib.sha256(content).hexdigest()
    read = json.loads(content, parse_float=pytest.fail)
    plain = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert plain.encode() == content
    (row,) = read["rows"]
    assert (row["max_annual_rate"], row["amount_max_yuan"]) == ("0.045", 3_000_000)
    assert read["document_number"] == HEAD["document_number"]
    assert read["department"]["contact"]["unit"] == "科技金融处"
    assert read["totals"] == {"needs": 1, "firms": 1, "masked": 0}


def test_only_consented_fields_leave_and_each_is_in_the_ledger(office):
    full, partly = office.banks
    (need,) = open_needs(1)
    ConsentFactory(need=need, institution=full)
    ConsentFactory(need=need, institution=partly, groups=[FieldGroup.IDENTITY])
    office.draft_and_send()
    name = need.firm.organization.name
    shown = {sheet.institution: content_of(sheet)["rows"][0] for sheet in Sheet.objects.all()}
    assert shown[full]["firm_name"] == shown[partly]["firm_name"] == name
    assert shown[full]["contact_phone"] == need.contact_phone
    assert "contact_phone" not in shown[partly]
    assert "amount_max_yuan" not in shown[partly]
    ledger = {
        bank: {
            field for entry in Disclosure.objects.filter(institution=bank) for field in entry.fields
        }
        for bank in office.banks
    }
    assert {"firm_name", "uscc"} <= ledger[partly]
    assert "contact_phone" not in ledger[partly]
    assert "contact_phone" in ledger[full]
    assert set(Disclosure.objects.values_list("channel", flat=True)) == {"sheet"}


def test_without_consent_a_row_goes_masked_and_names_nobody(office):
    (need,) = open_needs(1)
    office.draft_and_send()
    for sheet in Sheet.objects.all():
        text = bytes(sheet.content).decode()
        organization = need.firm.organization
        for secret in (organization.name, organization.code, need.contact_phone, "王经理"):
            assert secret not in text
        (row,) = content_of(sheet)["rows"]
        assert row["is_masked"]
        assert row["city"] == "220100"
        assert "verdict" not in row


def test_a_row_whose_consent_was_withdrawn_in_the_meantime_is_in_no_sheet(office):
    stays, leaves = open_needs(2)
    consent_to([stays], office.banks)
    consents = [ConsentFactory(need=leaves, institution=bank) for bank in office.banks]
    approved = office.approve(office.draft())
    withdraw(consents[0])
    sending = office.send(approved)
    assert [(row.need, what) for row, what in sending.fallen.items()] == [
        (leaves, Obstacle.CONSENT_ENDED)
    ]
    sheet = Sheet.objects.get(institution=office.banks[0])
    assert leaves.code not in bytes(sheet.content).decode()
    assert leaves.firm.organization.name not in bytes(sheet.content).decode()
    assert not Referral.objects.filter(need=leaves, institution=office.banks[0]).exists()
    row = approved.rows.get(need=leaves, institution=office.banks[0])
    assert "授权" in row.removed_reason


def test_a_need_that_was_withdrawn_or_ran_out_falls_out(office):
    stays, withdrawn, overdue = needs = open_needs(3)
    consent_to(needs, office.banks)
    approved = office.approve(office.draft())
    withdrawn.status, withdrawn.withdrawn_at = NeedStatus.WITHDRAWN, timezone.now()
    withdrawn.save()
    overdue.expires_on = timezone.localdate()
    overdue.save()
    sending = office.send(approved)
    assert set(sending.fallen.values()) == {Obstacle.NEED_NOT_OPEN}
    assert {one.need for one in sending.referrals} == {stays}


def test_an_institution_whose_agreement_has_ended_gets_no_sheet(office):
    consent_to(open_needs(1), office.banks)
    approved = office.approve(office.draft())
    agreement = office.banks[0].agreements.get()
    agreement.ended_at, agreement.ended_reason = timezone.now(), "终止合作"
    agreement.save()
    sending = office.send(approved)
    assert {sheet.institution for sheet in sending.sheets} == {office.banks[1]}
    assert set(sending.fallen.values()) == {Obstacle.NO_AGREEMENT}


def test_a_product_that_was_closed_falls_out(office):
    consent_to(open_needs(1), office.banks)
    approved = office.approve(office.draft())
    product = office.products[0]
    product.refresh_from_db()
    catalogue.close_product(actor=None, product=product, expected_revision=None, now=timezone.now())
    assert set(office.send(approved).fallen.values()) == {Obstacle.PRODUCT_CLOSED}


def test_when_nothing_is_left_nothing_is_sent_and_the_reasons_are_told(office):
    (need,) = open_needs(1)
    consents = [ConsentFactory(need=need, institution=bank) for bank in office.banks]
    approved = office.approve(office.draft())
    for consent in consents:
        withdraw(consent)
    with pytest.raises(StateConflict, match="2 行因企业对该机构的授权已撤回或已到期"):
        office.send(approved)
    approved.refresh_from_db()
    assert approved.status == ListStatus.APPROVED
    assert not Sheet.objects.exists()
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("document_number", " "),
        ("basis", ""),
        ("answer_by", None),
        ("answer_by", timezone.localdate()),
        ("answer_by", timezone.localdate() + timedelta(days=500)),
        ("document_number", "长" * 81),
    ],
)
def test_number_basis_and_answer_day_are_needed(office, field, value):
    consent_to(open_needs(1), office.banks)
    approved = office.approve(office.draft())
    with pytest.raises(InvalidInput) as refusal:
        office.send(approved, **{field: value})
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_only_an_approved_list_is_sent(office):
    open_needs(1)
    drafted = office.draft()
    with pytest.raises(StateConflict, match="起草中"):
        office.send(drafted)
    with pytest.raises(StateConflict, match="审批中"):
        office.send(office.submit(drafted))


def test_a_second_sending_is_refused(office):
    open_needs(1)
    approved = office.approve(office.draft())
    office.send(approved, expected_revision=approved.revision)
    with pytest.raises(StaleRevision):
        office.send(approved, expected_revision=approved.revision)
    with pytest.raises(StateConflict, match="已发送"):
        office.send(approved)
    assert Referral.objects.count() == 2


def test_only_the_own_department_sends(office):
    open_needs(1)
    approved = office.approve(office.draft())
    other = make_actor(organization__department=True, role=Role.DEPARTMENT)
    with pytest.raises(NotPermitted):
        office.send(approved, actor=other)


def test_what_was_sent_cannot_be_changed_even_in_the_database(office):
    open_needs(1)
    sending = office.draft_and_send()
    sent = ReferralList.objects.get(pk=sending.referral_list.pk)
    changes = (
        lambda: ReferralList.objects.filter(pk=sent.pk).update(title="另一标题"),
        lambda: sent.rows.update(score=1),
        lambda: sent.rows.create(
            **{
                field: getattr(sent.rows.first(), field)
                for field in (
                    "need_id",
                    "need_revision",
                    "product_version_id",
                    "is_eligible",
                    "score",
                    "position",
                    "model_version",
                    "catalogue_version",
                )
            },
            institution=make_office(banks=1).banks[0],
            origin="allocation",
        ),
        lambda: Sheet.objects.update(digest="0"),
        lambda: sent.approvals.update(note="另一意见"),
    )
    for change in changes:
        with pytest.raises(DatabaseError, match=r"immutable|append-only"), transaction.atomic():
            change()


def test_the_preview_shows_exactly_what_is_sent(office):
    stays, leaves = open_needs(2)
    consent_to([stays], office.banks)
    consent = ConsentFactory(need=leaves, institution=office.banks[0])
    approved = office.approve(office.draft())
    withdraw(consent)
    preview = preview_list(approved, day=timezone.localdate())
    sending = office.send(approved)
    assert preview.fallen == sending.fallen
    for composed in preview.sheets:
        sheet = Sheet.objects.get(institution=composed.institution)
        sent = content_of(sheet)
        head = {"document_number": "", "basis": "", "answer_by": None}
        assert content_as_sent(composed) == {**sent, **head}
    with pytest.raises(StateConflict, match="已发送"):
        preview_list(sending.referral_list, day=timezone.localdate())


def test_sending_takes_as_many_queries_for_many_needs_as_for_few(office, count_queries):
    def queries_for(count):
        consent_to(open_needs(count), office.banks)
        approved = office.approve(office.draft())
        return count_queries(lambda: office.send(approved))

    queries_for(1)  # from then on there is a sheet before
    assert queries_for(2) == queries_for(12)
