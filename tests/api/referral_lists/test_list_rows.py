"""`referral-lists/{id}/rows`, `unplaced`, `preview`, `sheets`, `diff`."""

import pytest

from backend.needs.models import Need
from tests.api.referral_lists.test_referral_lists_api import HEAD, approve_all
from tests.factories.catalogue import ProductFactory
from tests.factories.lists import consent_to, open_needs


def rows_of(desk, drafted, **query):
    return desk.get(drafted, "rows/", **query).json()["results"]


def test_a_row_names_firm_institution_and_product(desk, drafted):
    row = rows_of(desk, drafted)[0]
    need = Need.objects.get(code=row["need"])
    assert row["firm_name"] == need.firm.organization.name
    assert row["institution_name"] in {bank.name for bank in desk.office.banks}
    assert row["verdict_label"] in {"符合已公布条件", "待核实"}
    assert row["origin_label"] == "系统分配"
    assert row["position"] in {1, 2}


def test_rows_are_filtered_by_institution_and_need(desk, drafted):
    bank = desk.office.banks[0]
    found = rows_of(desk, drafted, institution=bank.code)
    assert len(found) == 2
    assert {row["institution"] for row in found} == {bank.code}
    assert len(rows_of(desk, drafted, need=found[0]["need"])) == 2


def test_pages_of_rows_take_as_many_queries_for_many(desk, drafted, count_queries):
    few = count_queries(lambda: rows_of(desk, drafted))
    consent_to(open_needs(5), desk.office.banks)
    larger = desk.office.draft()
    assert len(rows_of(desk, larger)) == 14
    assert count_queries(lambda: rows_of(desk, larger)) == few


def test_a_row_is_removed_added_and_given_another_product(desk, drafted):
    row = rows_of(desk, drafted)[0]
    removed = desk.post(
        desk.head, drafted, f"rows/{row['id']}/remove", {"reason": "企业已自行解决"}
    )
    assert removed.status_code == 200
    assert removed.json()["removed_reason"] == "企业已自行解决"
    assert [one["id"] for one in rows_of(desk, drafted, is_removed="true")] == [row["id"]]
    added = desk.post(
        desk.head,
        drafted,
        "rows",
        {"need": row["need_id"], "product": row["product_id"], "reason": "仍需推送"},
        tag=removed.headers["ETag"],
    )
    assert added.status_code == 201
    assert added.json()["origin"] == "officer"
    bank = next(b for b in desk.office.banks if b.code == row["institution"])
    better = ProductFactory(institution=bank)
    changed = desk.post(
        desk.head,
        drafted,
        f"rows/{added.json()['id']}/change-product",
        {"product": str(better.public_id), "reason": "利率更低"},
    )
    assert changed.status_code == 200
    assert changed.json()["product"] == better.code


@pytest.mark.parametrize("field", ["need", "product", "reason"])
def test_what_a_new_row_lacks_is_named(desk, drafted, field):
    row = rows_of(desk, drafted)[0]
    body = {"need": row["need_id"], "product": row["product_id"], "reason": "增加"}
    del body[field]
    answer = desk.post(desk.head, drafted, "rows", body)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}


def test_what_found_no_place_is_listed_with_the_reason(desk):
    (need,) = open_needs(1, open_to_others=False)
    (found,) = desk.get(desk.office.draft(), "unplaced/").json()["results"]
    assert (found["need"], found["reason"]) == (need.code, "no_consent")
    assert "未授权" in found["reason_label"]


def test_the_preview_shows_the_content_for_one_institution(desk, drafted):
    overview = desk.get(drafted, "preview/").json()
    assert [sheet["content"] for sheet in overview["sheets"]] == [None, None]
    bank = desk.office.banks[0]
    (sheet,) = desk.get(drafted, "preview/", institution=bank.code).json()["sheets"]
    assert sheet["institution_name"] == bank.name
    assert len(sheet["content"]["rows"]) == sheet["totals"]["needs"] == 2
    assert desk.get(drafted, "preview/", bank="x").status_code == 400


def test_a_sent_sheet_shows_its_content_and_digest(desk, drafted):
    approve_all(desk, drafted)
    desk.post(desk.officer, drafted, "send", HEAD)
    sheets = desk.get(drafted, "sheets/").json()["results"]
    assert len(sheets) == 2
    shown = desk.get(drafted, f"sheets/{sheets[0]['id']}/").json()
    assert shown["content"]["format"] == "kerong-sheet/2"
    assert len(shown["digest"]) == 64
    assert desk.get(drafted, "preview/").status_code == 409


def test_the_difference_is_told_per_sheet_and_need(desk, drafted):
    approve_all(desk, drafted)
    desk.post(desk.officer, drafted, "send", HEAD)
    bank = desk.office.banks[0]
    (diff,) = desk.get(drafted, "diff/", institution=bank.code).json()
    assert (diff["version"], diff["against"]) == (1, None)
    assert {change["change_label"] for change in diff["changes"]} == {"新增"}
