"""What was shown, in which place and by which versions, with what came of it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.matches.answers import Part, answer_for_need
from backend.matches.catalogue_memory import catalogues
from backend.matches.models import MatchImpression
from backend.referrals.learning import ShownIn, list_shown
from backend.referrals.models import Referral
from backend.referrals.services import editing
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


def shown():
    now = timezone.now()
    return list(list_shown(since=now - timedelta(days=1), until=now + timedelta(days=1)))


def look(actor, need, part=Part.MATCHES):
    return answer_for_need(actor=actor, need_id=need.public_id, part=part, top=20)


def test_every_row_of_a_sent_list_is_kept_with_place_score_versions_and_outcome():
    office = make_office(banks=2)
    (need,) = open_needs(1)
    consent_to([need], office.banks)
    drafted = office.draft()
    taken_off = drafted.rows.get(institution=office.banks[1])
    editing.remove_row(
        actor=office.officer,
        referral_list=drafted,
        row=taken_off,
        reason="企业已有往来",
        expected_revision=None,
        now=timezone.now(),
    )
    office.send(office.approve(drafted))
    Referral.objects.update(
        status="declined",
        decline_reasons=["quota"],
        answered_at=timezone.now(),
        ended_at=timezone.now(),
    )
    sent, removed = sorted(shown(), key=lambda one: one.shown_in, reverse=True)
    assert (sent.shown_in, sent.status, sent.reasons) == (ShownIn.SHEET, "declined", ("quota",))
    assert (removed.shown_in, removed.status) == (ShownIn.DRAFT, "removed")
    assert {sent.position, removed.position} == {1, 2}
    assert sent.score == drafted.rows.get(removed_at__isnull=True).score
    assert sent.catalogue_version == catalogues.current().version
    assert "parameters=" in sent.model_version


def test_what_a_firm_saw_of_its_matches_is_kept_once_a_day_and_catalogue(firm_actor):
    need = NeedFactory(firm=FirmFactory(organization=firm_actor.organization), open=True)
    products = [ProductFactory(annual_rate_min=rate) for rate in (0.03, 0.06)]
    look(firm_actor, need)
    look(firm_actor, need)
    catalogues.forget()  # another process computes it anew
    look(firm_actor, need)
    kept = MatchImpression.objects.get()
    assert set(kept.product_version_ids) == {one.current_version_id for one in products}
    assert kept.scores == sorted(kept.scores, reverse=True)
    ProductFactory()
    look(firm_actor, need)
    assert MatchImpression.objects.count() == 2
    first = shown()[0]
    assert (first.shown_in, first.position, first.status) == (ShownIn.FIRM, 1, None)


def test_what_a_department_looks_at_and_other_questions_are_no_impressions(
    firm_actor, department_actor
):
    need = NeedFactory(firm=FirmFactory(organization=firm_actor.organization), open=True)
    ProductFactory()
    look(department_actor, need)
    look(firm_actor, need, Part.NEAR_MISSES)
    assert not MatchImpression.objects.exists()
    assert look(firm_actor, need)
    assert MatchImpression.objects.exists()


def test_impressions_are_never_altered(firm_actor):
    need = NeedFactory(firm=FirmFactory(organization=firm_actor.organization), open=True)
    ProductFactory()
    look(firm_actor, need)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MatchImpression.objects.update(eligible_count=0)
