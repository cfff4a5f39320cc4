"""Drafting, changing, publishing and closing products."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.catalogue import services
from backend.catalogue.enums import ProductStatus, VersionOrigin
from backend.catalogue.lifecycle import PRODUCT_TRANSITIONS
from backend.catalogue.models import Product
from backend.catalogue.state import get_catalogue_version
from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory, make_actor


@pytest.fixture
def officer(bank_actor):
    return make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )


def create(actor, **values):
    institution = values.pop("institution", actor.organization)
    code = values.pop("code", None)
    return services.create_product(
        actor=actor, institution=institution, code=code, values={"name": "科创贷", **values}
    )


def change(actor, product, *, expected_revision=None, **values):
    return services.update_product(
        actor=actor, product=product, values=values, expected_revision=expected_revision
    )


def publish(actor, product, *, expected_revision=None, no_tie_in=True, now=None):
    return services.publish_product(
        actor=actor,
        product=product,
        no_tie_in=no_tie_in,
        expected_revision=expected_revision,
        now=now or timezone.now(),
    )


def close(actor, product, *, expected_revision=None, reason=""):
    return services.close_product(
        actor=actor,
        product=product,
        reason=reason,
        expected_revision=expected_revision,
        now=timezone.now(),
    )


def events(product):
    return [*Event.objects.about("product", product.public_id).order_by("pk")]


def test_a_draft_is_nobodys_offer_yet(bank_actor):
    product = create(bank_actor)

    draft = product.versions.get()
    assert (product.status, product.current_version, draft.number) == ("draft", None, 1)
    assert (draft.origin, draft.created_by) == (VersionOrigin.INSTITUTION, bank_actor.user)
    assert product.code.startswith(f"{bank_actor.organization.code}-")
    assert get_catalogue_version() == 0
    assert [event.type for event in events(product)] == ["product.created"]


def test_publishing_puts_the_draft_in_force_and_counts_the_catalogue_up(bank_actor):
    product = publish(bank_actor, create(bank_actor, annual_rate_min=0.0385))

    version = product.current_version
    assert product.status == ProductStatus.PUBLISHED
    assert (
        (version.published_in, version.withdrawn_in)
        == (1, None)
        == (
            get_catalogue_version(),
            None,
        )
    )
    event = events(product)[-1]
    assert event.type == "product.published"
    assert {"field": "annual_rate_min", "from": None, "to": 0.0385} in event.payload["differences"]


def test_a_change_stays_a_draft_until_it_is_published(bank_actor, officer):
    product = publish(bank_actor, create(bank_actor, annual_rate_min=0.0385))
    first = product.current_version

    product = change(officer, product, annual_rate_min=0.035)
    assert product.current_version == first
    assert get_catalogue_version() == 1
    product = publish(bank_actor, product)

    first.refresh_from_db()
    second = product.current_version
    assert (second.number, float(second.annual_rate_min)) == (2, 0.035)
    assert (first.published_in, first.withdrawn_in, second.published_in) == (1, 2, 2)
    assert float(first.annual_rate_min) == 0.0385
    assert events(product)[-1].payload["differences"] == [
        {"field": "annual_rate_min", "from": 0.0385, "to": 0.035}
    ]


def test_further_changes_go_into_the_same_draft(bank_actor):
    product = publish(bank_actor, create(bank_actor))

    change(bank_actor, product, annual_rate_min=0.04)
    change(bank_actor, product, annual_rate_min=0.03)

    assert [*product.versions.values_list("number", flat=True)] == [1, 2]


def test_a_change_that_changes_nothing_leaves_no_trace(bank_actor):
    product = publish(bank_actor, create(bank_actor, stages=["seed"]))
    before = len(events(product))

    again = change(bank_actor, product, stages=["seed"], name="科创贷")

    assert again.revision == product.revision
    assert product.versions.count() == 1
    assert len(events(product)) == before


def test_the_second_of_two_officers_is_told(bank_actor, officer):
    product = create(bank_actor)

    change(bank_actor, product, expected_revision=1, annual_rate_min=0.04)
    with pytest.raises(StaleRevision) as error:
        change(officer, product, expected_revision=1, annual_rate_min=0.05)

    assert "第 1 版" in error.value.message
    assert float(product.versions.get().annual_rate_min) == 0.04


@pytest.mark.parametrize("source", ProductStatus)
@pytest.mark.parametrize("target", ProductStatus)
def test_every_step_outside_the_table_is_refused(bank_actor, source, target):
    product = ProductFactory(institution=bank_actor.organization, status=source)
    if source is ProductStatus.PUBLISHED:
        change(bank_actor, product, note="新")
    step = {"published": publish, "closed": close}.get(target)
    if step is None:
        assert target not in PRODUCT_TRANSITIONS[source]
        return

    if target in PRODUCT_TRANSITIONS[source]:
        assert step(bank_actor, product).status == target
        return
    with pytest.raises(StateConflict):
        step(bank_actor, product)
    assert Product.objects.get(pk=product.pk).status == source


def test_a_closed_product_cannot_be_changed(bank_actor):
    product = ProductFactory(institution=bank_actor.organization, closed=True)

    with pytest.raises(StateConflict):
        change(bank_actor, product, note="新")


def test_closing_withdraws_the_version_and_drops_a_draft(bank_actor):
    product = publish(bank_actor, create(bank_actor))
    change(bank_actor, product, note="新")

    product = close(bank_actor, product, reason="停办")

    version = product.versions.get()
    assert (version.number, version.withdrawn_in) == (1, 2)
    assert product.closed_reason == "停办"
    assert events(product)[-1].type == "product.closed"


def test_nothing_new_means_nothing_to_publish(bank_actor):
    product = publish(bank_actor, create(bank_actor))

    with pytest.raises(StateConflict) as error:
        publish(bank_actor, product)

    assert error.value.code == "nothing_to_publish"


def test_publishing_takes_the_declaration_against_tie_ins(bank_actor):
    product = create(bank_actor)

    with pytest.raises(InvalidInput) as error:
        publish(bank_actor, product, no_tie_in=False)

    assert error.value.problems[0].field == "no_tie_in"
    assert publish(bank_actor, product).current_version.no_tie_in


def test_a_product_that_is_already_over_is_not_published(bank_actor):
    today = timezone.localdate()
    product = create(bank_actor, valid_until=today)

    with pytest.raises(InvalidInput) as error:
        publish(bank_actor, product)
    assert error.value.problems[0].field == "valid_until"
    change(bank_actor, product, valid_until=today + timedelta(days=1))
    assert publish(bank_actor, product).status == ProductStatus.PUBLISHED


def test_a_clock_that_went_back_withdraws_no_version_before_it_began(bank_actor):
    now = timezone.now()
    product = publish(bank_actor, create(bank_actor), now=now)
    change(bank_actor, product, note="新")

    product = publish(bank_actor, product, now=now - timedelta(seconds=5))

    assert product.current_version.published_at == now


def test_codes_are_unique_and_plain(bank_actor):
    create(bank_actor, code="科创-1")

    with pytest.raises(InvalidInput) as error:
        create(bank_actor, code="科创-1")
    assert (error.value.problems[0].field, error.value.problems[0].code) == (
        "code",
        "duplicate_code",
    )
    for code in ("a b", "a/b", "x" * 101):
        with pytest.raises(InvalidInput):
            create(bank_actor, code=code)


def test_a_unit_speaks_for_those_below_it_and_not_for_those_above(bank_actor):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    teller = make_actor(organization=branch, role=Role.INSTITUTION)

    product = create(bank_actor, institution=branch)
    assert publish(bank_actor, product).institution == branch
    assert change(teller, product, note="新").institution == branch
    with pytest.raises(NotPermitted):
        create(teller, institution=bank_actor.organization)


def test_an_officer_drafts_and_a_manager_publishes_and_closes(bank_actor, officer):
    product = change(officer, create(officer), note="新")

    with pytest.raises(NotPermitted):
        publish(officer, product)
    product = publish(bank_actor, product)
    with pytest.raises(NotPermitted):
        close(officer, product)


def test_others_may_not_touch_a_product(bank_actor, firm_actor, department_actor, incubator_actor):
    product = ProductFactory()
    rival = bank_actor

    for actor in (rival, firm_actor, department_actor, incubator_actor):
        with pytest.raises(NotPermitted):
            change(actor, product, note="新")
        with pytest.raises(NotPermitted):
            publish(actor, product)
        with pytest.raises(NotPermitted):
            close(actor, product)


def test_incubators_offer_their_seed_fund_and_firms_offer_nothing(incubator_actor, firm_actor):
    assert publish(incubator_actor, create(incubator_actor)).status == "published"
    with pytest.raises(InvalidInput) as error:
        create(firm_actor)
    assert error.value.problems[0].field == "institution"


def test_an_institutions_word_founds_the_values_that_it_fills(bank_actor):
    bank = bank_actor.organization
    product = services.create_product(
        actor=None,
        institution=bank,
        values={"name": "科创贷", "annual_rate_min": 0.0385},
        provenance={
            "name": {"status": "published", "source": "公告"},
            "annual_rate_min": {"status": "secondary", "source": "媒体"},
            "stages": {"status": "to_be_filled", "source": "待机构填报"},
        },
    )

    change(bank_actor, product, annual_rate_min=None, stages=["seed"])

    assert product.versions.get().provenance == {
        "name": {"status": "published", "source": "公告"},
        "stages": {"status": "published", "source": f"{bank.name}填报"},
    }
