"""Editing a draft and leading it through its chain of signatures."""

import hashlib

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.needs.enums import Attitude
from backend.organizations.enums import Rank, Role
from backend.referrals.enums import ListStatus
from backend.referrals.list_content import content_digest, signed_content
from backend.referrals.models import ApprovalSeat
from backend.referrals.services import approval, editing
from tests.factories.catalogue import ProductFactory
from tests.factories.lists import make_office, open_needs
from tests.factories.needs import NamedInstitutionFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=2)


@pytest.fixture
def drafted(office):
    open_needs(2)
    return office.draft(per_need=1)


def approve(actor, drafted, revision=None, note=""):
    return approval.approve_list(
        actor=actor,
        referral_list=drafted,
        note=note,
        expected_revision=revision,
        now=timezone.now(),
    )


def refuse(actor, drafted, note):
    return approval.refuse_list(
        actor=actor, referral_list=drafted, note=note, expected_revision=None, now=timezone.now()
    )


def remove(actor, drafted, row, reason="企业已自行解决", revision=None):
    return editing.remove_row(
        actor=actor,
        referral_list=drafted,
        row=row,
        reason=reason,
        expected_revision=revision,
        now=timezone.now(),
    )


def add(actor, drafted, need, product, reason="处长要求增加"):
    return editing.add_row(
        actor=actor,
        referral_list=drafted,
        need=need,
        product=product,
        reason=reason,
        expected_revision=None,
    )


def free_product(office, row):
    """Return the product of the bank that a row does not go to."""
    return next(p for p in office.products if p.institution_id != row.institution_id)


def test_the_chain_goes_from_the_drafter_by_the_head_to_the_leader(office, drafted):
    submitted = office.submit(drafted)
    assert (submitted.status, submitted.approval_round) == (ListStatus.IN_APPROVAL, 1)
    assert approve(office.head, submitted).status == ListStatus.IN_APPROVAL
    assert approve(office.leader, submitted).status == ListStatus.APPROVED
    posts = list(drafted.approvals.values_list("post", "signed_by"))
    assert posts == [
        ("handler", office.officer.user.pk),
        ("division_head", office.head.user.pk),
        ("leader", office.leader.user.pk),
    ]


def test_every_signature_is_over_the_digest_of_the_canonical_content(office, drafted):
    office.approve(drafted)
    expected = hashlib.sha256(signed_content(drafted)).hexdigest()
    assert {one.content_sha256 for one in drafted.approvals.all()} == {expected}


def test_nobody_signs_twice_and_the_drafter_signs_only_as_handler(office, drafted):
    submitted = office.submit(drafted)
    with pytest.raises(NotPermitted, match="一人只能签一个岗位"):
        approve(office.officer, submitted)
    approve(office.head, submitted)
    with pytest.raises(NotPermitted, match="一人只能签一个岗位"):
        approve(office.head, submitted)


def test_a_colleague_may_submit_but_then_neither_they_nor_the_drafter_signs(office, drafted):
    submitted = approval.submit_list(
        actor=office.head, referral_list=drafted, expected_revision=None, now=timezone.now()
    )
    for signer in (office.head, office.officer):
        with pytest.raises(NotPermitted, match="一人只能签一个岗位"):
            approve(signer, submitted)
    assert approve(office.leader, submitted).status == ListStatus.IN_APPROVAL


def test_nobody_of_another_department_submits(office, drafted):
    stranger = make_actor(organization__department=True, role=Role.DEPARTMENT)
    with pytest.raises(NotPermitted, match="只有编制清单的部门"):
        approval.submit_list(
            actor=stranger, referral_list=drafted, expected_revision=None, now=timezone.now()
        )


def test_a_post_asks_for_its_rank(office, drafted):
    submitted = office.submit(drafted)
    colleague = make_actor(organization=office.department, role=Role.DEPARTMENT, rank=Rank.OFFICER)
    with pytest.raises(NotPermitted, match="处长"):
        approve(colleague, submitted)


def test_another_department_signs_nothing(office, drafted):
    submitted = office.submit(drafted)
    with pytest.raises(NotPermitted):
        approve(make_actor(organization__department=True, role=Role.DEPARTMENT), submitted)


def test_a_department_configures_its_own_chain(office, drafted):
    approval.configure_chain(
        actor=office.leader,
        department=office.department,
        seats=[
            ApprovalSeat(post="handler"),
            ApprovalSeat(post="leader", rank=Rank.MANAGER, title="副厅长"),
        ],
    )
    submitted = office.submit(drafted)
    with pytest.raises(NotPermitted, match="副厅长"):
        approve(office.leader, submitted)
    deputy = make_actor(organization=office.department, role=Role.DEPARTMENT, post="副厅长")
    assert approve(deputy, submitted).status == ListStatus.APPROVED


@pytest.mark.parametrize(
    "posts", [[], ["handler"], ["leader", "handler"], ["handler", "leader", "leader"]]
)
def test_what_is_no_chain_is_refused(office, posts):
    with pytest.raises(InvalidInput, match="以经办人开头"):
        approval.configure_chain(
            actor=office.leader,
            department=office.department,
            seats=[ApprovalSeat(post=post) for post in posts],
        )


