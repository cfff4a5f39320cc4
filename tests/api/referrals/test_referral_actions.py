"""POST /api/v1/referrals/{id}/...: a referral from its receipt to the confirmed outcome."""

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from backend.organizations.enums import Role
from tests.factories.organizations import OrganizationFactory, make_actor

URL = "/api/v1/referrals/"


def test_a_loan_from_receipt_to_confirmed_outcomes(
    bank_client, firm_client, department_client, referral, act
):
    act(bank_client, referral, "acknowledge")
    act(bank_client, referral, "contact", {"note": "已电话联系"})
    act(bank_client, referral, "survey")
    act(bank_client, referral, "documents", {"names": ["近三年审计报告"]})
    act(firm_client, referral, "give-documents", {"names": ["近三年审计报告"]})
    act(bank_client, referral, "step", {"step": "documents_complete"})
    act(
        bank_client,
        referral,
        "approve",
        {"amount_yuan": 5_000_000, "term_months": 12, "annual_rate": 0.0385, "is_green": True},
    )
    for number, amount in enumerate((2_000_000, 3_000_000, 1_000_000), start=1):
        drawn = act(
            bank_client,
            referral,
            "disburse",
            {
                "date": localdate().isoformat(),
                "amount_yuan": amount,
                "annual_rate": 0.0385,
                "security": ["patent"],
                "is_first_loan": number == 1,
                "renewal": "new",
                "reference": f"JL-{number}",
            },
        ).json()
    first, second, third = (one["id"] for one in drawn["drawdowns"])

    assert drawn["status"] == "funded"
    assert (drawn["line"]["amount_yuan"], drawn["drawn_yuan"]) == (5_000_000, 6_000_000)
    assert drawn["exceeds_line"] is True

    act(firm_client, referral, "confirm", {"drawdown": first, "evidence": "借据 1 号"})
    act(firm_client, referral, "confirm", {"drawdown": second})
    act(firm_client, referral, "contest", {"drawdown": third, "note": "未收到该笔放款"})
    done = act(
        department_client,
        referral,
        "reconcile",
        {"drawdown": third, "amount_yuan": 0, "note": "银行已冲正"},
    ).json()

    assert done["status"] == "confirmed"
    assert [one["state"] for one in done["drawdowns"]] == ["confirmed", "confirmed", "reconciled"]
    need = firm_client.get(f"/api/v1/needs/{referral.need.public_id}/").json()
    assert need["status"] == "funded"


def test_an_answer_names_the_steps_and_who_took_them(bank_client, firm_client, referral, act):
    mine = act(bank_client, referral, "acknowledge").json()["steps"]
    theirs = firm_client.get(f"{URL}{referral.public_id}/").json()["steps"]

    assert mine[0]["person"] is not None
    assert theirs[0]["person"] is None
    assert theirs[0]["organization"] == referral.institution.name


