"""Exposure, concentration, drift and hidden thresholds, each with a known answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.common.errors import NotPermitted
from backend.learning.services.monitoring import find_hidden_thresholds, monitor
from backend.learning.statistics import gini, herfindahl, more_often, stability_index
from backend.referrals.models import Referral
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.ranking import ModelVersionFactory
from tests.factories.referrals import make_sent_together


def test_figures_are_those_of_the_books():
    assert gini([1, 1, 1, 1]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert herfindahl([2, 2]) == pytest.approx(0.5)
    assert (gini([]), herfindahl([])) == (None, None)
    assert stability_index({"a": 5, "b": 5}, {"a": 1, "b": 1}) == pytest.approx(0.0)
    assert stability_index({"a": 9, "b": 1}, {"a": 1, "b": 9}) > 0.2
    assert stability_index({}, {"a": 1}) is None
    assert more_often(3, 3, 0, 3) == pytest.approx(1 / 20)


@pytest.mark.django_db
def test_an_institution_that_declines_what_its_rule_admits_is_shown_with_a_test():
    strict, usual = (OrganizationFactory(bank=True) for _ in range(2))
    answered = timezone.now()
    for bank, declines in ((strict, 8), (usual, 0)):
        referrals = make_sent_together(institution=bank, count=10)
        for place, referral in enumerate(referrals):
            if place < declines:
                Referral.objects.filter(pk=referral.pk).update(
                    status="declined",
                    decline_reasons=["amount"],
                    answered_at=answered,
                    ended_at=answered,
                )
            else:
                Referral.objects.filter(pk=referral.pk).update(
                    status="acknowledged", answered_at=answered
                )
    window = {"since": answered - timedelta(days=1), "until": answered + timedelta(days=1)}
    (found,) = find_hidden_thresholds(**window)
    assert (found.institution, found.reason) == (strict.code, "amount")
    assert (found.declined, found.answered, found.others_share) == (8, 10, 0.0)
    assert found.p_value < 0.01
    Referral.objects.filter(status="declined").update(decline_reasons=["quota"])
    assert find_hidden_thresholds(**window) == []


@pytest.mark.django_db
def test_exposure_and_drift_are_told_to_heads_of_departments_alone(department_actor, bank_actor):
    bank = OrganizationFactory(bank=True)
    make_sent_together(institution=bank, count=3)
    NeedFactory(open=True)
    version = ModelVersionFactory(fitted=True, profile={"stage": {"mature": 100}})
    found = monitor(actor=department_actor, now=timezone.now() + timedelta(seconds=1))
    assert [(one.code, one.shown, one.share) for one in found.institutions] == [(bank.code, 3, 1.0)]
    assert (found.gini, found.hhi) == (0.0, 1.0)
    assert [one.code for one in found.borrowers] == ["first_time"]
    assert [one.feature for one in found.drift] == ["stage"]
    assert found.drift[0].level == "明显变化"
    assert version.number
    with pytest.raises(NotPermitted):
        monitor(actor=bank_actor, now=timezone.now())
