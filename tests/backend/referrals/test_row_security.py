"""The database's own rules on rows, with every filter of the platform left out on purpose."""

import importlib
from collections import defaultdict
from contextlib import nullcontext

import pytest
from django.apps import apps
from django.db import connection

from backend.consents.models import Consent, Disclosure, RosterConsent
from backend.data_requests.models import DataRequest
from backend.firms.models import (
    Fact,
    Firm,
    FirmEvaluation,
    FirmQualification,
    FirmTraits,
    Tenancy,
)
from backend.matches.models import MatchImpression
from backend.needs.models import NamedInstitution, Need, NeedDocument
from backend.organizations.enums import Role
from backend.organizations.row_security import as_platform, reading_as
from backend.recommendations.models import Endorsement, Recommendation
from backend.referrals.models import ListRow, Referral, ReferralList, RosterRow, Sheet
from tests.factories.consents import DisclosureFactory, RosterConsentFactory
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import (
    FactFactory,
    FirmEvaluationFactory,
    FirmQualificationFactory,
    TenancyFactory,
)
from tests.factories.needs import NamedInstitutionFactory, NeedDocumentFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.referrals import (
    ApprovedLineFactory,
    DrawdownFactory,
    EscalationCaseFactory,
    MatterFactory,
    ReferralFactory,
    ReferralStepFactory,
    make_sent,
)

pytestmark = pytest.mark.django_db
_MIGRATIONS = (
    "backend.referrals.migrations.0006_row_security",
    "backend.referrals.migrations.0007_document_rows",
    "backend.firms.migrations.0005_traits_append_only",
    "backend.firms.migrations.0007_evaluations_append_only",
    "backend.data_requests.migrations.0002_row_security",
)
RULES = defaultdict(dict)
for _name in _MIGRATIONS:
    for _role, _rules in importlib.import_module(_name).RULES.items():
        RULES[_role] |= _rules
CONFIDENTIAL = (
    *(
        Firm,
        FirmTraits,
        Fact,
        FirmQualification,
        FirmEvaluation,
        DataRequest,
        Tenancy,
        Need,
        NamedInstitution,
        Consent,
        Disclosure,
    ),
    *(Referral, ReferralList, ListRow, Sheet, RosterConsent, RosterRow),
    *(Recommendation, Endorsement, MatchImpression, NeedDocument),
    *(apps.get_model("recommendations", name) for name in ("Visitor", "StandardCheck")),
    apps.get_model("recommendations", "RecommendationStep"),
    *(apps.get_model("referrals", name) for name in ("ReferralStep", "DocumentRequest")),
    *(apps.get_model("referrals", name) for name in ("ApprovedLine", "Drawdown", "OutcomeReview")),
    *(apps.get_model("referrals", name) for name in ("ClockEvent", "Matter", "EscalationCase")),
)
# Hang on confidential tables, hold nothing of firms, or are read by departments alone.
WITHOUT_RULES = {
    "matches.MatchRow",
    "referrals.Seen",
    "referrals.SheetRecall",
    "referrals.UnplacedNeed",
    "referrals.ListApproval",
    # Shown to investors and hosts in the words of the disclosure policy, not as rows.
    "activities.Participation",
    "activities.Project",
}


@pytest.fixture
def referral(bank_actor) -> Referral:
    """Something in every confidential table, of one firm and one bank."""
    referral = make_sent(institution=bank_actor.organization)
    firm, need = referral.need.firm, referral.need
    for make in (
        FactFactory,
        FirmQualificationFactory,
        FirmEvaluationFactory,
        TenancyFactory,
        DataRequestFactory,
    ):
        make(firm=firm)
    NamedInstitutionFactory(need=need, institution=bank_actor.organization)
    NeedDocumentFactory(need=need)
    DisclosureFactory(consent=need.consents.first())
    RosterConsentFactory(firm=firm, institution=bank_actor.organization)
    for make in (ReferralStepFactory, ApprovedLineFactory, DrawdownFactory, MatterFactory):
        make(referral=referral)
    EscalationCaseFactory(referral=referral)
    return referral


