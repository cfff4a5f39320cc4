"""The database refuses rows that no service would write."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from backend.needs.enums import Attitude
from backend.needs.models import NamedInstitution, Need
from tests.factories.needs import NamedInstitutionFactory, NeedFactory

NOW = timezone.now()


def refused(constraint, need, **values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("need_amount_range", {"amount_min_yuan": -1}),
        ("need_amount_range", {"amount_min_yuan": 5, "amount_max_yuan": 4}),
        ("need_amount_range", {"amount_min_yuan": None, "amount_max_yuan": 10**12 + 1}),
        ("need_term_range", {"term_max_months": 601}),
        ("need_term_range", {"term_min_months": 13, "term_max_months": 12}),
        ("need_rate_is_a_fraction", {"max_annual_rate": Decimal("1.5")}),
        ("need_rate_is_a_fraction", {"max_annual_rate": Decimal("-0.01")}),
        ("need_status_is_known", {"status": "lost"}),
        ("need_submitted_is_complete", {"status": "submitted"}),
        ("need_withdrawn_has_a_time", {"status": "withdrawn"}),
        ("need_withdrawn_has_a_time", {"withdrawn_at": NOW}),
    ],
)
def test_a_draft_refuses(db, constraint, values):
    refused(constraint, NeedFactory(), **values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("need_submitted_is_complete", {"contact_name": ""}),
        ("need_submitted_is_complete", {"contact_phone": ""}),
        ("need_submitted_is_complete", {"needed_by": None}),
        ("need_submitted_is_complete", {"submitted_at": None}),
        ("need_returned_says_why", {"status": "returned", "returned_at": NOW}),
        ("need_returned_says_why", {"status": "returned", "returned_reason": "缺合同"}),
        ("need_open_is_verified", {"status": "open", "verified_at": NOW}),
        ("need_verified_by_another", {"verified_by": F("submitted_by")}),
    ],
)
def test_a_submitted_need_refuses(db, constraint, values):
    refused(constraint, NeedFactory(submitted=True), **values)


@pytest.mark.parametrize(
    "values", [{"returned_reason": ""}, {"returned_at": None}, {"submitted_at": None}]
)
def test_a_returned_need_keeps_when_and_why(db, values):
    refused("need_returned_says_why", NeedFactory(returned=True), **values)


@pytest.mark.parametrize("status", ["open", "in_referral", "funded", "expired"])
def test_a_need_past_verification_keeps_who_verified_it(db, status):
    need = NeedFactory(**{status: True})
    refused("need_open_is_verified", need, verified_by=None)
    refused("need_open_is_verified", need, verified_at=None)
    refused("need_open_is_verified", need, expires_on=None)


def test_one_end_of_a_range_may_be_missing(db):
    need = NeedFactory(amount_min_yuan=None, term_max_months=None)
    Need.objects.filter(pk=need.pk).update(amount_max_yuan=0, term_min_months=600)
    need.refresh_from_db()
    assert (need.amount_max_yuan, need.term_min_months) == (0, 600)


def test_an_institution_is_named_once(db):
    named = NamedInstitutionFactory()
    with pytest.raises(IntegrityError, match="named_institution_once_per_need"):
        NamedInstitution.objects.create(
            need=named.need,
            institution=named.institution,
            attitude=Attitude.EXCLUDED,
            position=1,
        )


def test_a_code_is_given_once(db):
    need = NeedFactory(needed_by=timezone.localdate() + timedelta(days=1))
    with pytest.raises(IntegrityError, match="code"):
        NeedFactory(code=need.code)
