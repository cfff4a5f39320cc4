"""`aggregates/`: prepared by an officer, signed by the manager, then only corrected."""

import pytest
from django.db import DatabaseError, transaction

from backend.filings.models import Aggregate
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from tests.factories.filings import AggregateFactory, last_month
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/aggregates/"


@pytest.fixture
def clerk(bank_actor, client_for):
    """An officer of the same bank."""
    return client_for(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )


def figures(**changes):
    return {
        "period_kind": "month",
        "period_from": last_month()[0].isoformat(),
        "firms_served": 12,
        "disbursed_yuan": 30_000_000,
        "balance_yuan": 90_000_000,
        **changes,
    }


def sign(client, answer):
    return client.post(
        f"{PATH}{answer.json()['id']}/sign/", {}, headers={"If-Match": answer.headers["ETag"]}
    )


def test_an_officer_prepares_a_manager_signs_and_the_department_sees_it(
    clerk, bank_client, department_client
):
    """Only from the signature on, with person and time."""
    drafted = clerk.post(PATH, figures())
    assert drafted.status_code == 201, drafted.json()
    assert drafted.json()["loans"] is None
    assert drafted.json()["period_until"] == last_month()[1].isoformat()
    assert department_client.get(PATH).json()["results"] == []
    assert department_client.get(f"{PATH}{drafted.json()['id']}/").status_code == 404
    assert sign(clerk, drafted).status_code == 403

    signed = sign(bank_client, drafted)

    assert signed.status_code == 200, signed.json()
    (seen,) = department_client.get(PATH).json()["results"]
    assert seen["signed_by"]
    assert seen["signed_at"]
    assert seen["version"] == 1
    assert Event.objects.filter(type="aggregate.signed").count() == 1


def test_nobody_signs_what_they_prepared(bank_client):
    """A second person looks at it."""
    drafted = bank_client.post(PATH, figures())
    refused = sign(bank_client, drafted)
    assert (refused.status_code, refused.json()["code"]) == (409, "prepared_by_oneself")


def test_a_correction_is_a_version_that_names_the_former(clerk, bank_client, department_client):
    """With the reason; until it is signed the former stands alone."""
    first = sign(bank_client, clerk.post(PATH, figures())).json()
    assert clerk.post(PATH, figures(firms_served=13)).json()["errors"][0]["field"] == "reason"
    drafted = clerk.post(PATH, figures(firms_served=13, reason="漏报一户"))
    assert department_client.get(f"{PATH}{first['id']}/").json()["replaced_by"] is None
    second = sign(bank_client, drafted).json()
    assert (second["version"], second["replaces"]) == (2, first["id"])
    seen = department_client.get(f"{PATH}{first['id']}/").json()
    assert (seen["firms_served"], seen["replaced_by"]) == (12, second["id"])


def test_what_was_signed_is_refused_by_the_service_and_by_the_database(clerk, bank_client):
    """409 from the one, an error from the other."""
    signed = sign(bank_client, clerk.post(PATH, figures()))
    change = clerk.patch(
        f"{PATH}{signed.json()['id']}/",
        {"firms_served": 99},
        headers={"If-Match": signed.headers["ETag"]},
    )
    assert (change.status_code, change.json()["code"]) == (409, "aggregate_signed")
    rows = Aggregate.objects.filter(public_id=signed.json()["id"])
    for attempt in (lambda: rows.update(firms_served=99), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_draft_is_changed_under_its_revision_and_discarded(clerk):
    """412 for whoever read an older one."""
    drafted = clerk.post(PATH, figures())
    url = f"{PATH}{drafted.json()['id']}/"
    changed = clerk.patch(url, {"loans": 3}, headers={"If-Match": drafted.headers["ETag"]})
    assert changed.json()["loans"] == 3
    stale = clerk.patch(url, {"loans": 4}, headers={"If-Match": drafted.headers["ETag"]})
    assert stale.status_code == 412
    assert clerk.post(PATH, figures()).json()["code"] == "draft_open"
    gone = clerk.post(f"{url}discard/", {}, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    assert not Aggregate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period_from": "2026-02-02"}, "period_from"),
        ({"period_kind": "quarter", "period_from": "2026-02-01"}, "period_from"),
        ({"period_from": "2999-01-01"}, "period_from"),
        ({"firms_served": -1}, "firms_served"),
        ({"disbursed_yuan": "30000000"}, "disbursed_yuan"),
        ({"disbursed_wan": 3000}, "disbursed_wan"),
        ({"reason": "第一次"}, "reason"),
    ],
)
def test_bad_input_names_its_field(clerk, changes, field):
    """In Chinese, and nothing is stored."""
    answer = clerk.post(PATH, figures(**changes))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert not Aggregate.objects.exists()


def test_an_institution_sees_its_own_and_those_below_and_changes_only_its_own(
    bank_client, bank_actor
):
    """Not those of others."""
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    below = AggregateFactory(institution=branch)
    AggregateFactory(signed=True)
    (seen,) = bank_client.get(PATH).json()["results"]
    assert seen["id"] == str(below.public_id)
    answer = bank_client.patch(
        f"{PATH}{below.public_id}/", {"loans": 1}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 403


def test_a_department_sees_the_units_of_its_region_and_its_partners(
    city_department_actor, client_for
):
    """A city does not read what a bank of another city reports."""
    inside = AggregateFactory(signed=True, institution__region__code="220102")
    AggregateFactory(signed=True, institution__region__code="220200")
    partner = AggregateFactory(signed=True, institution__region=None)
    AgreementFactory(department=city_department_actor.organization, institution=partner.institution)
    seen = client_for(city_department_actor).get(PATH).json()["results"]
    assert {row["id"] for row in seen} == {str(inside.public_id), str(partner.public_id)}


def test_the_list_is_constant_in_queries(department_client, count_queries):
    """However many rows it shows."""
    AggregateFactory(signed=True)
    few = count_queries(lambda: department_client.get(PATH))
    for _ in range(5):
        AggregateFactory(signed=True)
    assert count_queries(lambda: department_client.get(PATH)) == few
