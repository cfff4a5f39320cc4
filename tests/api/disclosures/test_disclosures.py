"""/api/v1/disclosures/"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from backend.consents.models import Consent, ConsentText, Disclosure
from tests.factories.accounts import UserFactory
from tests.factories.consents import ConsentFactory, DisclosureFactory
from tests.factories.firms import FirmFactory, TenancyFactory
from tests.factories.needs import NeedFactory

URL = "/api/v1/disclosures/"
SUMMARY = f"{URL}summary/"


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


@pytest.fixture
def need(firm):
    return NeedFactory(open=True, firm=firm)


@pytest.fixture
def row(need):
    return DisclosureFactory(consent=ConsentFactory(need=need))


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [entry["id"] for entry in answer.json()["results"]]


def test_the_firm_sees_who_was_shown_which_field_when_and_how(firm_client, row):
    shown = firm_client.get(f"{URL}{row.public_id}/").json()

    assert shown["institution_name"] == row.institution.name
    assert shown["fields_shown"] == ["firm_name", "uscc"]
    assert shown["labels"] == ["企业名称", "统一社会信用代码"]
    assert (shown["channel"], shown["channel_label"]) == ("api", "接口")
    assert shown["consent"] == str(row.consent.public_id)
    assert shown["shown_at"]
    assert shown["person"] is None


def test_the_department_also_sees_which_person_looked(department_client, row):
    shown = department_client.get(f"{URL}{row.public_id}/").json()

    assert shown["person"] == str(row.user)


def test_who_sees_the_ledger(
    anonymous_client,
    firm_client,
    department_client,
    stranger_client,
    incubator_client,
    bank_client,
    incubator_actor,
    row,
):
    assert anonymous_client.get(URL).status_code == 401
    assert bank_client.get(URL).status_code == 403
    for client in (firm_client, department_client):
        assert ids(client.get(URL)) == [str(row.public_id)]
    for client in (stranger_client, incubator_client):
        assert ids(client.get(URL)) == []
        assert client.get(f"{URL}{row.public_id}/").status_code == 404

    TenancyFactory(firm=row.firm, incubator=incubator_actor.organization, consented=True)
    assert ids(incubator_client.get(URL)) == [str(row.public_id)]


def test_filters_by_need_institution_channel_and_time(firm_client, need):
    now = timezone.now()
    old = DisclosureFactory(
        consent=ConsentFactory(need=need, institution__code="OLD"),
        shown_at=now - timedelta(days=9),
        channel="workbook",
    )
    new = DisclosureFactory(consent=ConsentFactory(need__firm=need.firm), shown_at=now)
    day_before = (now - timedelta(days=1)).isoformat()

    def found(**query):
        return ids(firm_client.get(URL, query))

    assert found() == [str(new.public_id), str(old.public_id)]
    assert found(ordering="shown_at") == [str(old.public_id), str(new.public_id)]
    for query in (
        {"need": need.public_id},
        {"institution": "OLD"},
        {"channel": "workbook"},
        {"shown_before": day_before},
    ):
        assert found(**query) == [str(old.public_id)], query
    assert found(shown_from=day_before) == [str(new.public_id)]
    assert firm_client.get(URL, {"fields": "x"}).status_code == 400


def test_the_summary_says_who_saw_what_how_often(firm_client, need):
    consent = ConsentFactory(need=need)
    times = [timezone.now() - timedelta(days=days) for days in (3, 2, 1)]
    for moment, fields in zip(times, (["uscc"], ["uscc", "stage"], ["uscc"]), strict=True):
        DisclosureFactory(consent=consent, fields=fields, shown_at=moment)
    DisclosureFactory(consent=consent, fields=["uscc"], channel="workbook", shown_at=times[0])
    other = DisclosureFactory(consent=ConsentFactory(need=need), fields=["region"])
    DisclosureFactory()  # another firm's

    answer = firm_client.get(SUMMARY).json()

    assert answer["firm_name"] == need.firm.organization.name
    by_institution = {entry["institution"]: entry for entry in answer["institutions"]}
    assert by_institution.keys() == {consent.institution.code, other.institution.code}
    seen = {f["field"]: f for f in by_institution[consent.institution.code]["fields_seen"]}
    assert {field: entry["times"] for field, entry in seen.items()} == {"stage": 1, "uscc": 4}
    assert seen["uscc"]["channels"] == ["api", "workbook"]
    assert seen["uscc"]["label"] == "统一社会信用代码"
    assert seen["uscc"]["first_shown_at"] < seen["uscc"]["last_shown_at"]
    narrowed = firm_client.get(SUMMARY, {"institution": other.institution.code}).json()
    assert [entry["institution"] for entry in narrowed["institutions"]] == [other.institution.code]


def test_a_department_names_the_firm_of_a_summary(department_client, stranger_client, row):
    firm = row.firm.public_id

    assert department_client.get(SUMMARY).status_code == 400
    assert len(department_client.get(SUMMARY, {"firm": firm}).json()["institutions"]) == 1
    assert stranger_client.get(SUMMARY, {"firm": firm}).status_code == 400
    assert department_client.get(SUMMARY, {"firm": "x"}).status_code == 400


def test_ten_thousand_rows_are_summed_up_in_as_many_queries_as_none(
    firm_client, need, count_queries
):
    firm_client.get(SUMMARY)
    none = count_queries(lambda: firm_client.get(SUMMARY))
    consents = [ConsentFactory(need=need) for _ in range(10)]
    user = UserFactory()
    Disclosure.objects.bulk_create(
        Disclosure(
            firm=need.firm,
            need=need,
            institution=consents[number % 10].institution,
            consent=consents[number % 10],
            user=user,
            channel="api",
            fields=[f"field_{field}" for field in range(20)],
            shown_at=timezone.now(),
        )
        for number in range(10_000)
    )
    answer = {}

    many = count_queries(lambda: answer.update(firm_client.get(SUMMARY).json()))

    assert many == none
    assert [entry["fields_seen"][0]["times"] for entry in answer["institutions"]] == [1_000] * 10


def test_list_queries_are_constant(firm_client, need, count_queries):
    def more(number):
        for _ in range(number):
            DisclosureFactory(consent=ConsentFactory(need__firm=need.firm))

    more(2)
    firm_client.get(URL)
    few = count_queries(lambda: firm_client.get(URL))
    more(20)

    assert count_queries(lambda: firm_client.get(URL)) == few


def refused(change):
    with pytest.raises(DatabaseError, match=r"append-only|only ends"), transaction.atomic():
        change()


def test_the_ledger_and_the_wordings_never_change(row):
    text = row.consent.text

    refused(lambda: Disclosure.objects.filter(pk=row.pk).update(fields=["code"]))
    refused(lambda: Disclosure.objects.filter(pk=row.pk).delete())
    refused(lambda: ConsentText.objects.filter(pk=text.pk).update(body="x"))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("DELETE FROM consents_consenttext WHERE id = %s", [text.pk]))


def test_a_consent_ends_once_and_says_the_same_for_ever(db):
    consent = ConsentFactory()
    rows, now = Consent.objects.filter(pk=consent.pk), timezone.now()

    refused(lambda: rows.update(groups=["identity", "wish", "contact"]))
    refused(lambda: rows.update(expires_on=consent.expires_on + timedelta(days=1)))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("DELETE FROM consents_consent WHERE id = %s", [consent.pk]))
    rows.update(withdrawn_at=now)
    refused(lambda: rows.update(withdrawn_at=None))
    refused(lambda: rows.update(replaced_at=now))