def test_a_missing_and_a_stale_revision(bank_client, referral, act):
    path = f"{URL}{referral.public_id}/acknowledge/"

    assert bank_client.post(path, {}).status_code == 428
    act(bank_client, referral, "acknowledge")
    stale = bank_client.post(f"{URL}{referral.public_id}/contact/", {}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_a_repetition_with_an_old_revision_is_harmless(bank_client, referral):
    path = f"{URL}{referral.public_id}/acknowledge/"

    answers = [bank_client.post(path, {}, headers={"If-Match": '"1"'}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(answers[1].json()["steps"]) == 1


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("decline", {"reasons": []}, "reasons"),
        ("decline", {"reasons": ["term"], "note": "征信不良"}, "note"),
        ("step", {"step": "approved"}, "step"),
        ("approve", {"amount_yuan": -1}, "amount_yuan"),
        ("disburse", {"amount_yuan": 1}, "date"),
        ("documents", {"names": []}, "names"),
        ("return", {"note": ""}, "note"),
        ("hand-over", {"handler": "nobody"}, "handler"),
    ],
)
def test_bad_input_names_its_field(action, body, field, bank_client, referral, act):
    answer = act(bank_client, referral, action, body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].split(".")[0] == field


def test_what_the_track_does_not_have_is_a_conflict(bank_client, referral, act):
    answer = act(bank_client, referral, "step", {"step": "term_sheet"})

    assert (answer.status_code, answer.json()["code"]) == (409, "step_not_in_track")


def test_a_branch_that_gives_back_is_out_of_sight(client_for, bank_client, bank_actor, referral):
    branch = OrganizationFactory(bank=True, parent=bank_actor.organization)
    branch_client = client_for(make_actor(organization=branch, role=Role.INSTITUTION))
    path = f"{URL}{referral.public_id}/"
    tag = bank_client.get(path).headers["ETag"]
    assigned = bank_client.post(f"{path}assign/", {"unit": branch.code}, headers={"If-Match": tag})
    assert assigned.json()["unit"] == branch.code

    tag = branch_client.get(path).headers["ETag"]
    returned = branch_client.post(
        f"{path}return/", {"note": "不在服务区域"}, headers={"If-Match": tag}
    )

    assert returned.status_code == 204
    assert branch_client.get(path).status_code == 404
    assert bank_client.get(path).json()["unit"] == bank_actor.organization.code


def test_a_mistaken_drawdown_is_voided(bank_client, referral, act):
    drawn = act(
        bank_client,
        referral,
        "disburse",
        {"date": localdate().isoformat(), "amount_yuan": 1_000_000},
    ).json()["drawdowns"][0]

    done = act(
        bank_client, referral, "void-drawdown", {"drawdown": drawn["id"], "reason": "串户"}
    ).json()

    assert (done["drawn_yuan"], done["drawdowns"][0]["voided_reason"]) == (0, "串户")


def test_without_consent_the_bank_learns_what_may_be_kept(bank_client, referral, act):
    consent = referral.need.consents.get(direction="to_department")
    consent.withdrawn_at = timezone.now()
    consent.save()

    done = act(bank_client, referral, "approve", {"amount_yuan": 1_000_000}).json()

    assert (done["may_report"], done["line"], done["clocks"]) == ([], None, [])
    assert [step["step"] for step in done["steps"]] == ["answered"]


def test_a_matter_leads_to_a_second_attempt(bank_client, department_client, referral, act):
    act(bank_client, referral, "decline", {"reasons": ["collateral"]})
    matter = act(bank_client, referral, "matters", {"text": "厂房未办产权登记"})
    assert matter.status_code == 201
    path = f"/api/v1/matters/{matter.json()['id']}/"

    tag = department_client.get(path).headers["ETag"]
    changed = department_client.patch(
        path, {"agency_name": "市自然资源局", "measure": "专班核对"}, headers={"If-Match": tag}
    )
    assert changed.json()["agency_name"] == "市自然资源局"
    repaired = department_client.post(
        f"{path}repair/",
        {"result": "已登记", "reopens": True},
        headers={"If-Match": changed.headers["ETag"]},
    )

    assert repaired.status_code == 200
    assert bank_client.get(f"{URL}{referral.public_id}/").json()["status"] == "sent"


def test_the_firm_reads_its_progress_in_sentences(firm_client, bank_client, referral, act):
    act(bank_client, referral, "documents", {"names": ["订单合同"]})

    told = firm_client.get(f"/api/v1/needs/{referral.need.public_id}/progress/").json()

    assert told["referrals"][0]["missing_documents"] == ["订单合同"]
    assert "请补充：订单合同" in told["text"]


def test_what_is_offered_instead_is_said_to_all_sides(
    bank_client, firm_client, department_client, referral, act
):
    act(bank_client, referral, "offer", {"actual_product": "科创快贷"})
    shown = act(bank_client, referral, "offer", {"alternative": "建议先办理担保"}).json()
    assert (shown["actual_product"], shown["alternative"]) == ("科创快贷", "建议先办理担保")
    for client in (firm_client, department_client):
        assert client.get(f"{URL}{referral.public_id}/").json()["alternative"] == "建议先办理担保"
    empty = act(bank_client, referral, "offer", {}).json()
    assert [error["code"] for error in empty["errors"]] == ["required"]


def test_the_bare_name_of_a_manager_stays_with_the_institution(
    bank_client, firm_client, department_client, referral, act
):
    shown = act(bank_client, referral, "name-manager", {"name": "赵经理"}).json()
    assert (shown["manager_name"], shown["handler"]) == ("赵经理", None)
    for client in (firm_client, department_client):
        answer = client.get(f"{URL}{referral.public_id}/")
        assert "赵经理" not in answer.content.decode()
