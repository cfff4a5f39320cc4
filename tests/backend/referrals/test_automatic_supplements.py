"""Lists that the platform drafts by itself when an institution changes what it offers."""

import pytest
from django.utils import timezone

from backend.catalogue import services as catalogue
from backend.journal import services as journal
from backend.journal.models import Dispatch, Event
from backend.organizations.enums import Role
from backend.reference.models import Region
from backend.referrals.enums import ListStatus
from backend.referrals.models import Reassessment, ReferralList
from backend.referrals.services import approval, editing, reassessing
from tests.factories.catalogue import ProductFactory
from tests.factories.lists import make_office, open_needs
from tests.factories.organizations import make_actor
from tests.factories.partners import AgreementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=1, amount_max_yuan=500_000)


@pytest.fixture
def banker(office):
    return make_actor(organization=office.banks[0], role=Role.INSTITUTION)


@pytest.fixture
def relay(django_capture_on_commit_callbacks):
    """Do what the workers do with everything in the outbox."""

    def run() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            journal.sweep(now=timezone.now())

    return run


def change(banker, product, **values):
    """Publish a new version as the bank."""
    product.refresh_from_db()
    product = catalogue.update_product(
        actor=banker, product=product, values=values, expected_revision=None
    )
    catalogue.publish_product(
        actor=banker, product=product, no_tie_in=True, expected_revision=None, now=timezone.now()
    )


def automatic():
    return ReferralList.objects.filter(reassessment__isnull=False).order_by("pk")


def codes(drafted):
    return {row.need.code for row in drafted.rows.standing()}


def test_a_published_version_drafts_what_it_gained_and_says_how_much_and_where(
    office, banker, relay
):
    changchun = open_needs(2, firm__declared_stage="growth")
    (jilin,) = open_needs(1, firm__organization__region__code="220202")
    for code, name in (("220100", "长春市"), ("220200", "吉林市")):
        Region.objects.filter(pk=code).update(name=name)
    open_needs(1, amount_min_yuan=9_000_000, amount_max_yuan=9_000_000)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    (drafted,) = automatic()
    assert codes(drafted) == {need.code for need in [*changchun, jilin]}
    assert drafted.summary == (
        "3 条在办需求符合了新条件：长春 2 条，吉林 1 条；成长期 2 条，阶段待定 1 条；"
        "其中 3 条有条件待核实。"
    )
    assert drafted.department == office.department
    assert (drafted.status, drafted.drafted_by) == (ListStatus.DRAFT, None)
    assert {row.institution for row in drafted.rows.all()} == {office.banks[0]}
    assert {row.origin for row in drafted.rows.all()} == {"supplement"}
    event = Event.objects.get(type="referral_list.drafted")
    assert (event.user, event.payload["summary"]) == (None, drafted.summary)


def test_it_is_sent_only_after_people_of_the_department_signed_it(office, banker, relay):
    (need,) = open_needs(1)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    (drafted,) = automatic()
    assert not need.referrals.exists()
    sent = office.send(office.approve(drafted))
    assert [referral.need for referral in sent.referrals] == [need]


def test_one_event_told_twice_drafts_once(office, banker, relay):
    open_needs(1)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    Dispatch.objects.update(relayed_at=None)
    relay()
    for asked in Reassessment.objects.all():
        assert reassessing.reassess(reassessment_id=asked.pk, now=timezone.now()) == []
    assert automatic().count() == 1


def test_a_newer_version_takes_the_place_of_an_untouched_draft_and_keeps_its_needs(
    office, banker, relay
):
    first = open_needs(1)
    second = open_needs(1, amount_min_yuan=4_000_000, amount_max_yuan=4_000_000)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    change(banker, office.products[0], amount_max_yuan=5_000_000)
    relay()
    older, newer = automatic()
    assert older.status == ListStatus.DISCARDED
    assert codes(newer) == {need.code for need in [*first, *second]}
    assert newer.summary.startswith("2 条在办需求")


def test_a_draft_that_somebody_has_edited_stays(office, banker, relay):
    kept, removed = open_needs(2)
    second = open_needs(1, amount_min_yuan=4_000_000, amount_max_yuan=4_000_000)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    (edited,) = automatic()
    editing.remove_row(
        actor=office.officer,
        referral_list=edited,
        row=edited.rows.get(need=removed),
        reason="企业已另行融资",
        expected_revision=None,
        now=timezone.now(),
    )
    change(banker, office.products[0], amount_max_yuan=5_000_000)
    relay()
    edited, newer = automatic()
    assert (edited.status, codes(edited)) == (ListStatus.DRAFT, {kept.code})
    assert codes(newer) == {need.code for need in second}


