"""A sheet goes out as a workbook: as it was sent, without what was taken back since."""

import zipfile
from io import BytesIO

import pytest
from django.utils import timezone

from backend.consents.enums import Channel
from backend.consents.models import Consent, Disclosure
from backend.exchange.sheet_layout import ANSWERS, TOLD
from backend.exchange.sheet_words import MASKED
from backend.organizations.enums import Role
from backend.referrals.models import Sheet
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FactFactory
from tests.factories.lists import make_office, open_needs
from tests.factories.organizations import make_actor
from tests.returned import SentSheet


def test_the_head_names_list_parties_basis_and_digest(sent):
    copy = sent.fetch()
    listed = sent.sheet.referral_list
    assert copy.head("清单编号") == listed.number
    assert copy.head("文号") == listed.document_number
    assert copy.head("授权依据") == listed.basis
    assert copy.head("答复期限") == listed.answer_by.isoformat()
    assert sent.sheet.institution.name in copy.head("接收机构")
    assert sent.sheet.digest in copy.head("清单摘要")
    assert "需求 2 个" in copy.head("合计")


def test_every_row_names_need_firm_and_authorisation_and_leaves_room_for_answers(sent):
    copy = sent.fetch()
    for line in (1, 2):
        need = sent.referral(line).need
        assert copy.cell(line, "需求编号") == need.code
        assert copy.cell(line, "企业名称") == need.firm.organization.name
        assert copy.cell(line, "变化") == "新增"
        assert "授权" in copy.cell(line, "授权及有效期")
        assert [copy.cell(line, column.header) for column in ANSWERS] == [None] * len(ANSWERS)


def test_locked_cells_are_protected_and_answers_have_drop_downs(sent):
    with zipfile.ZipFile(BytesIO(sent.fetch_bytes())) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert '<protection locked="0"/>' in styles
    assert "<sheetProtection " in page
    assert 'hidden="1"' in page
    assert "额度不足" in page
    assert 'type="list"' in page


def test_a_name_that_looks_like_a_formula_stays_text(db):
    office = make_office(banks=1)
    (need,) = open_needs(1, firm__organization__name='=HYPERLINK("http://x")')
    ConsentFactory(need=need, institution=office.banks[0])
    office.draft_and_send(per_need=1)
    manager = make_actor(organization=office.banks[0], role=Role.INSTITUTION)
    sent = SentSheet(office, manager, Sheet.objects.get())
    with zipfile.ZipFile(BytesIO(sent.fetch_bytes())) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert sent.fetch().cell(1, "企业名称") == '=HYPERLINK("http://x")'


def test_a_masked_row_stays_masked(db):
    office = make_office(banks=1)
    (need,) = open_needs(1)
    office.draft_and_send(per_need=1)
    manager = make_actor(organization=office.banks[0], role=Role.INSTITUTION)
    copy = SentSheet(office, manager, Sheet.objects.get()).fetch()
    assert copy.cell(1, "企业名称") == MASKED
    everything = str(copy.rows)
    assert need.firm.organization.name not in everything
    assert need.firm.organization.code not in everything
    assert need.contact_name not in everything


def test_what_was_withdrawn_since_is_not_shown_again(sent):
    need = sent.referral(1).need
    Consent.objects.filter(need=need).update(withdrawn_at=timezone.now())
    copy = sent.fetch()
    assert need.firm.organization.name not in str(copy.rows)
    assert copy.cell(2, "企业名称") == sent.referral(2).need.firm.organization.name


@pytest.mark.parametrize("who", ["manager", "officer"])
def test_fetching_is_a_disclosure_to_the_institution(sent, who):
    actor = sent.manager if who == "manager" else sent.office.officer
    before = set(Disclosure.objects.values_list("pk", flat=True))
    sent.fetch(actor)
    noted = Disclosure.objects.exclude(pk__in=before)
    assert {one.channel for one in noted} == {Channel.WORKBOOK}
    assert {one.institution_id for one in noted} == {sent.sheet.institution_id}
    assert {one.user_id for one in noted} == {actor.user.pk}
    assert any("firm_name" in one.fields for one in noted)


def test_no_two_columns_share_a_header():
    headers = [column.header for column in (*TOLD, *ANSWERS)]
    assert len(set(headers)) == len(headers)


def test_stage_basis_open_conditions_and_the_sum_of_amounts_are_said_in_words(db):
    office = make_office(banks=1, collateral=["patent"])
    (need,) = open_needs(1, collateral=None)
    FactFactory(firm=need.firm, field="revenue_yuan", value=300_000_000)
    ConsentFactory(need=need, institution=office.banks[0])
    sent = office.draft_and_send()
    manager = make_actor(organization=office.banks[0], role=Role.INSTITUTION)
    copy = SentSheet(office=office, manager=manager, sheet=sent.sheets[0]).fetch()
    assert copy.cell(1, "阶段依据").startswith("平台推断：营业收入超过")
    assert "未填可提供的担保" in copy.cell(1, "待确认事项")
    assert copy.head("合计").endswith("所列融资金额合计 300 万元（有上下限的按上限）")
