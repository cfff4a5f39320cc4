"""What an institution is shown: nothing outside the groups that were consented to."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, combinations

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from backend.consents import disclosure
from backend.consents.enums import GROUPS_OF, Channel, Direction, FieldGroup
from backend.consents.fields import FIELDS_OF, MASKED_FIELDS
from backend.consents.models import Disclosure
from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FactFactory, FirmFactory, FirmQualificationFactory, TenancyFactory
from tests.factories.needs import NamedInstitutionFactory, NeedFactory
from tests.factories.organizations import OrganizationFactory

pytestmark = pytest.mark.django_db
GROUPS = GROUPS_OF[Direction.TO_INSTITUTION]
SUBSETS = list(chain.from_iterable(combinations(GROUPS, size) for size in range(len(GROUPS) + 1)))
# Values that stand nowhere else, by group.
CANARIES = {
    FieldGroup.IDENTITY: ["金丝雀光电有限公司", "91220101MA"],
    FieldGroup.PROFILE: [
        "220102",
        "C3921",
        "electronics",
        "2019-05-20",
        "INC-CANARY",
        "主营金丝雀",
    ],
    FieldGroup.STANDING: ["high_tech", "2027-11-01", "taxpayer_rating"],
    FieldGroup.FIGURES: ["8800"],
    FieldGroup.WISH: ["7654321", "working_capital", "0.0387", "方案金丝雀", "说明金丝雀"],
    FieldGroup.CONTACT: ["金丝雀联系人", "13912345678"],
}


def make_firm():
    """Return a firm every field of which holds something."""
    firm = FirmFactory(
        profiled=True,
        organization__name=CANARIES[FieldGroup.IDENTITY][0],
        description="主营金丝雀器件，联系 139 1234 5678",
    )
    FirmQualificationFactory(firm=firm)
    TenancyFactory(firm=firm, incubator__code="INC-CANARY")
    for number, field in enumerate(FACT_FIELDS, start=1):
        value = (
            Decimal(number) / 1000 if "ratio" in field or "growth" in field else 880_000 + number
        )
        FactFactory(firm=firm, field=field, value=value)
    return firm


@pytest.fixture
def record():
    """Everything that could be shown of a need."""
    need = NeedFactory(
        open=True,
        firm=make_firm(),
        amount_min_yuan=7_000_000,
        amount_max_yuan=7_654_321,
        term_min_months=17,
        term_max_months=19,
        max_annual_rate=Decimal("0.0387"),
        collateral=["patent"],
        dossier="方案金丝雀",
        description="说明金丝雀：找金丝雀联系人，电话 13912345678",
        contact_name="金丝雀联系人",
        contact_phone="13912345678",
    )
    NamedInstitutionFactory(need=need, institution__code="RIVAL")
    NamedInstitutionFactory(need=need, institution__code="MINE")
    found = disclosure.list_disclosable([need.pk], day=timezone.localdate())[need.pk]
    return replace(found, stage_rule="规则金丝雀")


def as_text(description):
    return json.dumps(description, cls=DjangoJSONEncoder, ensure_ascii=False, default=str)


def test_the_record_of_the_test_holds_something_in_every_field(record):
    for fields in FIELDS_OF.values():
        for field, read in fields.items():
            assert read(record) not in (None, "", ()), field


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("groups", SUBSETS, ids="+".join)
def test_no_field_and_no_value_outside_the_groups_appears(record, groups, is_open):
    record = replace(record, need=replace(record.need, open_to_others=is_open))

    shown = disclosure.describe(record, groups, institution_code="MINE")

    allowed = {"code", "is_masked"}.union(*(FIELDS_OF[group] for group in groups))
    if FieldGroup.WISH in groups:
        allowed.add("preference")
    if is_open and FieldGroup.IDENTITY not in groups:
        allowed |= MASKED_FIELDS.keys()
    assert shown.keys() <= allowed
    text = as_text(shown)
    for group in set(GROUPS) - set(groups):
        assert not [canary for canary in CANARIES[group] if canary in text], (group, text)
    if FieldGroup.FIGURES not in groups:
        assert not [field for field in FACT_FIELDS if field in text]
    assert "RIVAL" not in text


@pytest.mark.parametrize("groups", SUBSETS[1:], ids="+".join)
def test_every_covered_field_appears(record, groups):
    shown = disclosure.describe(record, groups)

    expected = set().union(*(FIELDS_OF[group] for group in groups))
    if FieldGroup.IDENTITY not in groups:
        expected -= {"firm_description", "dossier", "description"}
    assert expected <= shown.keys()


def test_a_masked_row_shows_seven_things_and_a_closed_need_is_not_there(record):
    masked = disclosure.describe(record, frozenset())

    assert masked == {
        "code": record.need.code,
        "is_masked": True,
        "city": "220100",
        "industry_section": "C",
        "stage": "growth",
        "amount_band": {"from_yuan": 5_000_000, "to_yuan": 10_000_000},
        "financing_types": ("credit_loan",),
    }
    closed = replace(record, need=replace(record.need, open_to_others=False))
    assert disclosure.describe(closed, frozenset()) == {}
    assert disclosure.describe(closed, {FieldGroup.PROGRESS}) == {}


def test_a_masked_row_does_not_change_with_what_it_hides(record):
    """Two needs that differ in hidden values alone look the same."""
    hidden = replace(
        record,
        firm=replace(record.firm, name="另一企业", region="220104", industry="C40", employees=7),
        need=replace(record.need, amount_max_yuan=5_000_001, max_annual_rate=None),
        contact_name="另一人",
    )

    assert disclosure.describe(hidden, ()) == disclosure.describe(record, ())


def test_free_texts_name_nobody_to_call_without_the_persons_consent(record):
    groups = {FieldGroup.IDENTITY, FieldGroup.PROFILE, FieldGroup.WISH}

    shown = disclosure.describe(record, groups)

    assert shown["description"] == "说明金丝雀：找＊＊＊，电话 ＊＊＊"
    assert shown["firm_description"] == "主营金丝雀器件，联系 ＊＊＊"
    with_contact = disclosure.describe(record, groups | {FieldGroup.CONTACT})
    assert "13912345678" in with_contact["description"]


def test_a_withdrawn_need_is_shown_to_nobody(record):
    assert disclosure.describe(replace(record, is_withdrawn=True), GROUPS) == {}


def test_an_institution_learns_its_own_place_in_the_order_only(record):
    shown = disclosure.describe(record, GROUPS, institution_code="MINE")

    assert shown["preference"] == 2
    assert disclosure.describe(record, GROUPS, institution_code="X")["preference"] is None
    assert "preference" not in disclosure.describe(record, GROUPS)


def groups_of(consent, institution=None, day=None):
    pair = (consent.need_id, (institution or consent.institution).pk)
    return disclosure.groups_shown(pairs=[pair], day=day or timezone.localdate())[pair]


def test_a_consent_covers_the_institution_and_the_units_below_it():
    consent = ConsentFactory(groups=["identity", "wish"])
    branch = OrganizationFactory(bank=True, parent=consent.institution)
    below = OrganizationFactory(bank=True, parent=branch)
    above = OrganizationFactory(bank=True)
    consent.institution.parent = above
    consent.institution.save()

    expected = {FieldGroup.IDENTITY, FieldGroup.WISH}
    assert groups_of(consent) == groups_of(consent, branch) == groups_of(consent, below) == expected
    assert groups_of(consent, above) == frozenset()


@pytest.mark.parametrize("trait", ["withdrawn", "expired", "reverse"])
def test_a_consent_that_does_not_hold_covers_nothing(trait):
    assert groups_of(ConsentFactory(**{trait: True})) == frozenset()


def test_it_expires_by_the_day_alone():
    consent = ConsentFactory(expires_on=date(2026, 12, 1))

    assert groups_of(consent, day=date(2026, 11, 30))
    assert not groups_of(consent, day=date(2026, 12, 1))


def test_an_excluded_unit_is_not_covered_by_the_consent_to_the_institution_above():
    consent = ConsentFactory()
    branch = OrganizationFactory(bank=True, parent=consent.institution)
    below = OrganizationFactory(bank=True, parent=branch)
    NamedInstitutionFactory(need=consent.need, institution=branch, attitude="excluded")

    assert groups_of(consent)
    assert not groups_of(consent, branch)
    assert not groups_of(consent, below)


def test_a_new_contact_of_the_need_is_not_covered_by_the_old_ones_consent():
    consent = ConsentFactory()
    assert FieldGroup.CONTACT in groups_of(consent)

    consent.need.contact_name = "新联系人"
    consent.need.save()

    assert FieldGroup.CONTACT not in groups_of(consent)
    assert FieldGroup.IDENTITY in groups_of(consent)


def test_consents_of_a_withdrawn_need_cover_nothing():
    assert not groups_of(ConsentFactory(need__withdrawn=True, need__open=False))


def test_any_number_of_pairs_takes_one_query(count_queries):
    consents = ConsentFactory.create_batch(5)
    pairs = [(a.need_id, b.institution_id) for a in consents for b in consents]
    found = {}

    queries = count_queries(
        lambda: found.update(disclosure.groups_shown(pairs=pairs, day=timezone.localdate()))
    )

    assert queries == 1
    assert found.keys() == set(pairs)
    assert sum(bool(groups) for groups in found.values()) == 5
    assert disclosure.groups_shown(pairs=[], day=timezone.localdate()) == {}


def test_without_consent_an_institution_may_report_nothing():
    consent = ConsentFactory(reverse=True, groups=["progress"])
    today = timezone.localdate()
    shown = ConsentFactory()

    def may(need, institution):
        return disclosure.may_report(need=need, institution=institution, day=today)

    assert may(consent.need, consent.institution) == {FieldGroup.PROGRESS}
    assert may(shown.need, shown.institution) == frozenset()


def test_the_ledger_names_the_consent_that_covered_each_field(record):
    head = OrganizationFactory(bank=True)
    branch = OrganizationFactory(bank=True, parent=head)
    need = NeedFactory._meta.model.objects.get(pk=record.need_pk)
    upper = ConsentFactory(need=need, institution=head, groups=["identity"])
    lower = ConsentFactory(need=need, institution=branch, groups=["contact"])
    pair, today = (need.pk, branch.pk), timezone.localdate()
    grounds = disclosure.list_grounds([pair], day=today, direction=Direction.TO_INSTITUTION)[pair]
    shown = disclosure.describe(record, grounds.groups)

    disclosure.record_shown(
        institution=branch,
        user=None,
        channel=Channel.WORKBOOK,
        shown=disclosure.shown_by(record=record, grounds=grounds, description=shown),
        now=timezone.now(),
    )

    rows = {row.consent_id: row.fields for row in Disclosure.objects.all()}
    assert rows == {
        None: ["code"],
        upper.pk: ["firm_name", "uscc"],
        lower.pk: ["contact_name", "contact_phone"],
    }
    assert set(Disclosure.objects.values_list("firm", flat=True)) == {need.firm_id}


def test_the_ledger_names_masked_fields_and_no_empty_ones(record):
    bare = replace(record, stage=None)
    shown = disclosure.describe(bare, ())

    assert disclosure.shown_by(record=bare, grounds=disclosure.NO_GROUNDS, description=shown) == [
        (
            record.firm_pk,
            record.need_pk,
            None,
            ["code", "city", "industry_section", "amount_band", "financing_types"],
        )
    ]


def test_figures_stand_year_by_year():
    firm = FirmFactory()
    for year, value in ((2024, 100), (2025, 300)):
        FactFactory(firm=firm, field="revenue_yuan", value=value, year=year)
    FactFactory(firm=firm, field="rd_expense_yuan", value=7, year=2025)
    need = NeedFactory(open=True, firm=firm)

    record = disclosure.list_disclosable([need.pk], day=timezone.localdate())[need.pk]

    assert record.yearly_figures == (
        {"fiscal_year": 2024, "revenue_yuan": 100, "rd_expense_yuan": None},
        {"fiscal_year": 2025, "revenue_yuan": 300, "rd_expense_yuan": 7},
    )
    assert "revenue_yuan" in YEARLY_FIELDS


def test_records_take_the_same_queries_for_any_number(count_queries):
    needs = [NeedFactory(open=True, firm=FirmFactory(profiled=True)) for _ in range(7)]

    def queries(number):
        ids = [need.pk for need in needs[:number]]
        return count_queries(lambda: disclosure.list_disclosable(ids, day=timezone.localdate()))

    assert queries(1) == queries(7) == 3