def test_a_version_that_was_replaced_before_anybody_looked_is_part_of_the_next(
    office, banker, relay
):
    first = open_needs(1)
    second = open_needs(1, amount_min_yuan=4_000_000, amount_max_yuan=4_000_000)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    change(banker, office.products[0], amount_max_yuan=5_000_000)
    relay()
    (drafted,) = automatic()
    assert codes(drafted) == {need.code for need in [*first, *second]}
    assert Reassessment.objects.filter(is_overtaken=True).count() == 1


def test_nothing_gained_drafts_nothing(office, banker, relay):
    open_needs(1, amount_min_yuan=9_000_000, amount_max_yuan=9_000_000)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    assert not automatic().exists()
    assert Reassessment.objects.get().done_at is not None


def test_a_closed_product_gives_up_its_untouched_draft(office, banker, relay):
    open_needs(1)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    product = office.products[0]
    product.refresh_from_db()
    catalogue.close_product(
        actor=banker, product=product, expected_revision=None, now=timezone.now()
    )
    relay()
    assert automatic().get().status == ListStatus.DISCARDED


def test_without_a_live_agreement_nothing_is_drafted(office, relay):
    bank = office.add_bank(agreed=False, amount_max_yuan=500_000)
    open_needs(1)
    actor = make_actor(organization=bank, role=Role.INSTITUTION)
    change(actor, office.products[1], amount_max_yuan=2_000_000)
    relay()
    assert not automatic().exists()


def test_of_two_departments_the_nearer_one_drafts_a_need(office, banker, relay):
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    AgreementFactory(department=city.organization, institution=office.banks[0])
    (changchun,) = open_needs(1)
    (jilin,) = open_needs(1, firm__organization__region__code="220202")
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    drafted = {one.department: codes(one) for one in automatic()}
    assert drafted == {city.organization: {changchun.code}, office.department: {jilin.code}}


def test_what_the_platform_loads_drafts_nothing(office, relay):
    open_needs(1)
    ProductFactory(institution=office.banks[0])
    relay()
    assert not Reassessment.objects.exists()


def test_a_policy_changes_no_condition_but_names_the_needs_that_may_profit(office, banker, relay):
    ProductFactory(institution=office.banks[0])
    (inside,) = open_needs(1)
    open_needs(1, firm__organization__region__code="220202")
    policy = catalogue.create_policy(
        actor=banker,
        institution=office.banks[0],
        code="policy-auto",
        values={"title": "科创贴息", "content": "利率优惠 20 个基点。", "regions": ["220100"]},
    )
    policy = catalogue.publish_policy(
        actor=banker, policy=policy, expected_revision=None, now=timezone.now()
    )
    relay()
    (drafted,) = automatic()
    assert codes(drafted) == {inside.code}
    assert drafted.policy == policy
    assert "“科创贴息”已发布，产品公布的条件不变；适用范围内有 1 条" in drafted.summary
    assert "科创贴息" in drafted.rows.get().added_reason
    catalogue.withdraw_policy(actor=banker, policy=policy, expected_revision=None)
    relay()
    assert automatic().get().status == ListStatus.DISCARDED


def test_a_lost_wake_up_is_made_good_by_the_sweep(office, banker):
    open_needs(1)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    journal.sweep(now=timezone.now())
    assert not automatic().exists()
    soon = timezone.now()
    assert reassessing.sweep_reassessments(now=soon) == 0
    assert reassessing.sweep_reassessments(now=soon + 2 * reassessing.LOST_AFTER) == 1
    assert automatic().count() == 1


def test_any_officer_of_the_department_submits_it_and_another_person_signs(office, banker, relay):
    open_needs(1)
    change(banker, office.products[0], amount_max_yuan=2_000_000)
    relay()
    (drafted,) = automatic()
    submitted = approval.submit_list(
        actor=office.head, referral_list=drafted, expected_revision=None, now=timezone.now()
    )
    with pytest.raises(Exception, match="一人只能签一个岗位"):
        approval.approve_list(
            actor=office.head, referral_list=submitted, expected_revision=None, now=timezone.now()
        )
