"""Departments' lists of firms become facts: all of a list, or nothing."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted
from backend.exchange.roster_import import import_roster
from backend.firms.enums import RosterKind
from backend.firms.models import Firm, FirmQualification, FirmTraits, Roster, Tenancy
from backend.journal.models import Event
from backend.organizations.enums import Role
from backend.organizations.models import Organization
from tests.factories.firms import FirmFactory, FirmQualificationFactory, TenancyFactory
from tests.factories.organizations import OrganizationFactory, make_actor, make_uscc
from tests.factories.reference import RegionFactory
from tests.workbooks import make_workbook

NOW = timezone.now()
START, END = date(2026, 1, 1), date(2027, 1, 1)
HEADER = ["序号", "统一社会信用代码", "企业名称", "所在地区", "证书编号"]
ONE, TWO, THREE = (make_uscc(8_000_000 + number) for number in range(3))
ROWS = [
    HEADER,
    [1, ONE, "甲科技", "220102", "ZS-1"],
    [2, TWO, "乙科技", "220103", "ZS-2"],
]


@pytest.fixture(autouse=True)
def regions(db):
    for code in ("220102", "220103", "220202"):
        RegionFactory(code=code)


def run(actor, rows, kind=RosterKind.HIGH_TECH, *, is_dry_run=False, **book):
    return import_roster(
        actor=actor,
        data=rows if isinstance(rows, bytes) else make_workbook(rows, **book),
        file_name="名单.xlsx",
        kind=kind,
        valid_from=START,
        valid_until=END,
        is_dry_run=is_dry_run,
        now=NOW,
    )


def refusal_of(actor, rows, kind=RosterKind.HIGH_TECH, **book):
    with pytest.raises(InvalidInput) as refusal:
        run(actor, rows, kind, **book)
    assert not Firm.objects.exists()
    assert not Organization.objects.filter(kind="firm").exists()
    assert not Roster.objects.exists()
    return {problem.field: problem.code for problem in refusal.value.problems}


# --- what it does ---


def test_unknown_firms_are_opened_with_their_qualification(department_actor):
    result = run(department_actor, ROWS)
    assert (result.rows, result.firms_created, result.qualifications_created) == (2, 2, 2)
    assert result.ignored_columns == ("序号",)
    firm = Firm.objects.get(organization__code=ONE)
    assert (firm.organization.name, firm.organization.region_code) == ("甲科技", "220102")
    assert firm.qualifications_known is True
    held = firm.qualifications.get()
    assert (held.code, held.certificate_number, held.source) == ("high_tech", "ZS-1", "department")
    assert (held.valid_from, held.valid_until, held.roster) == (START, END, result.roster)


def test_the_journal_has_one_event_for_the_list_and_one_per_firm_and_change(department_actor):
    result = run(department_actor, ROWS)
    events = Event.objects.order_by("pk")
    assert [event.type for event in events] == [
        "roster.imported",
        "firm.created",
        "firm.created",
        "firm.qualification_recorded",
        "firm.qualification_recorded",
    ]
    assert {event.user for event in events} == {department_actor.user}
    assert events[0].subject_id == result.roster.public_id
    assert events[3].payload == {"roster": str(result.roster.public_id), "code": "high_tech"}


def test_the_same_list_again_changes_nothing(department_actor):
    run(department_actor, ROWS)
    before = (Event.objects.count(), list(Firm.objects.values_list("pk", "revision")))
    again = run(department_actor, ROWS)
    assert again.roster is None
    assert (again.rows, again.firms_created, again.qualifications_created) == (2, 0, 0)
    assert before == (Event.objects.count(), list(Firm.objects.values_list("pk", "revision")))
    assert Roster.objects.count() == 1


def test_a_corrected_list_changes_what_differs_only(department_actor):
    run(department_actor, ROWS)
    result = run(department_actor, [*ROWS[:2], [2, TWO, "乙科技", "220103", "ZS-9"]])
    assert (result.qualifications_created, result.qualifications_changed) == (0, 1)
    assert FirmQualification.objects.get(firm__organization__code=TWO).certificate_number == "ZS-9"
    assert FirmQualification.objects.count() == 2


def test_a_trial_says_what_would_happen_and_writes_nothing(department_actor):
    result = run(department_actor, ROWS, is_dry_run=True)
    assert (result.firms_created, result.qualifications_created) == (2, 2)
    assert result.roster is None
    for model in (Firm, Roster, FirmQualification, Event):
        assert not model.objects.exists()


def test_known_firms_keep_their_name_and_region(department_actor):
    firm = FirmFactory(organization__code=ONE, organization__name="甲科技股份")
    result = run(department_actor, [HEADER, [1, ONE, "甲科技", "220103", ""]])
    assert result.firms_created == 0
    (notice,) = result.notices
    assert notice.row == 2
    assert "甲科技股份" in notice.message
    firm.organization.refresh_from_db()
    assert (firm.organization.name, firm.organization.region_code) == ("甲科技股份", "220102")


def test_a_firm_without_a_region_takes_the_lists(department_actor):
    firm = FirmFactory(organization__code=ONE, organization__region=None)
    run(department_actor, [HEADER, [1, ONE, "甲科技", "220103", ""]])
    firm.organization.refresh_from_db()
    assert firm.organization.region_code == "220103"
    assert [row.region_id for row in firm.traits.order_by("pk")] == [None, "220103"]


def test_firms_that_a_list_opens_have_a_first_row_of_their_history(department_actor):
    run(department_actor, ROWS)
    run(department_actor, ROWS)
    rows = FirmTraits.objects.values_list("firm__organization__code", "region_id")
    assert sorted(rows) == sorted(
        Firm.objects.values_list("organization__code", "organization__region_id")
    )


def test_an_organization_that_has_no_record_yet_gets_one(department_actor):
    OrganizationFactory(code=ONE)
    assert run(department_actor, ROWS[:2]).firms_created == 1


def test_a_department_takes_over_what_a_firm_declared(department_actor):
    firm = FirmFactory(organization__code=ONE)
    FirmQualificationFactory(firm=firm, valid_from=START, source="declared", valid_until=None)
    assert run(department_actor, ROWS[:2]).qualifications_changed == 1
    held = firm.qualifications.get()
    assert (held.source, held.valid_until) == ("department", END)


def test_rows_may_have_periods_of_their_own_the_last_day_included(department_actor):
    header = [*HEADER[1:3], "所在地区", "有效期起", "有效期至"]
    rows = [
        header,
        [ONE, "甲科技", "220102", date(2025, 11, 1), date(2028, 10, 31)],
        [TWO, "乙科技", "220102", None, "2026年6月30日"],
        [THREE, "丙科技", "220102", "2026/3/1", None],
    ]
    run(department_actor, rows)
    periods = {
        held.firm.organization.code: (held.valid_from, held.valid_until)
        for held in FirmQualification.objects.select_related("firm__organization")
    }
    assert periods == {
        ONE: (date(2025, 11, 1), date(2028, 11, 1)),
        TWO: (START, date(2026, 7, 1)),
        THREE: (date(2026, 3, 1), None),
    }


def test_the_level_tells_the_qualifications_of_one_list_apart(department_actor):
    rows = [
        [*HEADER[1:4], "级别"],
        [ONE, "甲科技", "220102", "省级"],
        [TWO, "乙科技", "220102", "国家级小巨人"],
        [THREE, "丙科技", "220102", None],
    ]
    run(department_actor, rows, RosterKind.SRDI)
    held = FirmQualification.objects.values_list("firm__organization__code", "code")
    assert set(held) == {(ONE, "srdi"), (TWO, "little_giant"), (THREE, "srdi")}


def test_a_contest_keeps_the_award(department_actor):
    rows = [[*HEADER[1:4], "级别"], [ONE, "甲科技", "220102", "一等奖"]]
    run(department_actor, rows, RosterKind.CONTEST_AWARD)
    held = FirmQualification.objects.get()
    assert (held.code, held.level) == ("contest_award", "一等奖")


def test_tenants_get_a_stay_and_the_qualification_that_goes_with_it(department_actor):
    incubator = OrganizationFactory(incubator=True)
    rows = [
        [*HEADER[1:4], "孵化载体代码", "入驻日期", "离开日期"],
        [ONE, "甲科技", "220102", incubator.code, date(2025, 5, 1), None],
    ]
    result = run(department_actor, rows, RosterKind.TENANTS)
    assert (result.tenancies_created, result.qualifications_created) == (1, 1)
    stay = Tenancy.objects.get()
    assert (stay.incubator, stay.valid_from, stay.valid_until) == (
        incubator,
        date(2025, 5, 1),
        None,
    )
    assert stay.consented_at is None
    assert FirmQualification.objects.get().code == "incubated"


def test_an_end_that_comes_later_keeps_the_consent(department_actor):
    stay = TenancyFactory(firm__organization__code=ONE, consented=True, valid_from=START)
    rows = [
        [*HEADER[1:4], "孵化载体代码", "离开日期"],
        [ONE, stay.firm.organization.name, "220102", stay.incubator.code, date(2026, 9, 1)],
    ]
    assert run(department_actor, rows, RosterKind.TENANTS).tenancies_changed == 1
    stay.refresh_from_db()
    assert stay.valid_until == date(2026, 9, 1)
    assert stay.consented_at is not None


def test_a_title_above_the_header_and_odd_spelling_are_read(department_actor):
    rows = [
        ["2026年高新技术企业名单"],
        [],
        ["统一社会信用代码 *", "企业名称", "所在地区"],
        [f" {ONE.lower()} ", "甲科技", "220102"],
        [None, "  ", None],
    ]
    assert run(department_actor, rows).rows == 1
    assert Firm.objects.get().organization.code == ONE


def test_without_a_region_column_the_registering_division_counts(department_actor):
    run(department_actor, [HEADER[1:3], [ONE, "甲科技"]])
    assert Firm.objects.get().organization.region_code == "220100"


def test_queries_do_not_grow_with_the_rows(department_actor, django_assert_max_num_queries):
    rows = [HEADER] + [[n, make_uscc(7_000_000 + n), f"企业{n}", "220102", ""] for n in range(400)]
    with django_assert_max_num_queries(30):
        assert run(department_actor, rows).firms_created == 400


# --- what it refuses, and that nothing is half-written ---


def test_every_wrong_cell_is_told_with_sheet_row_and_column(department_actor):
    rows = [
        [*HEADER[1:4], "有效期起", "有效期至"],
        [ONE, "甲科技", "220102", None, None],
        [ONE[:-1] + "I", "乙科技", "220102", None, None],
        [TWO, None, "火星", "昨天", None],
        [THREE, "丁科技", "220102", date(2026, 5, 1), date(2026, 4, 1)],
        [ONE, "甲科技", "220102", None, None],
    ]
    problems = refusal_of(department_actor, rows)
    assert problems.keys() == {
        "名单.3.统一社会信用代码",
        "名单.4.企业名称",
        "名单.4.所在地区",
        "名单.4.有效期起",
        "名单.5.有效期至",
        "名单.6.统一社会信用代码",
    }
    assert problems["名单.6.统一社会信用代码"] == "duplicate_row"


def test_the_value_found_and_what_is_expected_are_said(department_actor):
    with pytest.raises(InvalidInput) as refusal:
        run(department_actor, [HEADER, [1, ONE[:-1], "甲科技", "220102", ""]])
    (problem,) = refusal.value.problems
    assert ONE[:-1] in problem.message
    assert "18 位" in problem.message


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "one_sheet_expected"),
        ([["名称"], ["甲"]], "header_missing"),
        ([["统一社会信用代码"], [ONE]], "header_missing"),
        ([HEADER], "empty_sheet"),
        ([[*HEADER, "企业名称"], [1, ONE, "甲", "220102", "", "乙"]], "duplicate_header"),
    ],
)
def test_a_list_of_the_wrong_shape_is_refused(department_actor, rows, code):
    assert code in refusal_of(department_actor, rows).values()


def test_merged_cells_are_refused(department_actor):
    assert "merged_cells" in refusal_of(department_actor, ROWS, merge="C2:C3").values()


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_a_file_that_is_no_workbook_is_refused(department_actor, cut):
    data = make_workbook(ROWS)[:cut] if cut else b""
    assert refusal_of(department_actor, data).keys() == {"file"}


def test_a_city_imports_no_firm_of_another(db):
    actor = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    rows = [*ROWS, [3, THREE, "丙科技", "220202", ""]]
    assert refusal_of(actor, rows) == {"名单.4.所在地区": "outside_region"}


def test_a_city_takes_over_no_firm_of_another(db):
    actor = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    firm = FirmFactory(organization__code=ONE, organization__region__code="220202")
    with pytest.raises(InvalidInput) as refusal:
        run(actor, ROWS)
    assert [problem.code for problem in refusal.value.problems] == ["outside_region"]
    assert not firm.qualifications.exists()
    assert Firm.objects.count() == 1


def test_an_unknown_incubator_is_refused(department_actor):
    bank = OrganizationFactory(bank=True)
    rows = [[*HEADER[1:4], "孵化载体代码"], [ONE, "甲科技", "220102", bank.code]]
    problems = refusal_of(department_actor, rows, RosterKind.TENANTS)
    assert problems == {"名单.2.孵化载体代码": "unknown_incubator"}


def test_a_list_whose_period_is_empty_is_refused(department_actor):
    with pytest.raises(InvalidInput, match="晚于"):
        import_roster(
            actor=department_actor,
            data=make_workbook(ROWS),
            file_name="名单.xlsx",
            kind=RosterKind.HIGH_TECH,
            valid_from=START,
            valid_until=START - timedelta(days=1),
            is_dry_run=False,
            now=NOW,
        )


def test_only_departments_import(firm_actor, bank_actor, incubator_actor, auditor_actor):
    for actor in (firm_actor, bank_actor, incubator_actor, auditor_actor):
        with pytest.raises(NotPermitted):
            run(actor, ROWS)