def test_a_refusal_says_why_and_begins_a_new_round(office, drafted):
    submitted = office.submit(drafted)
    with pytest.raises(InvalidInput):
        refuse(office.head, submitted, note=" ")
    refused = refuse(office.head, submitted, note="请核对第二家机构")
    assert refused.status == ListStatus.DRAFT
    assert office.approve(drafted).approval_round == 2
    assert drafted.approvals.filter(round=1, is_granted=False).get().note == "请核对第二家机构"


@pytest.mark.parametrize("is_approved", [False, True])
def test_any_edit_after_submission_ends_the_round(office, drafted, is_approved):
    handed_in = office.approve(drafted) if is_approved else office.submit(drafted)
    remove(office.head, handed_in, drafted.rows.first())
    drafted.refresh_from_db()
    assert drafted.status == ListStatus.DRAFT
    assert Event.objects.filter(type="referral_list.changed").latest("pk").payload["ended_round"]
    with pytest.raises(StateConflict, match="起草中"):
        approve(office.leader, drafted)
    assert office.approve(drafted).approval_round == 2


def test_content_that_changed_behind_the_signatures_is_refused(office, drafted):
    """Only by a hand in the database; the next signature and the sending notice it."""
    submitted = office.submit(drafted)
    before = content_digest(drafted)
    drafted.rows.filter(pk=drafted.rows.first().pk).update(
        is_eligible=not drafted.rows.first().is_eligible
    )
    assert content_digest(drafted) != before
    with pytest.raises(StateConflict, match="不一致"):
        approve(office.head, submitted)


def test_a_removed_row_stays_as_a_trace_with_its_reason(office, drafted):
    row = remove(office.head, drafted, drafted.rows.first())
    row.refresh_from_db()
    assert (row.removed_by, row.removed_reason) == (office.head.user, "企业已自行解决")
    assert drafted.rows.count() == 2
    assert drafted.rows.standing().count() == 1
    with pytest.raises(StateConflict, match="已被剔除"):
        remove(office.head, drafted, row)


def test_an_added_row_keeps_reason_place_and_score(office, drafted):
    row = drafted.rows.first()
    added = add(office.head, drafted, row.need, free_product(office, row))
    assert (added.origin, added.added_reason) == ("officer", "处长要求增加")
    assert added.position in {1, 2}


def test_an_edit_needs_its_reason(office, drafted):
    row = drafted.rows.first()
    with pytest.raises(InvalidInput, match="理由"):
        add(office.head, drafted, row.need, free_product(office, row), reason=" ")
    with pytest.raises(InvalidInput, match="理由"):
        remove(office.head, drafted, row, reason="")


def test_an_edit_on_an_old_revision_is_refused(office, drafted):
    remove(office.head, drafted, drafted.rows.first(), revision=1)
    with pytest.raises(StaleRevision):
        remove(office.head, drafted, drafted.rows.last(), revision=1)


def test_a_pair_stands_on_a_list_once(office, drafted):
    row = drafted.rows.first()
    with pytest.raises(StateConflict, match="已在清单中"):
        add(office.head, drafted, row.need, row.product_version.product)


def test_nothing_is_added_against_the_firm_the_agreement_or_the_rules(office, drafted):
    (excluding, closed, unfit) = open_needs(3)
    product = office.products[0]
    NamedInstitutionFactory(
        need=excluding, institution=product.institution, attitude=Attitude.EXCLUDED, position=1
    )
    closed.open_to_others = False
    closed.save()
    unfit.financing_types = ["leasing"]
    unfit.save()
    stranger = ProductFactory()
    for need, offered, code in (
        (excluding, product, "excluded"),
        (closed, product, "no_consent"),
        (unfit, product, "ineligible"),
        (drafted.rows.first().need, stranger, "no_agreement"),
    ):
        with pytest.raises(StateConflict) as refusal:
            add(office.head, drafted, need, offered)
        assert refusal.value.code == code


def test_another_product_of_the_same_institution_may_be_meant(office, drafted):
    row = drafted.rows.first()
    other = ProductFactory(institution=row.institution)
    changed = editing.change_product(
        actor=office.head,
        referral_list=drafted,
        row=row,
        product=other,
        reason="该产品利率更低",
        expected_revision=None,
        now=timezone.now(),
    )
    assert changed.product_version == other.current_version
    assert drafted.rows.standing().count() == 2
    with pytest.raises(InvalidInput, match="不属于本行的机构"):
        editing.change_product(
            actor=office.head,
            referral_list=drafted,
            row=changed,
            product=free_product(office, changed),
            reason="换一家",
            expected_revision=None,
            now=timezone.now(),
        )


def test_an_empty_list_is_not_submitted(office, drafted):
    for row in drafted.rows.all():
        remove(office.head, drafted, row)
    with pytest.raises(StateConflict, match="没有需求"):
        office.submit(drafted)


def test_a_discarded_list_is_not_led_further(office, drafted):
    discarded = editing.discard_list(
        actor=office.head, referral_list=drafted, reason="重复起草", expected_revision=None
    )
    assert discarded.status == ListStatus.DISCARDED
    with pytest.raises(StateConflict, match="已作废"):
        office.submit(discarded)
