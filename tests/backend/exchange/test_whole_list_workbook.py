"""A whole list goes out as one workbook, to the department that made it and nobody else."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from backend.common.errors import NotPermitted
from backend.exchange.whole_list_workbook import export_list
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.referrals.models import Referral, RosterRow
from backend.referrals.services import editing
from tests.browsing import browser_of
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FirmFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


class Book:
    """The sheets of an exported list."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        self.pages = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    def rows(self, page: str) -> list[dict[str, object]]:
        """Return the rows beneath the header as columns by name."""
        rows = self.pages[page]
        start = next(at for at, row in enumerate(rows) if "企业名称" in row)
        return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


@pytest.fixture
def office():
    return make_office(banks=2)


def export(actor, referral_list) -> Book:
    return Book(export_list(actor=actor, referral_list=referral_list))


def test_a_draft_shows_the_rows_of_all_institutions_and_what_was_taken_off(office):
    needs = open_needs(2)
    consent_to(needs, office.banks)
    drafted = office.draft(title="第一批")
    row = drafted.rows.first()
    editing.remove_row(
        actor=office.officer,
        referral_list=drafted,
        row=row,
        reason="企业暂缓",
        expected_revision=None,
        now=timezone.now(),
    )
    book = export(office.officer, drafted)
    standing, removed = book.rows("在列"), book.rows("已剔除")
    assert len(standing) == 3
    assert {one["机构"] for one in standing} == {bank.name for bank in office.banks}
    assert {one["条件"] for one in standing} <= {"符合已公布条件", "待核实"}
    assert [(one["需求编号"], one["剔除理由"]) for one in removed] == [(row.need.code, "企业暂缓")]
    assert removed[0]["剔除人"] == office.officer.user.display_name
    assert {one["推送状态"] for one in standing} == {""}
    assert drafted.number in str(book.pages["在列"])


def test_a_sent_list_says_what_became_of_each_row_and_what_the_institution_saw(office):
    shown, masked = open_needs(2)
    consent_to([shown], office.banks)
    sent = office.draft_and_send(per_need=1).referral_list
    by_need = {one["需求编号"]: one for one in export(office.head, sent).rows("在列")}
    assert by_need[shown.code]["机构所见"] == "已授权"
    assert by_need[masked.code]["机构所见"] == "未授权，只列代号"
    assert {one["推送状态"] for one in by_need.values()} == {"已推送"}


def test_a_row_reads_as_the_lists_page_shows_it_to_the_department(office):
    (need,) = open_needs(1)
    sent = office.draft_and_send(per_need=1).referral_list
    address = reverse("portal:department_lists_detail", args=[sent.public_id])
    page = browser_of(office.officer).get(address).content.decode()
    (row,) = export(office.officer, sent).rows("在列")
    for header in ("需求编号", "企业名称", "机构", "拟对接产品", "条件", "来源"):
        assert row[header] in page, header
    assert need.contact_phone not in str(row)
    assert need.contact_name not in str(row)


@pytest.mark.parametrize("withheld", [False, True])
def test_reasons_are_named_unless_the_firm_lets_none_be_reported(office, withheld):
    (need,) = open_needs(1)
    ConsentFactory(need=need, institution=office.banks[0])
    sent = office.draft_and_send(per_need=1).referral_list
    now = timezone.now()
    Referral.objects.update(
        status="declined",
        answered_at=now,
        ended_at=now,
        next_due_on=None,
        is_reason_withheld=withheld,
        decline_reasons=[] if withheld else ["bank_internal"],
        decline_note="" if withheld else "额度已满",
    )
    (row,) = export(office.officer, sent).rows("在列")
    said = row["不予支持原因"]
    assert said == "企业未授权反馈原因" if withheld else said.endswith("；额度已满")


def test_a_roster_is_exported_with_its_firms(office):
    drafted = office.draft()
    type(drafted).objects.filter(pk=drafted.pk).update(kind="roster")
    drafted.refresh_from_db()
    firm = FirmFactory()
    RosterRow.objects.create(
        referral_list=drafted,
        firm=firm,
        institution=office.banks[0],
        qualifications=["high_tech"],
    )
    (row,) = export(office.officer, drafted).rows("在列")
    assert row["统一社会信用代码"] == firm.organization.code
    assert row["列入依据"] == "高新技术企业"


@pytest.mark.parametrize("prefix", ["=", "+", "-", "@", "\t=", "＝", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_stays_text(office, prefix):
    name = f"{prefix}1+1"
    (need,) = open_needs(1, firm__organization__name=name)
    consent_to([need], office.banks)
    book = export(office.officer, office.draft(per_need=1))
    assert book.rows("在列")[0]["企业名称"] == name
    with zipfile.ZipFile(io.BytesIO(book.data)) as packed:
        for part in packed.namelist():
            assert b"<f>" not in packed.read(part)


def test_taking_it_stands_in_the_journal(office):
    consent_to(open_needs(1), office.banks)
    drafted = office.draft(per_need=1)
    export(office.officer, drafted)
    event = Event.objects.get(type="referral_list.exported")
    assert (event.subject_id, event.payload) == (drafted.public_id, {"rows": 1, "removed": 0})


def test_nobody_but_its_department_gets_it(office, bank_actor, firm_actor):
    drafted = office.draft()
    neighbour = make_actor(organization__department=True, role=Role.DEPARTMENT)
    for actor in (neighbour, bank_actor, firm_actor):
        with pytest.raises(NotPermitted):
            export(actor, drafted)
    assert not Event.objects.filter(type="referral_list.exported").exists()


def test_it_asks_as_often_for_much_as_for_little(office, count_queries):
    consent_to(open_needs(1), office.banks)
    small = office.draft()
    few = count_queries(lambda: export(office.officer, small))
    consent_to(open_needs(4), office.banks)
    large = office.draft()
    assert count_queries(lambda: export(office.officer, large)) == few
