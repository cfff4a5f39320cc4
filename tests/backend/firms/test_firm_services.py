"""Opening and editing a firm's record, its stage, its qualifications."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.firms import services
from backend.firms.enums import FactSource
from backend.firms.models import Firm, FirmQualification
from backend.firms.tenancies import record_tenancy
from backend.journal import services as journal
from backend.journal.enums import EventType
from backend.journal.models import Event
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Organization
from tests.factories.firms import FirmFactory, FirmQualificationFactory
from tests.factories.organizations import OrganizationFactory, make_actor, make_uscc
from tests.factories.reference import IndustryFactory, RegionFactory

NOW = timezone.now()
USCC = make_uscc(9_000_001)


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def create(actor, **values):
    values = {
        "uscc": USCC,
        "name": "测试企业",
        "region": "220102",
        "today": localdate(),
        **values,
    }
    return services.create_firm(actor=actor, **values)


def update(actor, firm, **changes):
    return services.update_firm(actor=actor, firm=firm, changes=changes, expected_revision=None)


def problems_of(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


# --- opening ---


def test_a_department_opens_a_firm_in_its_region(department_actor):
    RegionFactory()
    firm = create(department_actor)
    assert (firm.organization.code, firm.organization.region_code) == (USCC, "220102")
    assert firm.tech_fields is None
    assert firm.qualifications_known is False
    assert Event.objects.get(subject_id=firm.public_id).type == "firm.created"


def test_without_a_region_the_registering_division_stands_for_it(department_actor):
    RegionFactory(code="220100")  # the code itself, 220101, is no division
    assert create(department_actor, region=None).organization.region_code == "220100"


@pytest.mark.parametrize("uscc", [USCC[:-1] + "I", USCC[:-1], USCC.lower(), f" {USCC}", ""])
def test_a_wrong_code_is_refused(department_actor, uscc):
    RegionFactory()
    with pytest.raises(InvalidInput) as refusal:
        create(department_actor, uscc=uscc)
    assert problems_of(refusal) == {"uscc": "invalid_uscc"}
    assert not Organization.objects.filter(kind="firm").exists()


def test_a_firm_is_opened_once(department_actor):
    RegionFactory()
    create(department_actor)
    with pytest.raises(StateConflict, match=USCC):
        create(department_actor)


def test_a_department_opens_no_firm_elsewhere(db):
    RegionFactory(code="220202")
    actor = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    with pytest.raises(NotPermitted):
        create(actor, region="220202")


def test_a_record_is_opened_for_an_organization_created_elsewhere(
    db, django_capture_on_commit_callbacks
):
    organization = OrganizationFactory()
    with django_capture_on_commit_callbacks(execute=True):
        journal.record(EventType.ORGANIZATION_CREATED, subject=organization, actor=None)
    assert Firm.objects.get().organization == organization


def test_no_record_is_opened_for_a_bank(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        journal.record(
            EventType.ORGANIZATION_CREATED, subject=OrganizationFactory(bank=True), actor=None
        )
    assert not Firm.objects.exists()


# --- editing ---


def test_a_firm_edits_its_profile(firm, firm_actor):
    IndustryFactory(code="C39")
    changed = update(firm_actor, firm, industry="C3921", declared_stage="growth", tech_fields=[])
    assert (changed.industry, changed.stage, changed.tech_fields) == ("C3921", "growth", [])
    changed = update(firm_actor, firm, declared_stage=None, tech_fields=None)
    assert (changed.stage, changed.tech_fields, changed.revision) == (None, None, 3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("industry", "C99"),
        ("industry", "Z39"),
        ("industry", "39"),
        ("industry", "C39211"),
        # Not tomorrow: the day may change while tests run.
        ("founded_on", localdate() + timedelta(days=3)),
        ("founded_on", date(1899, 1, 1)),
        ("declared_stage", "teenager"),
        ("tech_fields", ["magic"]),
        ("taxpayer_rating", "E"),
        ("description", "长" * 4001),
        ("region", "990000"),
    ],
)
def test_impossible_profiles_are_refused_by_name(firm, firm_actor, field, value):
    IndustryFactory(code="C39")
    with pytest.raises(InvalidInput) as refusal:
        update(firm_actor, firm, **{field: value})
    assert problems_of(refusal).keys() == {field}


def test_of_two_people_one_is_told(firm, firm_actor):
    services.update_firm(
        actor=firm_actor, firm=firm, changes={"taxpayer_rating": "A"}, expected_revision=1
    )
    with pytest.raises(StaleRevision):
        services.update_firm(
            actor=firm_actor, firm=firm, changes={"taxpayer_rating": "B"}, expected_revision=1
        )
    firm.refresh_from_db()
    assert firm.taxpayer_rating == "A"


def test_strangers_institutions_and_unproved_accounts_cannot_edit(firm, stranger_actor, bank_actor):
    for actor in (stranger_actor, bank_actor):
        with pytest.raises(NotPermitted):
            update(actor, firm, taxpayer_rating="A")
    with pytest.raises(StateConflict):
        update(make_actor(organization=firm.organization), firm, taxpayer_rating="A")


def test_a_firm_fills_its_region_in_once(firm, firm_actor):
    RegionFactory(code="220103")
    firm.organization.region = None
    firm.organization.save()
    assert update(firm_actor, firm, region="220102").organization.region_code == "220102"
    with pytest.raises(NotPermitted, match="科技管理部门"):
        update(firm_actor, firm, region="220103")


def test_a_department_moves_a_firm_within_its_region_only(firm):
    RegionFactory(code="220103")
    RegionFactory(code="220202")
    actor = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    assert update(actor, firm, region="220103").organization.region_code == "220103"
    with pytest.raises(NotPermitted):
        update(actor, firm, region="220202")


# --- qualifications ---


def qualify(actor, firm, **values):
    values = {"code": "high_tech", "source": FactSource.DECLARED, "now": NOW, **values}
    return services.record_qualification(actor=actor, firm=firm, **values)


def test_a_recorded_qualification_makes_the_list_known(firm, firm_actor):
    qualify(firm_actor, firm, valid_from=date(2024, 1, 1), valid_until=date(2027, 1, 1))
    firm.refresh_from_db()
    assert firm.qualifications_known is True
    with pytest.raises(InvalidInput):
        update(firm_actor, firm, qualifications_known=False)


def test_a_firm_can_state_that_it_holds_none(firm, firm_actor):
    assert update(firm_actor, firm, qualifications_known=True).qualifications.count() == 0


def test_a_period_is_half_open_and_not_empty(firm, firm_actor):
    with pytest.raises(InvalidInput) as refusal:
        qualify(firm_actor, firm, valid_from=date(2024, 1, 1), valid_until=date(2024, 1, 1))
    assert problems_of(refusal) == {"valid_until": "period_empty"}


def test_a_qualification_is_recorded_once(firm, firm_actor):
    qualify(firm_actor, firm)
    with pytest.raises(StateConflict):
        qualify(firm_actor, firm)
    with pytest.raises(IntegrityError, match="qualification_recorded_once"), transaction.atomic():
        FirmQualificationFactory(firm=firm, valid_from=None)
    assert FirmQualification.objects.count() == 1


def test_an_unknown_qualification_is_refused_with_those_that_exist(firm, firm_actor):
    with pytest.raises(InvalidInput, match="tech_sme"):
        qualify(firm_actor, firm, code="best_firm")


def test_whatever_matching_reads_of_a_firm_counts_a_revision(firm, firm_actor):
    incubator = OrganizationFactory(incubator=True)
    changes = [
        lambda: update(firm_actor, firm, taxpayer_rating="B"),
        lambda: qualify(firm_actor, firm),
        lambda: record_tenancy(
            actor=firm_actor, firm=firm, incubator=incubator, valid_from=date(2026, 1, 1)
        ),
        lambda: services.record_facts(
            actor=firm_actor,
            firm=firm,
            values={"employees": Decimal(4)},
            source=FactSource.DECLARED,
            as_of=localdate(),
            today=localdate(),
            now=NOW,
        ),
    ]
    for count, change in enumerate(changes, start=2):
        change()
        firm.refresh_from_db()
        assert firm.revision == count


# --- stage ---


def override(actor, firm, stage, reason="财务报表显示已盈利三年"):
    return services.override_stage(
        actor=actor, firm=firm, stage=stage, reason=reason, expected_revision=None, now=NOW
    )


def test_a_managers_decision_wins_over_the_declared_stage_until_lifted(department_actor):
    firm = FirmFactory(declared_stage="startup")
    assert override(department_actor, firm, "mature").stage == "mature"
    lifted = override(department_actor, firm, None, reason="企业异议成立")
    assert lifted.stage == "startup"
    assert lifted.stage_override_reason == "企业异议成立"


def test_officers_firms_and_other_regions_decide_no_stage(firm, firm_actor, department_actor):
    officer = make_actor(
        organization=department_actor.organization, role=Role.DEPARTMENT, rank=Rank.OFFICER
    )
    elsewhere = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    for actor in (firm_actor, officer, elsewhere):
        with pytest.raises(NotPermitted):
            override(actor, firm, "mature")


@pytest.mark.parametrize(
    ("stage", "reason"), [("mature", " "), ("old", "理由"), ("mature", "长" * 501)]
)
def test_a_decision_takes_a_known_stage_and_a_reason(firm, department_actor, stage, reason):
    with pytest.raises(InvalidInput):
        override(department_actor, firm, stage, reason)


@pytest.mark.parametrize(
    "values",
    [
        {"stage_override": "mature"},
        {"stage_override_reason": "理由"},
        {"stage_override": "mature", "stage_override_reason": "理由", "stage_overridden_at": NOW},
    ],
)
def test_the_database_refuses_half_a_decision(db, values):
    firm = FirmFactory()
    with pytest.raises(IntegrityError, match="firm_stage_override_is_complete"):
        Firm.objects.filter(pk=firm.pk).update(**values)
