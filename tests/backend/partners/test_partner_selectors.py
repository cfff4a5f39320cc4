"""The agreement in force, whom to call, who is responsible."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from backend.organizations.enums import InstitutionLevel
from backend.organizations.lines import list_lines
from backend.partners.selectors import (
    addressee,
    contact_on,
    department_of,
    get_live_agreement,
    list_live_agreements,
)
from tests.factories.organizations import OrganizationFactory
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.reference import RegionFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)


def make_line(*levels):
    """Return a bank's units from the top down."""
    units = []
    for level in levels or InstitutionLevel:
        above = units[-1] if units else None
        units.append(OrganizationFactory(bank=True, institution_level=level, parent=above))
    return units


def test_a_unit_works_under_the_agreement_of_its_nearest_upper_unit():
    head, province, city, branch = make_line()
    of_province = AgreementFactory(institution=province)
    today = timezone.localdate()

    def found(unit):
        return get_live_agreement(department=of_province.department, institution=unit, day=today)

    assert [found(unit) for unit in (head, province, city, branch)] == [
        None,
        of_province,
        of_province,
        of_province,
    ]
    of_city = AgreementFactory(institution=city, department=of_province.department)
    assert found(branch) == of_city


@pytest.mark.parametrize("trait", ["ended", "expired", "unsigned"])
def test_an_agreement_that_does_not_hold_is_none(trait):
    agreement = AgreementFactory(**{trait: True})

    assert (
        get_live_agreement(
            department=agreement.department,
            institution=agreement.institution,
            day=timezone.localdate(),
        )
        is None
    )


def test_the_day_after_the_end_is_out_and_another_departments_agreement_is_none():
    agreement = AgreementFactory(valid_from=TODAY, valid_until=TODAY + timedelta(days=10))
    pair = {"department": agreement.department, "institution": agreement.institution}

    assert get_live_agreement(**pair, day=TODAY) == agreement
    assert get_live_agreement(**pair, day=TODAY + timedelta(days=10)) is None
    other = OrganizationFactory(department=True)
    assert get_live_agreement(**pair | {"department": other}, day=TODAY) is None


def test_many_units_take_two_queries(count_queries):
    department = OrganizationFactory(department=True)
    units = [AgreementFactory(department=department).institution for _ in range(12)]
    found = {}

    queries = count_queries(
        lambda: found.update(
            list_live_agreements(
                department=department,
                institution_ids=[unit.pk for unit in units],
                day=timezone.localdate(),
            )
        )
    )

    assert (len(found), queries) == (12, 2)


def test_a_line_runs_from_the_unit_to_its_head_office():
    head, province, city, branch = make_line()

    assert list_lines([branch.pk, province.pk]) == {
        branch.pk: (branch.pk, city.pk, province.pk, head.pk),
        province.pk: (province.pk, head.pk),
    }


def away(**values):
    return ContactFactory(agreed=True, absent_from=TODAY, absent_until=TODAY, **values)


def test_whoever_covers_is_called_on_both_ends_of_an_absence():
    cover = ContactFactory(agreed=True)
    contact = ContactFactory(
        absent_from=TODAY, absent_until=TODAY + timedelta(days=2), covered_by=cover
    )
    days = [TODAY + timedelta(days=number) for number in range(-1, 4)]

    called = [contact_on(contact, day) for day in days]

    assert called == [contact, cover, cover, cover, contact]


def test_a_cover_who_is_away_is_covered_in_turn_and_a_circle_ends_where_it_began():
    last = ContactFactory()
    assert contact_on(away(covered_by=away(covered_by=last)), TODAY) == last

    first = away()
    second = away(covered_by=first)
    first.covered_by = second
    first.save()
    assert contact_on(first, TODAY) == first


def test_whoever_left_is_covered_too():
    cover = ContactFactory()

    assert contact_on(ContactFactory(is_active=False, covered_by=cover), TODAY) == cover


@pytest.mark.parametrize("consent", [{}, {"withdrawn": True}, {"agreed": True, "is_active": False}])
def test_who_has_not_agreed_is_never_named_but_the_unit_is(consent):
    contact = ContactFactory(name="张三", email="zhang@example.com", **consent)

    shown = addressee(contact=contact, unit="普惠金融部", day=TODAY)

    assert (shown.unit, shown.organization) == ("普惠金融部", contact.organization.name)
    assert (shown.name, shown.post, shown.phone, shown.email) == (None, None, None, None)


def test_who_agreed_is_named_and_their_cover_only_if_they_agreed_themselves():
    named = addressee(contact=ContactFactory(agreed=True, name="张三"), unit="部", day=TODAY)
    assert named.name == "张三"

    silent = away(name="张三", covered_by=ContactFactory(name="李四"))
    assert addressee(contact=silent, unit="部", day=TODAY).name is None


def test_the_narrowest_department_answers_for_a_region():
    province = OrganizationFactory(department=True)
    city = OrganizationFactory(city_department=True)
    RegionFactory(code="220202")

    assert department_of("220102") == city
    assert department_of("220202") == province
    assert department_of("110101") is None
    assert department_of(None) is None
