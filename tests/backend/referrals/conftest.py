"""A need of a firm in 长春, sent to a bank of which somebody works here."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.organizations.actors import Actor
from backend.referrals.models import Referral
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.referrals import ReferralFactory


@pytest.fixture
def agreement(bank_actor: Actor, department_actor: Actor):
    bank = bank_actor.organization
    return AgreementFactory(
        department=department_actor.organization,
        institution=bank,
        second_contact=ContactFactory(organization=bank, agreed=True),
    )


@pytest.fixture
def send(firm_actor: Actor, bank_actor: Actor, agreement):
    """Send a need of the firm to the bank, two days ago unless said otherwise."""

    def make(**values) -> Referral:
        if "need" not in values:
            need_values = values.pop("need_values", {})
            values["need"] = NeedFactory(firm=the_firm(), in_referral=True, **need_values)
        values.setdefault("institution", bank_actor.organization)
        if values["institution"] == bank_actor.organization:
            values.setdefault("agreement", agreement)
        values.setdefault("sent_at", timezone.now() - timedelta(days=2))
        return ReferralFactory(**values)

    def the_firm():
        return getattr(firm_actor.organization, "firm", None) or FirmFactory(
            organization=firm_actor.organization
        )

    return make


@pytest.fixture
def referral(send) -> Referral:
    return send()
