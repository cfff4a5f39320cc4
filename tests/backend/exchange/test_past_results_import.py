"""Outcomes from before the platform become rows to learn from: all of a file, or nothing."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StateConflict
from backend.exchange.past_results_file import COLUMNS
from backend.exchange.past_results_import import import_past_results
from backend.exchange.past_results_template import write_template
from backend.journal.models import Event
from backend.learning.firm_keys import key_of_firm
from backend.learning.history import OWN, count_by_source, list_cases
from backend.learning.models import PastResult, PastSource
from backend.learning.services.sources import withdraw_source
from matching.exchange.workbook.parser import parse_sheets
from tests.factories.catalogue import ProductFactory
from tests.factories.organizations import OrganizationFactory, make_uscc
from tests.past_results import HEADER, make_csv, make_row, tomorrow
from tests.workbooks import make_workbook

pytestmark = pytest.mark.django_db
SOURCE = "某市对接台账"


@pytest.fixture
def products():
    """The codes of three products on offer, of three banks."""
    banks = [OrganizationFactory(bank=True) for _ in range(3)]
    return [ProductFactory(institution=bank, annual_rate_min=0.04).code for bank in banks]


def run(actor, rows, *, file_name="台账.xlsx", source=SOURCE, is_dry_run=False):
    return import_past_results(
        actor=actor,
        data=rows if isinstance(rows, bytes) else make_workbook([HEADER, *rows]),
        file_name=file_name,
        source=source,
        is_dry_run=is_dry_run,
        now=timezone.now(),
    )


def refusal_of(actor, rows, **options):
    before = (PastResult.objects.count(), PastSource.objects.count(), Event.objects.count())
    with pytest.raises(InvalidInput) as refusal:
        run(actor, rows, **options)
    after = (PastResult.objects.count(), PastSource.objects.count(), Event.objects.count())
    assert before == after
    assert all(one.message for one in refusal.value.problems)
    return {one.field: one.code for one in refusal.value.problems}


# --- what it does ---


@pytest.mark.parametrize("form", ["workbook", "utf-8-sig", "gb18030"])
def test_a_file_becomes_outcomes_to_learn_from(department_actor, products, form):
    rows = [make_row(1, products[0]), make_row(2, products[1], "未获融资", 展示名次=None)]
    if form == "workbook":
        result = run(department_actor, rows)
    else:
        result = run(department_actor, make_csv([HEADER, *rows], form), file_name="台账.CSV")
    assert (result.rows, result.created, result.unchanged) == (2, 2, 0)
    assert (result.needs, result.firms, result.funded) == (2, 2, 1)
    first, second = PastResult.objects.order_by("need_code")
    assert (first.stage, first.industry, first.region) == ("growth", "C3976", "220102")
    assert (first.amount_yuan, first.position, first.result) == (5_000_000, 1, "funded")
    assert (second.position, second.result, second.is_demonstration) == (None, "declined", False)
    assert first.origin == result.source
    assert (result.source.name, result.source.row_count) == (SOURCE, 2)
    cases = list_cases(until=date(2026, 1, 1), demonstration=False)
    assert [case.outcome.product for case in cases] == products[:2]
    assert count_by_source(cases) == [{"name": SOURCE, "outcomes": 2}]
    assert list_cases(until=date(2026, 1, 1), demonstration=True) == []


def test_unknown_facts_stay_unknown_and_other_columns_are_named(department_actor, products):
    unknown = dict.fromkeys(("企业阶段", "行业代码", "所在地区", "融资金额（万元）"))
    rows = [[*HEADER, "备注"], [*make_row(1, products[0], **unknown), "老客户"]]
    result = run(department_actor, make_workbook(rows))
    assert result.ignored_columns == ("备注",)
    (case,) = list_cases(until=date(2026, 1, 1), demonstration=False)
    assert (case.outcome.firm.stage, case.outcome.firm.industry) == (None, None)
    assert (case.outcome.firm.region, case.outcome.need.amount_max_yuan) == (None, None)


def test_no_code_or_key_of_a_firm_is_stored_and_one_firm_stays_one(department_actor, products):
    uscc = make_uscc(8_300_000)
    run(department_actor, [make_row(1, products[0], 企业标识=uscc), make_row(2, products[0])])
    run(department_actor, [make_row(3, products[0], 企业标识=uscc.lower())], source="另一来源")
    keys = dict(PastResult.objects.values_list("need_code", "firm_key"))
    assert keys["N00001"] == keys["N00003"] == key_of_firm(uscc)
    run(department_actor, [make_row(4, products[0], 企业标识="F00002")], source="另一来源")
    keys = dict(PastResult.objects.values_list("need_code", "firm_key"))
    assert keys["N00004"] != keys["N00002"]  # F00002 of another source is another firm
    everything = str(list(PastResult.objects.values())) + str(list(Event.objects.values()))
    assert uscc not in everything
    assert "F00002" not in everything


def test_a_trial_writes_nothing_and_the_same_file_again_changes_nothing(department_actor, products):
    rows = [make_row(number, products[0]) for number in range(3)]
    tried = run(department_actor, rows, is_dry_run=True)
    assert (tried.created, tried.source, PastResult.objects.count()) == (3, None, 0)
    assert not PastSource.objects.exists()
    run(department_actor, rows)
    events = Event.objects.count()
    again = run(department_actor, rows)
    assert (again.created, again.unchanged, again.source) == (0, 3, None)
    assert (PastResult.objects.count(), Event.objects.count()) == (3, events)
    more = run(department_actor, [*rows, make_row(9, products[1])])
    assert (more.created, more.unchanged, more.source.row_count) == (1, 3, 4)
    assert PastSource.objects.count() == 1


def test_the_journal_says_what_came_from_which_file(department_actor, products):
    run(department_actor, [make_row(1, products[0])])
    event = Event.objects.get(type="past_source.imported")
    assert (event.user, event.payload["created"]) == (department_actor.user, 1)
    assert len(event.payload["file_digest"]) == 64


def test_the_template_has_every_column_and_is_refused_empty(department_actor):
    template = write_template()
    sheet, notes = parse_sheets(template)
    assert sheet.rows[0] == [column.header for column in COLUMNS] == HEADER
    assert len(notes.rows) == 1 + len(HEADER)
    assert refusal_of(department_actor, template) == {"历史结果": "empty_sheet"}
    assert write_template() == template


# --- what it refuses ---


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"需求编号": None}, "需求编号", "missing"),
        ({"企业标识": "长春某某科技有限公司"}, "企业标识", "not_a_key"),
        ({"产品代码": "NOSUCH-1"}, "产品代码", "unknown_product"),
        ({"结果": "也许"}, "结果", "unknown_code"),
        ({"企业阶段": "老年期"}, "企业阶段", "unknown_code"),
        ({"行业代码": "Z99"}, "行业代码", "unknown_code"),
        ({"所在地区": "999999"}, "所在地区", "unknown_code"),
        ({"对接日期": "2024-02-30"}, "对接日期", "bad_date"),
        ({"得知结果日期": date(2023, 1, 1)}, "得知结果日期", "date_out_of_order"),
        ({"融资金额（万元）": -3}, "融资金额（万元）", "negative"),
        ({"展示名次": 0}, "展示名次", "out_of_range"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(
    department_actor, products, cells, field, code
):
    rows = [make_row(1, products[0]), make_row(2, products[0], **cells)]
    assert refusal_of(department_actor, rows) == {f"名单.3.{field}": code}


def test_days_that_have_not_come_are_refused(department_actor, products):
    later = tomorrow()
    rows = [
        make_row(1, products[0], 得知结果日期=later),
        make_row(2, products[0], 对接日期=later, 得知结果日期=later),
    ]
    assert refusal_of(department_actor, rows) == {
        "名单.2.得知结果日期": "date_in_future",
        "名单.3.对接日期": "date_in_future",
        "名单.3.得知结果日期": "date_in_future",
    }


def test_everything_that_is_wrong_with_a_row_is_said_at_once(department_actor, products):
    wrong = {"企业阶段": "老年期", "得知结果日期": date(2023, 1, 1), "产品代码": "NOSUCH"}
    assert refusal_of(department_actor, [make_row(1, products[0], **wrong)]) == {
        "名单.2.企业阶段": "unknown_code",
        "名单.2.产品代码": "unknown_product",
        "名单.2.得知结果日期": "date_out_of_order",
    }


def test_duplicates_and_contradictions_within_a_file_name_both_rows(department_actor, products):
    rows = [
        make_row(1, products[0]),
        make_row(1, products[0]),
        make_row(1, products[0], "未答复"),
        make_row(1, products[1], 所在地区="220202"),
    ]
    found = refusal_of(department_actor, rows)
    assert found == {
        "名单.3.需求编号": "duplicate_row",
        "名单.4.结果": "contradictory_results",
        "名单.5.所在地区": "need_described_twice",
    }


def test_what_contradicts_an_earlier_file_is_refused(department_actor, products):
    run(department_actor, [make_row(1, products[0])])
    found = refusal_of(department_actor, [make_row(1, products[0], "未获融资")])
    assert found == {"名单.2.结果": "contradicts_imported"}
    found = refusal_of(department_actor, [make_row(1, products[1], 企业阶段="种子期")])
    assert found == {"名单.2.企业阶段": "contradicts_imported"}


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "header_missing"),
        (b"\x00\xff\x01\x02", "a.csv", "not_a_table"),
        (b"%PDF-1.7", "a.pdf", "not_a_workbook"),
        (b'"a', "a.csv", "not_a_table"),
        ("统一社会信用代码,企业名称\n".encode(), "a.csv", "header_missing"),
        (b"x" * (10 * 1024 * 1024 + 1), "a.csv", "file_too_large"),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(department_actor, data, name, code):
    assert set(refusal_of(department_actor, data, file_name=name).values()) == {code}


def test_missing_and_repeated_columns_are_named(department_actor, products):
    table = make_csv([[*HEADER[:7], *HEADER[8:], "结果"], ["x"]])
    assert refusal_of(department_actor, table, file_name="a.csv") == {
        "表头": "duplicate_header",
        "表头.产品代码": "header_missing",
    }


@pytest.mark.parametrize(("source", "code"), [("  ", "missing"), ("长" * 61, "too_long")])
def test_a_source_has_a_name_of_a_reasonable_length(department_actor, source, code):
    assert refusal_of(department_actor, [make_row(1, "x")], source=source) == {"source": code}


def test_only_the_head_of_the_provincial_department_imports(
    city_department_actor, bank_actor, department_actor
):
    for actor in (city_department_actor, bank_actor):
        with pytest.raises(NotPermitted):
            run(actor, [make_row(1, "x")])


# --- taking back ---


def test_a_source_that_was_taken_back_teaches_nothing_and_its_name_is_free(
    department_actor, city_department_actor, products
):
    source = run(department_actor, [make_row(1, products[0])]).source
    run(department_actor, [make_row(1, products[1])], source="另一来源")
    with pytest.raises(NotPermitted):
        withdraw(city_department_actor, source)
    withdraw(department_actor, source)
    with pytest.raises(StateConflict, match="已撤回"):
        withdraw(department_actor, source)
    cases = list_cases(until=date(2026, 1, 1), demonstration=False)
    assert count_by_source(cases) == [{"name": "另一来源", "outcomes": 1}]
    again = run(department_actor, [make_row(1, products[0], "未获融资")])
    assert again.created == 1
    assert again.source != source
    cases = list_cases(until=date(2026, 1, 1), demonstration=False)
    assert len(cases) == 2
    assert OWN not in {one["name"] for one in count_by_source(cases)}


def test_what_was_imported_is_never_altered(department_actor, products):
    run(department_actor, [make_row(1, products[0])])
    for change in (
        lambda: PastResult.objects.update(result="declined"),
        lambda: PastResult.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def withdraw(actor, source):
    return withdraw_source(actor=actor, source=source, expected_revision=None, now=timezone.now())


# --- the command ---


def test_the_command_imports_tries_and_says_every_fault(products, tmp_path, capsys):
    path = tmp_path / "history.csv"
    path.write_bytes(make_csv([HEADER, make_row(1, products[0])]))
    call_command("import_history", str(path), source=SOURCE, dry_run=True)
    assert "可导入 1 条结果" in capsys.readouterr().out
    assert not PastResult.objects.exists()
    call_command("import_history", str(path), source=SOURCE)
    assert "已导入 1 条结果" in capsys.readouterr().out
    path.write_bytes(make_csv([HEADER, make_row(2, "NOSUCH")]))
    with pytest.raises(CommandError, match=r"CSV\.2\.产品代码"):
        call_command("import_history", str(path), source=SOURCE)
    with pytest.raises(CommandError, match="无法读取"):
        call_command("import_history", str(tmp_path / "none.csv"), source=SOURCE)
    template = tmp_path / "template.xlsx"
    call_command("import_history", str(template), template=True)
    assert template.read_bytes() == write_template()
    with pytest.raises(CommandError, match="无法写入"):
        call_command("import_history", str(template), template=True)
