"""How it begins: agreements, a county's roster, needs, a visit, consents."""

from datetime import date
from typing import Any

from tests.factories.organizations import make_uscc
from tests.journeys.cast import WISHES, Person, Stage
from tests.workbooks import make_workbook

_TO_INSTITUTION = ["identity", "profile", "standing", "figures", "wish", "contact"]
_TO_DEPARTMENT = ["progress", "amounts", "reasons"]
_STANDARDS = {
    "compliant_operation": "现场查看营业执照和纳税申报表",
    "fixed_premises": "现场查看厂房租赁合同",
    "real_demand": "现场查看在手订单",
    "good_credit": "企业书面说明",
    "lawful_use": "查看资金使用计划",
}
_HEADERS = ["统一社会信用代码", "企业名称", "所在地区", "证书编号", "有效期起", "有效期至"]
_PERIOD = {"valid_from": "2026-01-01", "valid_until": "2029-01-01"}


def sign_agreements(stage: Stage) -> None:
    """The department's contact agrees to be named; each bank enters its own and is signed."""
    notice = stage.officer.get("contacts/notice/")["version"]
    own = _contact(stage.officer, "演示厅联系人", notice)
    for number, bank in enumerate(stage.banks, start=1):
        first, second = (
            _contact(bank.manager, f"{bank.name}{which}", notice) for which in ("联系人", "二联")
        )
        signed = stage.leader.post(
            "agreements/",
            {
                "institution": bank.code,
                "document_number": f"演示协议{number}号",
                "title": "演示合作协议",
                "signed_on": "2026-11-30",
                "valid_from": "2026-11-30",
                "valid_until": "2029-11-30",
                "department_unit": "科技金融处",
                "department_contact": own,
                "institution_unit": "普惠金融部",
                "institution_contact": first,
                "second_contact": second,
            },
        )
        assert signed["status"] == "live"
        assert signed["institution_contact"]["name"] == f"{bank.name}联系人"
    stage.say(f"  {len(stage.banks)} 家银行与{stage.leader.name}签约；联系人均本人同意公开。")


def _contact(person: Person, name: str, notice: str) -> str:
    made = person.post("contacts/", {"name": name, "phone": "0431-80000000"})
    person.act(f"contacts/{made['id']}/", "agree", {"notice_version": notice, "evidence": "演示"})
    return made["id"]


def import_roster(stage: Stage) -> None:
    """Three bad rows are named and nothing is written; the mended sheet goes in as a whole."""
    county = stage.county
    newcomer = make_uscc(9_500_000)
    rows: list[list[object]] = [
        [
            firm.code,
            firm.name,
            "220102",
            f"GR2026{number:08d}",
            date(2026, 1, 1),
            date(2028, 12, 31),
        ]
        for number, firm in enumerate(stage.firms.values(), start=1)
    ]
    rows.append([newcomer, "演示新建档企业", "220102", "GR202699", date(2026, 1, 1), None])
    bad = [list(row) for row in rows]
    wrong_code = newcomer[:-1] + ("0" if newcomer[-1] != "0" else "1")
    bad[0][5], bad[1][1], bad[-1][0] = "二〇二八年底", None, wrong_code
    before = _firms_known(stage)

    refused = county.upload(
        "rosters/", "名单.xlsx", _sheet(bad), expected=400, kind="high_tech", **_PERIOD
    )

    named = {tuple(error["field"].split(".")[1:]) for error in refused["errors"]}
    assert named == {
        ("2", "有效期至"),
        ("3", "企业名称"),
        (str(len(rows) + 1), "统一社会信用代码"),
    }
    for error in refused["errors"]:
        stage.say(f"  {error['field']}：{error['message']}")
    assert _firms_known(stage) == before
    stage.say("  三行有误，整份名单未写入。")
    imported = county.upload("rosters/", "名单.xlsx", _sheet(rows), kind="high_tech", **_PERIOD)
    assert (imported["rows"], imported["firms_created"]) == (len(rows), 1)
    assert imported["qualifications_created"] == len(rows)
    assert _firms_known(stage) == {
        **dict.fromkeys(before, "high_tech"),
        newcomer: "high_tech",
    }
    stage.say(f"  改正后导入 {imported['rows']} 家高新技术企业，其中新建档 1 家。")


def _sheet(rows: list[list[object]]) -> bytes:
    return make_workbook([_HEADERS, *rows])


def _firms_known(stage: Stage) -> dict[str, str]:
    """Return the county's firms by code, with their qualifications."""
    return {
        row["uscc"]: "、".join(
            one["code"] for one in stage.county.get(f"firms/{row['id']}/")["qualifications"]
        )
        for row in stage.county.rows("firms/")
    }


def post_needs(stage: Stage) -> None:
    """Each firm posts, the county recommends after a visit, the province verifies.

    Each firm consents in both directions.
    """
    for wish, (first, *others) in WISHES.items():
        firm = stage.firms[wish]
        preferred = [getattr(stage, name).code for name in (first, *others)]
        need = firm.post("needs/", _need(wish, preferred))
        path = f"needs/{need['id']}/"
        firm.act(path, "submit")
        recommend(stage, need["id"])
        verified = stage.officer.get(path)
        assert verified["status"] == "open"
        texts = {
            text["direction"]: text["version"] for text in firm.get("consents/texts/")["texts"]
        }
        for direction, groups in (
            ("to_institution", _TO_INSTITUTION),
            ("to_department", _TO_DEPARTMENT),
        ):
            given = firm.post(
                "consents/grant/",
                {
                    "need": need["id"],
                    "institutions": preferred,
                    "direction": direction,
                    "groups": groups,
                    "text_version": texts[direction],
                    "contact_agreed": direction == "to_institution",
                },
            )
            assert len(given["consents"]) == len(preferred)
        assert firm.get("consents/missing/", need=need["id"])["institutions"] == []
        stage.needs[wish] = verified
        stage.say(f"  {verified['code']} {firm.name}：走访推荐、省厅核验通过，授权完成。")


def recommend(stage: Stage, need: str) -> None:
    """The county visits, checks the five standards and hands up; without one of them it may not."""
    standards = [
        {"standard": standard, "is_met": True, "basis": basis}
        for standard, basis in _STANDARDS.items()
    ]
    made = stage.county.post(
        "recommendations/",
        {
            "need": need,
            "visited_on": "2026-11-27",
            "opinion": "建议推荐。",
            "visitors": [{"name": "演示走访人", "post": "科长"}],
            "standards": standards[1:],
        },
    )
    path = f"recommendations/{made['id']}/"
    refused = stage.county.act(path, "submit", expected=400)
    assert [error["field"] for error in refused["errors"]] == ["standards.compliant_operation"]
    stage.county.act(path, "", {"standards": standards})
    submitted = stage.county.act(path, "submit")
    assert submitted["awaiting_level"] == "province"
    accepted = stage.officer.act(path, "verify")
    assert accepted["status"] == "accepted"


def _need(wish: str, preferred: list[str]) -> dict[str, Any]:
    rate = {"max_annual_rate": 0.03} if wish == "利率过高" else {}
    return {
        "financing_types": ["credit_loan"],
        "amount_min_yuan": 1_000_000,
        "amount_max_yuan": 5_000_000,
        "term_min_months": 12,
        "term_max_months": 24,
        "purposes": ["working_capital"],
        "needed_by": "2027-03-31",
        "preferred_institutions": preferred,
        "open_to_others": False,
        "contact_name": "演示联系人",
        "contact_phone": "0431-88880000",
        **rate,
    }
