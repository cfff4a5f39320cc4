"""/firms/{id}/evaluations/: what third parties found, recorded once, retracted with a reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.firms.models import FirmEvaluation
from backend.journal.models import Event
from backend.organizations.enums import Role
from tests.factories.firms import FirmEvaluationFactory, FirmFactory, TenancyFactory
from tests.factories.organizations import make_actor

SCORE = {
    "kind": "innovation_score",
    "source": "firm",
    "evaluator": "省科技评价中心",
    "evaluated_on": "2026-03-01",
    "score": 81.5,
    "scale": 100,
}
VALUE = {
    "kind": "ip_valuation",
    "source": "firm",
    "evaluator": "某资产评估公司",
    "evaluated_on": "2026-03-01",
    "value_yuan": 12_000_000,
    "patents": 7,
    "document_number": "评报字（2026）第 8 号",
}
GRADE = {
    "kind": "technology_appraisal",
    "source": "firm",
    "evaluator": "某学会",
    "evaluated_on": "2026-03-01",
    "valid_until": "2029-03-01",
    "grade": "国内领先",
}


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def url_of(firm):
    return f"/api/v1/firms/{firm.public_id}/evaluations/"


def problems_of(answer):
    assert answer.status_code == 400, answer.content
    return {problem["field"]: problem["message"] for problem in answer.json()["errors"]}


@pytest.mark.parametrize("body", [SCORE, VALUE, GRADE])
def test_a_firm_records_each_kind_and_reads_it_back(firm, firm_client, body):
    answer = firm_client.post(url_of(firm), body)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert {name: made[name] for name in body} == body
    (listed,) = firm_client.get(url_of(firm)).json()["results"]
    assert listed == made == firm_client.get(f"{url_of(firm)}{made['id']}/").json()
    event = Event.objects.get(type="firm.evaluation_recorded")
    assert event.payload["evaluation"] == made["id"]


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"score": 101}, "score", "100"),
        ({"score": -1}, "score", "0"),
        ({"scale": 0}, "scale", "满分"),
        ({"score": None}, "score", "请填写得分"),
        ({"grade": "国内领先"}, "grade", "没有“评价等级”"),
        ({"valid_until": "2026-03-01"}, "valid_until", "应晚于评价日期"),
        ({"evaluated_on": "1999-12-31"}, "evaluated_on", "2000-01-01"),
        ({"evaluator": "长" * 101}, "evaluator", "100"),
        ({"evaluator_uscc": "91220000"}, "evaluator_uscc", "统一社会信用代码"),
        ({"kind": "credit_rating"}, "kind", "平台不保存征信数据，也不作信用评价"),
        ({"evaluator": "某 征 信公司"}, "evaluator", "平台不保存征信数据"),
        ({"document_number": "信用评级 3 号"}, "document_number", "信用评级"),
        ({"source": "bank"}, "source", "未知代码"),
        ({"rating": "AAA"}, "rating", "没有“rating”这一项"),
    ],
)
def test_a_wrong_score_is_refused_by_its_field(firm, firm_client, changes, field, says):
    problems = problems_of(firm_client.post(url_of(firm), SCORE | changes))
    assert says in problems[field]
    assert not FirmEvaluation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value_yuan": -1}, "value_yuan"),
        ({"value_yuan": 1.5}, "value_yuan"),
        ({"value_yuan": 10**13}, "value_yuan"),
        ({"patents": 0}, "patents"),
        ({"score": 3}, "score"),
        ({"value_yuan": None}, "value_yuan"),
    ],
)
def test_a_wrong_valuation_is_refused_by_its_field(firm, firm_client, changes, field):
    assert field in problems_of(firm_client.post(url_of(firm), VALUE | changes))


@pytest.mark.parametrize("changes", [{"grade": ""}, {"grade": "级" * 61}, {"grade": "失信"}])
def test_a_wrong_grade_is_refused(firm, firm_client, changes):
    assert "grade" in problems_of(firm_client.post(url_of(firm), GRADE | changes))


def test_a_day_that_has_not_come_is_refused(firm, firm_client):
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
    problems = problems_of(
        firm_client.post(url_of(firm), SCORE | {"evaluated_on": tomorrow, "valid_until": None})
    )
    assert "evaluated_on" in problems


def test_the_same_result_stands_once_until_it_is_retracted(firm, firm_client):
    made = firm_client.post(url_of(firm), SCORE).json()
    again = firm_client.post(url_of(firm), SCORE)
    assert (again.status_code, again.json()["code"]) == (409, "evaluation_exists")
    retracted = firm_client.post(f"{url_of(firm)}{made['id']}/retract/", {"reason": "得分录错"})
    assert retracted.json()["retracted_reason"] == "得分录错"
    assert firm_client.post(url_of(firm), SCORE | {"score": 80}).status_code == 201
    assert FirmEvaluation.objects.count() == 2
    assert Event.objects.filter(type="firm.evaluation_retracted").count() == 1


def test_a_retraction_needs_a_reason_and_happens_once(firm, firm_client):
    row = FirmEvaluationFactory(firm=firm)
    address = f"{url_of(firm)}{row.public_id}/retract/"
    assert "reason" in problems_of(firm_client.post(address, {}))
    assert "reason" in problems_of(firm_client.post(address, {"reason": "征信不良"}))
    assert firm_client.post(address, {"reason": "登记有误"}).status_code == 200
    again = firm_client.post(address, {"reason": "登记有误"})
    assert (again.status_code, again.json()["code"]) == (409, "already_retracted")


def test_a_key_lets_a_repeated_request_record_once(firm, firm_client):
    headers = {"Idempotency-Key": "evaluation-1"}
    answers = [firm_client.post(url_of(firm), SCORE, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert FirmEvaluation.objects.count() == 1


def test_what_the_department_handed_in_only_the_department_records_and_retracts(
    firm, firm_client, department_client
):
    refused = firm_client.post(url_of(firm), SCORE | {"source": "department"})
    assert (refused.status_code, refused.json()["code"]) == (403, "source_not_permitted")
    made = department_client.post(url_of(firm), SCORE | {"source": "department"}).json()
    address = f"{url_of(firm)}{made['id']}/retract/"
    assert firm_client.post(address, {"reason": "不认可"}).status_code == 403
    assert department_client.post(address, {"reason": "录错企业"}).status_code == 200


def test_an_evaluators_list_names_its_document(firm, department_client):
    body = SCORE | {"source": "evaluator"}
    assert "document_number" in problems_of(department_client.post(url_of(firm), body))
    assert (
        department_client.post(url_of(firm), body | {"document_number": "名单 1 号"}).status_code
        == 201
    )


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("bank", 404), ("anonymous", 401)])
def test_others_find_nothing(firm, who, status, request):
    row = FirmEvaluationFactory(firm=firm)
    client = request.getfixturevalue(f"{who}_client")
    own = f"{url_of(firm)}{row.public_id}/"
    assert client.get(url_of(firm)).status_code == status
    assert client.post(url_of(firm), SCORE).status_code == status
    assert client.get(own).status_code == status
    assert client.post(f"{own}retract/", {"reason": "登记有误"}).status_code == status


def test_an_evaluation_is_found_at_its_own_firm_only(firm, firm_client):
    other = FirmEvaluationFactory()
    assert firm_client.get(f"{url_of(firm)}{other.public_id}/").status_code == 404


def test_an_incubator_records_for_the_tenants_that_let_it(firm, client_for):
    incubator = make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)
    client = client_for(incubator)
    assert client.post(url_of(firm), SCORE).status_code == 404
    TenancyFactory(firm=firm, incubator=incubator.organization, consented=True)
    assert client.post(url_of(firm), SCORE).status_code == 201


def test_an_account_without_proved_authority_records_nothing(firm, client_for):
    newcomer = client_for(make_actor(organization=firm.organization))
    answer = newcomer.post(url_of(firm), SCORE)
    assert (answer.status_code, answer.json()["code"]) == (409, "authority_not_proved")


def test_the_list_is_paged_and_asks_as_often_for_much_as_for_little(
    firm, firm_client, count_queries
):
    FirmEvaluationFactory.create_batch(2, firm=firm)
    few = count_queries(lambda: firm_client.get(url_of(firm)))
    FirmEvaluationFactory.create_batch(4, firm=firm)
    assert count_queries(lambda: firm_client.get(url_of(firm))) == few
    page = firm_client.get(url_of(firm), {"page_size": 4}).json()
    assert len(page["results"]) == 4
    assert len(firm_client.get(page["next"]).json()["results"]) == 2


@pytest.mark.parametrize(
    "change", [{"score": 90}, {"evaluator": "另一家"}, {"retracted_reason": "另一理由"}]
)
def test_the_database_refuses_any_change_but_one_retraction(firm, change):
    row = FirmEvaluationFactory(firm=firm)
    rows = FirmEvaluation.objects.filter(pk=row.pk)
    if "retracted_reason" in change:
        rows.update(
            retracted_reason="有误", retracted_at=timezone.now(), retracted_by=row.recorded_by
        )
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(**change)


@pytest.mark.parametrize(
    "values",
    [
        {"score": 101},
        {"scale": None},
        {"grade": "国内领先"},
        {"kind": "ip_valuation"},
        {"kind": "credit_rating"},
    ],
)
def test_the_database_refuses_a_result_that_does_not_fit_its_kind(firm, values):
    with pytest.raises(IntegrityError, match="evaluation_result"), transaction.atomic():
        FirmEvaluationFactory(firm=firm, **values)
