"""GET /api/v1/referrals/: the institution's inbox, and what others see of the same rows."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.consents.models import Disclosure
from backend.organizations.enums import Role
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory

URL = "/api/v1/referrals/"


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_the_bank_finds_what_it_was_sent_with_its_clocks(bank_client, referral):
    (row,) = bank_client.get(URL).json()["results"]

    assert row["id"] == str(referral.public_id)
    assert row["need"]["firm_name"] == referral.need.firm.organization.name
    assert {clock["clock"] for clock in row["clocks"]} == {"acknowledge", "contact", "decide"}
    assert row["is_unread"] is True


@pytest.mark.parametrize("who", ["firm_client", "department_client"])
def test_firm_and_department_see_where_the_need_went(who, request, referral):
    (row,) = request.getfixturevalue(who).get(URL).json()["results"]

    assert row["institution"] == referral.institution.code
    assert row["handler"] is None


def test_a_stranger_finds_nothing(stranger_client, referral):
    assert ids(stranger_client.get(URL)) == []
    assert stranger_client.get(f"{URL}{referral.public_id}/").status_code == 404


def test_another_bank_finds_nothing(client_for, referral):
    other = client_for(make_actor(organization__bank=True, role=Role.INSTITUTION))

    assert ids(other.get(URL)) == []
    assert other.get(f"{URL}{referral.public_id}/").status_code == 404


def test_sign_in_is_needed(anonymous_client):
    assert anonymous_client.get(URL).status_code == 401


def test_reading_marks_as_read_until_something_happens(bank_client, firm_client, referral, act):
    bank_client.get(f"{URL}{referral.public_id}/")
    assert bank_client.get(URL).json()["results"][0]["is_unread"] is False
    assert ids(bank_client.get(URL, {"unread": "true"})) == []

    act(bank_client, referral, "documents", {"names": ["订单合同"]})
    act(firm_client, referral, "give-documents", {"names": ["订单合同"]})

    assert bank_client.get(URL).json()["results"][0]["is_unread"] is True


def test_every_reading_by_an_institution_is_recorded(bank_client, firm_client, referral):
    firm_client.get(f"{URL}{referral.public_id}/")
    assert not Disclosure.objects.exists()

    bank_client.get(f"{URL}{referral.public_id}/")

    fields = {field for row in Disclosure.objects.all() for field in row.fields}
    assert {"firm_name", "uscc", "contact_phone"} <= fields


def test_what_the_firm_holds_is_shown_with_its_period(bank_client, firm, referral):
    FirmQualificationFactory(firm=firm)

    shown = bank_client.get(f"{URL}{referral.public_id}/").json()["need"]

    assert shown["qualifications"] == [
        {"code": "high_tech", "valid_from": "2024-11-01", "valid_until": "2027-11-01"}
    ]


def test_without_consent_the_row_is_masked(bank_client, referral):
    consent = referral.need.consents.get(direction="to_institution")
    consent.withdrawn_at = timezone.now()
    consent.save()

    (row,) = bank_client.get(URL).json()["results"]

    assert row["need"]["is_masked"] is True
    assert not {"firm_name", "uscc", "contact_name"} & row["need"].keys()


@pytest.mark.parametrize("status", ["declined", "returned", "withdrawn", "expired"])
def test_what_has_ended_without_money_is_masked(status, bank_client, firm, bank_actor, agreement):
    ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True),
        institution=bank_actor.organization,
        agreement=agreement,
        **{status: True},
    )

    answer = bank_client.get(URL)

    assert firm.organization.code not in answer.content.decode()
    assert firm.organization.name not in answer.content.decode()


class TestFilters:
    @pytest.fixture
    def two(self, referral, firm, bank_actor, agreement):
        late = ReferralFactory(
            need=NeedFactory(firm=firm, in_referral=True),
            institution=bank_actor.organization,
            agreement=agreement,
            handler=bank_actor.user,
            in_contact=True,
            next_due_on=timezone.localdate() - timedelta(days=1),
            sent_at=timezone.now() - timedelta(days=9),
        )
        return str(referral.public_id), str(late.public_id)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"status": "sent"}, [0]),
            ({"status": "in_contact"}, [1]),
            ({"mine": "true"}, [1]),
            ({"overdue": "true"}, [1]),
            ({"at_work": "true"}, [0, 1]),
            ({"at_work": "false"}, []),
            ({"track": "equity"}, []),
            ({"ordering": "sent_at"}, [1, 0]),
            ({"ordering": "next_due_on"}, [1, 0]),
        ],
    )
    def test_a_filter_leaves_what_it_says(self, two, bank_client, query, found):
        assert ids(bank_client.get(URL, query)) == [two[place] for place in found]

    @pytest.mark.parametrize("name", ["score", "position", "need__firm", "region"])
    def test_there_is_no_filter_on_what_is_not_shown(self, name, bank_client, two):
        assert bank_client.get(URL, {name: "1"}).status_code == 400


@pytest.mark.parametrize("who", ["bank_client", "firm_client", "department_client"])
def test_a_page_costs_a_fixed_number_of_queries(
    who, request, count_queries, referral, firm, bank_actor, agreement
):
    client = request.getfixturevalue(who)
    client.get(URL)
    one = count_queries(lambda: client.get(URL))
    for _ in range(4):
        ReferralFactory(
            need=NeedFactory(firm=firm, in_referral=True),
            institution=bank_actor.organization,
            agreement=agreement,
        )

    assert count_queries(lambda: client.get(URL)) == one


class TestCanaries:
    """What an institution must never read, put where it would show."""

    SCORE = 0.8127364545
    POSITION = 31_337
    MODEL = "canary-model-77131"
    RIVAL = "竞争行金丝雀"

    @pytest.fixture
    def planted(self, firm, bank_actor, agreement):
        referral = ReferralFactory(
            need=NeedFactory(firm=firm, in_referral=True),
            institution=bank_actor.organization,
            agreement=agreement,
            row_values={
                "score": self.SCORE,
                "position": self.POSITION,
                "model_version": self.MODEL,
            },
        )
        rival = ReferralFactory(need=referral.need)
        rival.institution.name = self.RIVAL
        rival.institution.save()
        return referral

    def test_no_score_no_position_no_model_no_rival_reaches_an_institution(
        self, planted, bank_client, act
    ):
        answers = [
            bank_client.get(URL),
            bank_client.get(f"{URL}{planted.public_id}/"),
            act(bank_client, planted, "acknowledge"),
            act(bank_client, planted, "approve", {"amount_yuan": 1_000_000}),
            act(bank_client, planted, "matters", {"text": "协调登记"}),
            bank_client.get("/api/v1/matters/"),
        ]

        for answer in answers:
            assert answer.status_code in {200, 201}
            text = json.dumps(answer.json(), ensure_ascii=False)
            for canary in (str(self.SCORE), str(self.POSITION), self.MODEL, self.RIVAL):
                assert canary not in text
            assert not {"score", "position", "components", "rank"} & keys_of(answer.json())

    def test_the_canaries_are_where_they_would_show(self, planted):
        planted.list_row.refresh_from_db()

        assert planted.list_row.score == self.SCORE

    def test_another_firm_of_the_platform_does_not_show(self, planted, bank_client):
        FirmFactory(organization__name="无关企业金丝雀")

        assert "无关企业金丝雀" not in bank_client.get(URL).content.decode()


def keys_of(value):
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys_of(inner)}
    return set()