def rows_seen(actor) -> dict[str, int]:
    """Count the rows of every confidential table, unfiltered, as somebody reads them."""
    with reading_as(actor) if actor else nullcontext():
        return {model._meta.label: model.objects.all().count() for model in CONFIDENTIAL}


def test_every_confidential_table_has_rules_for_every_role():
    tables = {model._meta.db_table for model in CONFIDENTIAL}

    assert {frozenset(rules) for rules in RULES.values()} == {frozenset(tables)}


def test_whatever_hangs_on_a_confidential_table_has_rules_or_is_known_to_need_none():
    hanging = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in CONFIDENTIAL and model not in CONFIDENTIAL
    }

    assert hanging == WITHOUT_RULES


def test_a_stranger_gets_no_row_whatever_is_asked(referral, stranger_actor):
    other_bank = make_actor(organization__bank=True, role=Role.INSTITUTION)

    for stranger in (stranger_actor, other_bank):
        assert set(rows_seen(stranger).values()) == {0}, stranger.role


def test_without_an_actor_there_are_no_rows(referral):
    """Neither with a setting that was never made nor with the empty one that is left behind."""
    for role in RULES:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [role])
        counts = {model.objects.all().count() for model in CONFIDENTIAL}
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', 'none', true)")
            cursor.execute("SELECT set_config('kerong.organization', '', true)")
        assert counts == {0}, role


def test_firm_and_bank_get_their_own_rows_and_nobody_elses(referral, bank_actor):
    owner = make_actor(organization=referral.need.firm.organization, proved=True)
    before = {"firm": rows_seen(owner), "bank": rows_seen(bank_actor)}
    ReferralFactory()  # of another firm to another bank

    assert before == {"firm": rows_seen(owner), "bank": rows_seen(bank_actor)}
    never_made = {
        *("referrals.DocumentRequest", "referrals.OutcomeReview", "referrals.ClockEvent"),
        *("referrals.RosterRow", "matches.MatchImpression"),
        *("recommendations.Recommendation", "recommendations.Endorsement"),
        *("recommendations.Visitor", "recommendations.StandardCheck"),
        "recommendations.RecommendationStep",
    }
    for who, hidden in (
        ("firm", {FirmTraits, Sheet}),
        ("bank", {FirmTraits, FirmEvaluation, DataRequest, Disclosure, NeedDocument}),
    ):
        empty = {label for label, count in before[who].items() if count == 0}
        assert empty == never_made | {model._meta.label for model in hidden}, who


def test_units_below_get_what_was_assigned_to_them_and_units_above_everything(bank_actor):
    bank = bank_actor.organization
    head = OrganizationFactory(bank=True)
    bank.parent = head
    bank.save()
    branch, sibling = (OrganizationFactory(bank=True, parent=bank) for _ in range(2))
    make_sent(institution=bank, unit=branch)
    make_sent(institution=bank)

    def seen(unit) -> int:
        return rows_seen(make_actor(organization=unit, role=Role.INSTITUTION))["referrals.Referral"]

    assert [seen(unit) for unit in (head, bank, branch, sibling)] == [2, 2, 1, 0]


def test_the_platform_is_itself_again_after_a_reading_also_one_that_failed(
    referral, stranger_actor
):
    with reading_as(stranger_actor):
        assert not Need.objects.exists()
        with as_platform():
            assert Need.objects.exists()
        assert not Need.objects.exists()
    assert Need.objects.exists()

    with pytest.raises(ZeroDivisionError), reading_as(stranger_actor):
        _ = 1 / 0
    assert Need.objects.exists()


def test_a_reader_changes_nothing(referral, bank_actor):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"), reading_as(bank_actor):
        Need.objects.update(description="x")
