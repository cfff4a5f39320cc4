"""Referral lists in pages: drafted, edited, signed by others, sent, recalled."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.organizations.enums import Role
from backend.portal.department.pages import DepartmentPage
from backend.referrals.enums import ListStatus
from backend.referrals.list_selectors import preview_list
from backend.referrals.models import Referral, ReferralList
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.matches import MatchRunFactory
from tests.factories.organizations import make_actor

LISTS = reverse("portal:department_lists")
DRAFT = reverse("portal:department_lists_draft")


@pytest.fixture
def office(db):
    return make_office(banks=2)


def page(referral_list, name="detail", *more):
    return reverse(f"portal:department_lists_{name}", args=[referral_list.public_id, *more])


def press(client, referral_list, name, *more, **values):
    referral_list.refresh_from_db()
    told = {"revision": referral_list.revision, **values}
    return client.post(page(referral_list, name, *more), told)


def head(**values):
    answer_by = timezone.localdate() + timedelta(days=14)
    return {
        "document_number": "吉科函〔2026〕12号",
        "basis": "企业授权书",
        "answer_by": answer_by.isoformat(),
        **values,
    }


def test_without_a_run_the_form_says_what_to_do(browse, office):
    assert "还没有完成的匹配批次" in browse(office.officer).get(DRAFT).content.decode()


def test_a_list_is_drafted_from_the_newest_run_with_the_reasons(browse, office):
    need, *_ = open_needs(2)
    run = MatchRunFactory(actor=office.officer, finished=True)
    client = browse(office.officer)
    told = {"run": str(run.public_id), "per_need": 1, "title": "", "press": "one"}
    for _ in range(2):
        answer = client.post(DRAFT, told, follow=True)
    drafted = ReferralList.objects.get()
    assert drafted.per_need == 1
    text = answer.content.decode()
    assert drafted.number in text
    assert need.firm.organization.name in text
    assert "该需求匹配结果第 1 位" in text
    assert "不构成担保" in text


def test_a_fan_out_that_cannot_be_names_its_field(browse, office):
    open_needs(1)
    run = MatchRunFactory(actor=office.officer, finished=True)
    answer = browse(office.officer).post(DRAFT, {"run": str(run.public_id), "per_need": 99})
    assert answer.status_code == 422
    assert answer.context["form"].errors["per_need"]


def test_needs_without_a_place_are_listed_with_the_reason(browse, db):
    office = make_office(banks=1)
    office.banks[0].capacity = 1
    office.banks[0].save()
    open_needs(2)
    drafted = office.draft(per_need=1)
    (unplaced,) = drafted.unplaced.all()
    text = browse(office.officer).get(page(drafted) + "?tab=unplaced").content.decode()
    assert unplaced.need.code in text
    assert unplaced.get_reason_display() in text
    assert office.banks[0].name in text


def test_the_chain_signs_one_after_the_other_and_the_officer_sends(browse, office):
    needs = open_needs(2)
    consent_to(needs, office.banks)
    drafted = office.draft(per_need=1)
    officer = browse(office.officer)
    press(officer, drafted, "submit")
    assert "签批（" not in officer.get(page(drafted)).content.decode()
    for signer in (office.head, office.leader):
        client = browse(signer)
        assert "签批（" in client.get(page(drafted)).content.decode()
        press(client, drafted, "approve", note="同意")
    drafted.refresh_from_db()
    assert drafted.status == ListStatus.APPROVED
    answer = press(officer, drafted, "send", **head())
    assert answer.status_code == 302
    drafted.refresh_from_db()
    assert drafted.status == ListStatus.SENT
    assert Referral.objects.count() == 2
    text = officer.get(page(drafted)).content.decode()
    assert "发给各机构的清单" in text
    assert "吉科函〔2026〕12号" in text


def test_whoever_submitted_cannot_sign(browse, office):
    open_needs(1)
    drafted = office.draft()
    officer = browse(office.officer)
    press(officer, drafted, "submit")
    answer = press(officer, drafted, "approve")
    assert answer.status_code == 422
    assert "一人只能签一个岗位" in answer.content.decode()


def test_a_refusal_needs_a_reason_and_sends_the_list_back(browse, office):
    open_needs(1)
    submitted = office.submit(office.draft())
    client = browse(office.head)
    assert press(client, submitted, "refuse").context["form"].errors["note"]
    press(client, submitted, "refuse", note="请核对金额")
    submitted.refresh_from_db()
    assert submitted.status == ListStatus.DRAFT
    assert "请核对金额" in client.get(page(submitted)).content.decode()


def test_a_sending_without_number_and_day_names_its_fields(browse, office):
    open_needs(1)
    approved = office.approve(office.draft())
    answer = press(
        browse(office.officer), approved, "send", **head(document_number="", answer_by="")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"document_number", "answer_by"}


def test_a_row_is_taken_off_with_a_reason_and_put_on_again(browse, office):
    need, *_ = open_needs(2)
    drafted = office.draft(per_need=1)
    row = drafted.rows.get(need=need)
    client = browse(office.officer)
    assert press(client, drafted, "remove", row.public_id).context["form"].errors["reason"]
    press(client, drafted, "remove", row.public_id, reason="企业来电暂缓")
    assert "企业来电暂缓" in client.get(page(drafted) + "?tab=removed").content.decode()
    product = row.product_version.product
    told = {"need": need.code, "product": product.code, "reason": "企业恢复"}
    press(client, drafted, "add", **told)
    assert drafted.rows.standing().get(need=need).added_reason == "企业恢复"


def test_an_unknown_need_or_product_is_named_beside_its_field(browse, office):
    open_needs(1)
    drafted = office.draft()
    client = browse(office.officer)
    answer = press(client, drafted, "add", need="N-NONE", product="x", reason="试")
    assert answer.status_code == 422
    assert "N-NONE" in answer.context["form"].errors["need"][0]


def test_the_preview_shows_sheets_and_what_would_fall_out(browse, office):
    needs = open_needs(2)
    consent_to(needs, office.banks)
    drafted = office.draft(per_need=1)
    gone = needs[0]
    gone.status = "expired"
    gone.save()
    client = browse(office.officer)
    texts = [
        client.get(page(drafted, "preview"), {"institution": bank.code}).content.decode()
        for bank in office.banks
        if drafted.rows.filter(institution=bank).exists()
    ]
    assert any("现在发送会剔除" in text and gone.code in text for text in texts)
    assert any("新增" in text and needs[1].code in text for text in texts)


def test_the_preview_composes_the_page_that_is_shown_and_no_more(browse, office, monkeypatch):
    monkeypatch.setattr(DepartmentPage.rows_page, "__defaults__", (2,))
    open_needs(5)
    drafted = office.draft(per_need=1)
    named = drafted.rows.first().institution
    composed = []
    monkeypatch.setattr(
        "backend.portal.department.list_sheets.list_selectors.preview_list",
        lambda found, **kwargs: composed.append(kwargs["keys"]) or preview_list(found, **kwargs),
    )
    client = browse(office.officer)
    text = client.get(page(drafted, "preview"), {"institution": named.code, "page": 2})
    rows = drafted.rows.filter(institution=named).order_by("need__code")
    assert composed == [[row.pk for row in rows[2:4]]]
    assert f"""<td data-label="序号">{3}</td>""" in text.content.decode()


def test_a_sheet_is_shown_as_sent_and_handed_out_as_a_workbook(browse, office):
    needs = open_needs(1)
    consent_to(needs, office.banks)
    sent = office.draft_and_send(per_need=1)
    (sheet,) = sent.sheets
    client = browse(office.officer)
    address = page(sent.referral_list, "sheet", sheet.public_id)
    text = client.get(address).content.decode()
    assert needs[0].firm.organization.name in text
    assert sheet.digest in text
    book = client.get(page(sent.referral_list, "workbook", sheet.public_id))
    assert book.content[:2] == b"PK"
    assert "attachment" in book["Content-Disposition"]
    assert client.get(page(sent.referral_list, "preview")).status_code == 302


def test_a_recall_takes_back_what_nobody_answered(browse, office):
    open_needs(1)
    sent = office.draft_and_send(per_need=1).referral_list
    client = browse(office.officer)
    assert press(client, sent, "recall").context["form"].errors["reason"]
    press(client, sent, "recall", reason="重复发送")
    sent.refresh_from_db()
    assert sent.status == ListStatus.RECALLED
    assert "重复发送" in client.get(page(sent)).content.decode()


def test_a_draft_is_given_up_with_a_reason(browse, office):
    open_needs(1)
    drafted = office.draft()
    press(browse(office.officer), drafted, "discard", reason="起草有误")
    drafted.refresh_from_db()
    assert drafted.status == ListStatus.DISCARDED


def test_another_city_finds_no_list(browse, office):
    open_needs(1)
    drafted = office.draft()
    other = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    client = browse(other)
    assert drafted.number not in client.get(LISTS).content.decode()
    assert client.get(page(drafted)).status_code == 404
    assert press(client, drafted, "discard", reason="x").status_code == 404


def test_lists_and_rows_ask_the_same_number_of_questions_for_any_number(
    browse, office, count_queries
):
    client = browse(office.officer)
    open_needs(1)
    drafted = office.draft()

    def look(address):
        client.get(address)
        return count_queries(lambda: client.get(address))

    few = look(LISTS), look(page(drafted))
    open_needs(4)
    larger = office.draft()
    assert (look(LISTS), look(page(larger))) == few
