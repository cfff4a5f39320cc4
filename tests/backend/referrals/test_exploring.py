"""Places beside the ranking in lists: offered to officers, kept with their chance, learned from."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.catalogue.models import Product
from backend.learning.history import list_cases
from backend.matches.learned_adapters import as_outcome
from backend.referrals.enums import ReferralStatus
from backend.referrals.exploring import list_slots
from backend.referrals.learning import ShownIn, list_shown
from backend.referrals.models import Referral
from backend.referrals.services import editing
from tests.factories.lists import consent_to, make_office
from tests.factories.needs import NeedFactory
from tests.factories.partners import AgreementFactory
from tests.factories.ranking import make_known, make_newcomers, put_in_use

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    return make_known()


@pytest.fixture
def newcomers():
    return make_newcomers()


@pytest.fixture
def office(known, newcomers):
    """A department with an agreement with everybody."""
    office = make_office()
    for product in (*known, *newcomers):
        AgreementFactory(department=office.department, institution=product.institution)
    return office


@pytest.fixture
def need():
    return NeedFactory(open=True, firm__profiled=True, financing_types=[])


@pytest.fixture
def drafted(office, known, newcomers, need):
    """A list with one row for the need, drafted while a model ranks."""
    put_in_use(known, newcomers)
    banks = [product.institution for product in (*known, *newcomers)]
    consent_to([need], banks)
    return office.draft(per_need=1)


def slots_of(drafted, need, office):
    return list_slots(drafted, [need], day=office.officer.today)


def add(office, drafted, need, code):
    return editing.add_row(
        actor=office.officer,
        referral_list=drafted,
        need=need,
        product=Product.objects.select_related("institution").get(code=code),
        reason="记录较少的机构",
        expected_revision=None,
    )


def test_two_newcomers_are_offered_for_a_need_of_the_list(drafted, need, office, newcomers):
    found = slots_of(drafted, need, office)
    assert len(found) == 2
    assert {one.product.code for one in found} <= {product.code for product in newcomers}
    assert {one.propensity for one in found} == {0.5}  # two of four
    assert found == slots_of(drafted, need, office)


def test_without_a_model_nothing_is_offered_and_no_row_has_a_chance(office, need, known, newcomers):
    consent_to([need], [product.institution for product in (*known, *newcomers)])
    drafted = office.draft(per_need=1)
    assert slots_of(drafted, need, office) == []
    assert add(office, drafted, need, newcomers[0].code).exploration_propensity is None


def test_what_cannot_be_sent_is_not_offered_and_nothing_takes_its_place(known, newcomers, need):
    office = make_office()
    first, *others = newcomers
    for product in (*known, *others):
        AgreementFactory(department=office.department, institution=product.institution)
    put_in_use(known, newcomers)
    consent_to([need], [product.institution for product in (*known, *newcomers)])
    drafted = office.draft(per_need=1)
    before = {one.product.code for one in slots_of(drafted, need, office)}
    AgreementFactory(department=office.department, institution=first.institution)
    after = {one.product.code for one in slots_of(drafted, need, office)}
    assert len(after) == 2
    assert before == after - {first.code}


def test_what_is_on_the_list_already_is_not_offered_again(drafted, need, office):
    first, second = slots_of(drafted, need, office)
    add(office, drafted, need, first.product.code)
    assert slots_of(drafted, need, office) == [second]


def test_a_row_that_was_drawn_keeps_its_chance_and_others_have_none(drafted, need, office):
    first, _ = slots_of(drafted, need, office)
    row = add(office, drafted, need, first.product.code)
    row.refresh_from_db()
    assert row.exploration_propensity == first.propensity
    assert row.position > 10
    (allocated,) = drafted.rows.exclude(pk=row.pk)
    assert allocated.exploration_propensity is None


def test_a_chance_is_a_chance(drafted):
    with pytest.raises(IntegrityError, match="propensity_is_a_chance"), transaction.atomic():
        drafted.rows.update(exploration_propensity=1.5)


def test_what_came_of_it_is_learned_from_without_a_place_and_with_its_chance(drafted, need, office):
    first, _ = slots_of(drafted, need, office)
    add(office, drafted, need, first.product.code)
    office.send(office.approve(drafted))
    now = timezone.now()
    Referral.objects.update(
        status=ReferralStatus.DECLINED, answered_at=now, ended_at=now, decline_reasons=["quota"]
    )
    cases = list_cases(until=office.officer.today + timedelta(days=2), demonstration=False)
    read = {case.outcome.product: as_outcome(case.outcome) for case in cases}
    assert len(read) == 2
    drawn = read.pop(first.product.code)
    assert (drawn.position, drawn.propensity) == (None, first.propensity)
    (ranked,) = read.values()
    assert (ranked.position, ranked.propensity) == (1, None)
    shown = list(list_shown(since=now - timedelta(days=1), until=now + timedelta(days=1)))
    told = {one.propensity for one in shown if one.shown_in is ShownIn.SHEET}
    assert told == {None, first.propensity}


def test_an_institution_is_sent_nothing_of_chances_or_places(drafted, need, office):
    first, _ = slots_of(drafted, need, office)
    add(office, drafted, need, first.product.code)
    sent = office.send(office.approve(drafted))
    for sheet in sent.sheets:
        text = bytes(sheet.content).decode()
        for word in ("propensity", "explor", "band", "score", "position"):
            assert word not in text


def test_slots_of_many_needs_take_as_many_queries_as_of_one(drafted, need, office, count_queries):
    more = NeedFactory.create_batch(4, open=True, firm__profiled=True, financing_types=[])
    day = office.officer.today
    found = list_slots(drafted, [need, *more], day=day)
    assert len({one.need.pk for one in found}) == 5
    few = count_queries(lambda: list_slots(drafted, [need], day=day))
    assert count_queries(lambda: list_slots(drafted, [need, *more], day=day)) == few
