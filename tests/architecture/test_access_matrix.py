"""Who may knock where: `access_matrix.csv` holds the reviewed answer for every operation.

A cell is 401, 403, 404, or `in` when access is granted. Each request names the right revision
and, where access is decided after the body was read, carries a body that would do.

A new address without a row fails, and so does a row without an address. To write the file
anew, for review: ``python -m pytest tests/architecture --write-matrix``.
"""

import csv
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from tests.architecture.operations import Operation, all_operations
from tests.architecture.world import ACTORS, World, make_world
from tests.factories.accounts import UserFactory

MATRIX = Path(__file__).with_name("access_matrix.csv")
REFUSALS = {401, 403, 404}


@cache
def read_matrix() -> dict[str, dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row["operation"]: row for row in csv.DictReader(file)}


# What a request must carry before a service asks the policy.
BODIES: dict[str, dict[str, object]] = {
    "PATCH /api/v1/agreements/{id}/": {"title": "新标题"},
    "PATCH /api/v1/contacts/{id}/": {"post": "处长"},
    "PATCH /api/v1/organizations/{id}/": {"name": "新名称"},
    "PATCH /api/v1/policies/{id}/": {"title": "新标题"},
    "PATCH /api/v1/products/{id}/": {"name": "新名称"},
    "POST /api/v1/agreements/{id}/end/": {"reason": "续签"},
    "POST /api/v1/contacts/{id}/agree/": {"notice_version": "2026-01", "evidence": "1号"},
    "POST /api/v1/data-requests/": {"kind": "correction", "what": "名称", "why": "有误"},
    "POST /api/v1/data-requests/{id}/refuse/": {"reason": "资料无误"},
    "POST /api/v1/firms/{id}/evaluations/{evaluation_id}/retract/": {"reason": "登记有误"},
    "POST /api/v1/firms/{id}/stage-override/": {"stage": "growth", "reason": "现场核实"},
    "POST /api/v1/memberships/{id}/prove-authority/": {
        "basis": "stamped_letter",
        "reference": "授权书 1",
        "post": "经理",
        "valid_until": (timezone.localdate() + timedelta(days=30)).isoformat(),
    },
    "PATCH /api/v1/matters/{id}/": {"measure": "联合现场核对"},
    "POST /api/v1/escalations/{id}/decline/": {"reason": "机构已电话说明"},
    "POST /api/v1/matters/{id}/repair/": {"result": "已核对登记信息"},
    "POST /api/v1/referrals/{id}/approve/": {"amount_yuan": 5_000_000},
    "POST /api/v1/referrals/{id}/decline/": {"reasons": ["bank_internal"]},
    "POST /api/v1/referrals/{id}/disburse/": {
        "amount_yuan": 1_000_000,
        "date": timezone.localdate().isoformat(),
    },
    "POST /api/v1/referrals/{id}/documents/": {"names": ["近三年审计报告"]},
    "POST /api/v1/referrals/{id}/give-documents/": {"names": ["近三年审计报告"]},
    "POST /api/v1/referrals/{id}/hand-over/": {"handler": "newcomer"},
    "POST /api/v1/referrals/{id}/name-manager/": {"name": "赵经理"},
    "POST /api/v1/referrals/{id}/offer/": {"alternative": "建议改用担保贷款"},
    "POST /api/v1/referrals/{id}/matters/": {"text": "需协调不动产登记"},
    "POST /api/v1/referrals/{id}/return/": {"note": "不在服务区域"},
    "POST /api/v1/referrals/{id}/step/": {"step": "contacted"},
    "POST /api/v1/needs/{id}/return/": {"reason": "请补充材料"},
    "POST /api/v1/organizations/{id}/memberships/": {"username": "newcomer", "role": "firm"},
    "POST /api/v1/products/{id}/publish/": {"no_tie_in": True},
    "POST /api/v1/referral-lists/approval-chain/": {
        "seats": [{"post": "handler"}, {"post": "leader"}]
    },
    "POST /api/v1/referral-lists/{id}/discard/": {"reason": "重复"},
    "POST /api/v1/referral-lists/{id}/recall/": {"reason": "有误"},
    "POST /api/v1/referral-lists/{id}/refuse/": {"note": "请核对"},
    "POST /api/v1/referral-lists/{id}/rows/{row_id}/remove/": {"reason": "不再需要"},
    "POST /api/v1/referral-lists/{id}/firms/{firm_row_id}/remove/": {"reason": "不再需要"},
    "POST /api/v1/referral-lists/{id}/send/": {
        "document_number": "1号",
        "basis": "授权书",
        "answer_by": (timezone.localdate() + timedelta(days=10)).isoformat(),
    },
    "PUT /api/v1/organizations/{id}/service-regions/": {"regions": ["220100"]},
    "PATCH /api/v1/activities/{id}/": {"place": "另一会场"},
    "POST /api/v1/activities/{id}/cancel/": {"reason": "改期"},
    "POST /api/v1/activities/{id}/participants/": {"title": "某项目", "summary": "摘要"},
    "POST /api/v1/participants/{id}/award/": {"level": "一等奖"},
    "POST /api/v1/participants/{id}/refuse/": {"note": "名额有限"},
    "PATCH /api/v1/projects/{id}/": {"title": "某项目"},
    "POST /api/v1/projects/{id}/publish/": {"notice_version": "2026-01"},
    "POST /api/v1/intents/{id}/advance/": {"level": "considering"},
    "POST /api/v1/intents/{id}/answer/": {"answer": "interested"},
    "PATCH /api/v1/recommendations/{id}/": {"opinion": "建议推荐。"},
    "POST /api/v1/recommendations/{id}/return/": {"reason": "请补充走访记录"},
    "POST /api/v1/recommendations/{id}/withdraw/": {"reason": "企业情况有变"},
    "POST /api/v1/recommendations/routes/": {
        "region": "220100",
        "levels": ["county", "city", "province"],
        "direct_levels": [],
    },
    "POST /api/v1/recommendations/routes/remove/": {"region": "220100"},
    "POST /api/v1/organizations/{id}/agency/": {"agency": "finance"},
    "PATCH /api/v1/aggregates/{id}/": {"loans": 3},
    "PATCH /api/v1/announcements/{id}/": {"title": "更正后的标题"},
    "POST /api/v1/announcements/{id}/withdraw/": {"reason": "内容有误"},
    "POST /api/v1/indicators/{id}/correct/": {"value": 1, "reason": "漏计"},
    "POST /api/v1/indicators/{id}/withdraw/": {"reason": "重复"},
    "POST /api/v1/webhook-endpoints/{id}/replay/": {"since": timezone.now().isoformat()},
}


def knock(world: World, actor: str, operation: Operation) -> str:
    """Make the request and undo what it did."""
    send = getattr(world.clients[actor], operation.method)
    headers = {"If-Match": world.revisions[operation.resource]}
    body = BODIES.get(operation.name)
    with transaction.atomic():
        answer = send(world.url(operation.path), *([body] if body else []), headers=headers)
        status = answer.status_code
        transaction.set_rollback(True)
    assert status < 500, f"{actor}: {operation.name} answered {status}"
    return str(status) if status in REFUSALS else "in"


def test_every_operation_has_a_row_and_every_row_an_operation():
    assert {operation.name for operation in all_operations()} == read_matrix().keys()


@pytest.mark.slow
@pytest.mark.django_db
def test_everybody_gets_what_the_matrix_says(request):
    world, matrix = make_world(), read_matrix()
    UserFactory(username="newcomer")
    found = {
        operation.name: {actor: knock(world, actor, operation) for actor in ACTORS}
        for operation in all_operations()
    }
    if request.config.getoption("--write-matrix"):
        write_matrix(found)
        pytest.skip("the matrix was written anew; review the differences")

    wrong = [
        f"{name} as {actor}: expected {matrix[name][actor]}, answered {answer}"
        for name, row in found.items()
        for actor, answer in row.items()
        if name in matrix and matrix[name][actor] != answer
    ]
    assert not wrong, "\n".join(wrong)


def write_matrix(found: dict[str, dict[str, str]]) -> None:
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["operation", *ACTORS], lineterminator="\n")
        writer.writeheader()
        for name, row in found.items():
            writer.writerow({"operation": name, **row})


def test_nobody_anonymous_gets_in_but_to_the_public_addresses():
    public = {name for name, row in read_matrix().items() if row["anonymous"] == "in"}

    assert public == {
        "GET /healthz",
        "GET /api/v1/docs/",
        "GET /api/v1/reports/public/",
        "GET /api/v1/schema/",
        "POST /api/v1/session/",
    }


def test_whoever_keeps_accounts_sees_no_business_data():
    business = (
        "activities",
        "agreements",
        "consents",
        "contacts",
        "data-requests",
        "disclosures",
        "endorsements",
        "escalations",
        "firms",
        "intents",
        "match-runs",
        "matters",
        "needs",
        "participants",
        "policies",
        "products",
        "projects",
        "recommendations",
        "referrals",
        "referral-lists",
        "roster-consents",
        "rosters",
        "sheets",
        "tenants",
        "aggregates",
        "indicators",
    )
    for name, row in read_matrix().items():
        if name.split("/api/v1/")[-1].split("/")[0] in business:
            for actor in ("auditor", "administrator", "security_officer"):
                assert row[actor] in {"403", "404"}, (name, actor)


def test_a_stranger_and_another_city_find_no_trace_of_the_firm_and_its_need():
    for name, row in read_matrix().items():
        if name.split("/api/v1/")[-1].startswith(
            (
                "firms/{",
                "needs/{",
                "referrals/{",
                "sheets/{",
                "matters/{",
                "escalations/{",
                "participants/{",
                "projects/{",
                "intents/{",
                "recommendations/{",
                "endorsements/{",
                "tenants/{",
                "roster-consents/{",
                "data-requests/{",
            )
        ):
            for actor in ("stranger", "other_bank", "other_city"):
                assert row[actor] in {"403", "404"}, (name, actor)


def test_endpoints_of_an_institution_are_no_business_of_firms_and_rivals():
    for name, row in read_matrix().items():
        if name.split("/api/v1/")[-1].startswith(("webhook-endpoints/{", "deliveries/{")):
            for actor in ("firm", "incubator", "other_bank", "bank_officer", "auditor"):
                assert row[actor] == "404", (name, actor)
