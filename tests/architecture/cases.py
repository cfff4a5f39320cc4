"""Firms with needs at every stage of the mechanism, and everybody who may or may not know them.

Each case is a firm of its own with values that nobody else has, so that a value found in an
answer says whose it is and how far its need has come.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.services import create_key
from backend.consents.enums import GROUPS_OF, Direction, FieldGroup
from backend.firms.enums import FactSource
from backend.firms.fact_fields import FACT_FIELDS, VALUE_RANGES
from backend.firms.models import Firm
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import InstitutionLevel, Rank, Role
from backend.organizations.models import Organization
from backend.reference.services import load_reference
from backend.referrals.models import Referral
from backend.webhooks.registry import subscribable_types
from tests.architecture.canaries import Canaries, Canary
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.data_requests import DataRequestFactory
from tests.factories.firms import (
    FactFactory,
    FirmEvaluationFactory,
    FirmFactory,
    FirmQualificationFactory,
    TenancyFactory,
)
from tests.factories.lists import HEAD, Office
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.webhooks import EndpointFactory

# Everybody but the two who speak for the case's own firm.
BYSTANDERS = (
    "anonymous",
    "revoked_key",
    "stranger",
    "incubator",
    "incubator_unasked",
    "bank",
    "bank_officer",
    "head_office",
    "city_branch",
    "sub_branch",
    "sibling_branch",
    "other_bank",
    "province",
    "province_officer",
    "city",
    "county",
    "other_city",
    "other_county",
    "auditor",
    "administrator",
    "security_officer",
)
# The case's own people: a manager, and an officer whose authority is not proved.
OWN = ("owner", "unproved")
EVERYBODY = (*OWN, *BYSTANDERS)

_ALL = tuple(GROUPS_OF[Direction.TO_INSTITUTION])
_SOME = (FieldGroup.IDENTITY, FieldGroup.WISH)

# Cases whose need was on the list that the bank was sent, and what the firm had consented to.
SENT: dict[str, tuple[FieldGroup, ...]] = {
    "sent": _ALL,
    "sent_in_part": _SOME,
    "sent_without_name": (FieldGroup.PROFILE, FieldGroup.FIGURES),
    "sent_masked": (),
    "acknowledged": _ALL,
    "approved": _ALL,
    "funded": _ALL,
    "in_city_branch": _ALL,
    "in_sub_branch": _ALL,
    "declined": _ALL,
    "given_back": _ALL,
    "consent_withdrawn": _ALL,
    "consent_expired": _ALL,
    "contact_changed": _ALL,
    "need_withdrawn": _ALL,
    "consent_withdrawn_and_ended": _ALL,
    "need_withdrawn_and_ended": _ALL,
    "approved_unreported": _ALL,
    "declined_unreported": _ALL,
}
# What the bank answers of these may not be passed on to the department.
UNREPORTED = frozenset({"approved_unreported", "declined_unreported"})
# Cases whose need was never sent.
UNSENT: dict[str, dict[str, Any]] = {
    "draft": {},
    "submitted": {"submitted": True},
    "returned": {"returned": True},
    "open": {"open": True},
    "open_closed_to_others": {"open": True, "open_to_others": False},
    "open_consented": {"open": True},
    "withdrawn_draft": {"withdrawn": True},
    "expired": {"expired": True},
}
# The case whose every record was made by people's requests.
BY_REQUESTS = "by_requests"
CASES = (*SENT, *UNSENT, BY_REQUESTS)


@dataclass
class Case:
    """A firm, its need, its people, and the referral if there is one."""

    name: str
    firm: Firm
    need: Need
    people: dict[str, Actor]
    referral: Referral | None = None


@dataclass
class ConfidentialWorld:
    """The cases by name, the bystanders and everybody's clients."""

    canaries: Canaries
    people: dict[str, Actor]
    cases: dict[str, Case] = field(default_factory=dict)
    clients: dict[str, APIClient] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, who: str, case: str) -> APIClient:
        """Return somebody's client; whose, where it is one of the case's own people."""
        return self.clients[f"{case}/{who}" if who in OWN else who]

    @property
    def bank(self) -> Organization:
        """The institution that the list was sent to."""
        return self.people["bank"].organization


def make_confidential_world() -> ConfidentialWorld:
    """Make everybody, send a list of needs to the bank, and lead each case to its state."""
    load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())
    world = ConfidentialWorld(Canaries(), _make_people())
    _sign_agreements(world)
    subscribable = subscribable_types()
    for who in ("bank", "other_bank", "city_branch"):
        EndpointFactory(organization=world.people[who].organization, event_types=subscribable)
    for name, groups in SENT.items():
        _add_case(world, name, open=True)
        _consent(world, name, groups)
    _send_list(world)
    for name, traits in UNSENT.items():
        _add_case(world, name, **traits)
    _consent(world, "open_consented", _ALL)
    for name, case in world.cases.items():
        for who, actor in case.people.items():
            world.clients[f"{name}/{who}"] = client_of(actor)
    for who, actor in world.people.items():
        world.clients[who] = client_of(actor)
    world.clients["anonymous"] = APIClient()
    world.clients["revoked_key"] = _revoked(world.people["bank"])
    return world


def client_of(actor: Actor) -> APIClient:
    """Return a client with a key of the actor's user."""
    _, token = create_key(actor=None, user=actor.user)
    client = APIClient()
    client.raise_request_exception = False
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def _revoked(actor: Actor) -> APIClient:
    key, token = create_key(actor=None, user=actor.user)
    key.delete()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def _make_people() -> dict[str, Actor]:
    bank = OrganizationFactory(
        bank=True,
        parent=OrganizationFactory(bank=True, institution_level=InstitutionLevel.HEAD_OFFICE),
    )
    city = OrganizationFactory(
        bank=True, parent=bank, institution_level=InstitutionLevel.CITY_BRANCH
    )
    sub = OrganizationFactory(bank=True, parent=city, institution_level=InstitutionLevel.SUB_BRANCH)
    sibling = OrganizationFactory(
        bank=True, parent=bank, institution_level=InstitutionLevel.CITY_BRANCH
    )
    province = OrganizationFactory(department=True)
    operator = OrganizationFactory(operator=True)
    lending = {"role": Role.INSTITUTION}
    governing = {"role": Role.DEPARTMENT}
    local = {**governing, "organization__city_department": True}
    return {
        "stranger": make_actor(proved=True),
        "incubator": make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR),
        "incubator_unasked": make_actor(
            proved=True, organization__incubator=True, role=Role.INCUBATOR
        ),
        "bank": make_actor(organization=bank, **lending),
        "bank_officer": make_actor(organization=bank, rank=Rank.OFFICER, **lending),
        "head_office": make_actor(organization=bank.parent, **lending),
        "city_branch": make_actor(organization=city, **lending),
        "sub_branch": make_actor(organization=sub, **lending),
        "sibling_branch": make_actor(organization=sibling, **lending),
        "other_bank": make_actor(organization__bank=True, **lending),
        "province": make_actor(organization=province, **governing),
        "province_officer": make_actor(organization=province, rank=Rank.OFFICER, **governing),
        "city": make_actor(**local),
        "county": make_actor(
            **local,
            organization__department_level="county",
            organization__region__code="220102",
        ),
        "other_city": make_actor(**local, organization__region__code="220200"),
        "other_county": make_actor(
            **local,
            organization__department_level="county",
            organization__region__code="220103",
        ),
        "auditor": make_actor(organization=province, role=Role.AUDITOR),
        "administrator": make_actor(organization=operator, role=Role.ADMINISTRATOR),
        "security_officer": make_actor(organization=operator, role=Role.SECURITY_OFFICER),
    }


def _sign_agreements(world: ConfidentialWorld) -> None:
    """Let the province work with the bank, whose people agreed to be named or did not."""
    province = world.people["province"].organization
    unasked = ContactFactory(
        organization=world.bank,
        name=world.canaries.text(Canary("partners", "contact_unasked", "name")),
        phone=world.canaries.phone(Canary("partners", "contact_unasked", "phone")),
    )
    agreed = ContactFactory(
        organization=world.bank,
        agreed=True,
        name=world.canaries.text(Canary("partners", "contact_agreed", "name")),
        phone=world.canaries.phone(Canary("partners", "contact_agreed", "phone")),
    )
    AgreementFactory(
        department=province,
        institution=world.bank,
        institution_contact=agreed,
        second_contact=unasked,
        sponsor=world.canaries.text(Canary("partners", "agreement", "sponsor")),
    )


def _add_case(world: ConfidentialWorld, name: str, **traits: Any) -> None:
    """Make a firm with values of its own, its people and its need."""
    make = world.canaries

    def of(group: str, field_name: str) -> Canary:
        return Canary(name, group, field_name)

    organization = OrganizationFactory(name=make.text(of("identity", "name")) + "有限公司")
    make.known(of("identity", "uscc"), organization.code)
    firm = FirmFactory(
        organization=organization,
        industry="C3921",
        founded_on=make.day(of("profile", "founded_on")),
        description=make.text(of("profile", "description")),
        declared_stage="growth",
        qualifications_known=True,
        stage_override="growth",
        stage_override_reason=make.text(of("record", "stage_override_reason")),
        stage_overridden_by=world.people["province"].user,
        stage_overridden_at=timezone.now(),
    )
    FirmQualificationFactory(
        firm=firm,
        valid_until=make.day(of("standing", "qualification"), since=date(2041, 1, 1)),
        certificate_number=make.text(of("record", "certificate_number")),
    )
    FirmEvaluationFactory(
        firm=firm,
        evaluator=make.text(of("record", "evaluator")),
        document_number=make.text(of("record", "document_number")),
    )
    DataRequestFactory(
        firm=firm,
        what=make.text(of("request", "what")),
        why=make.text(of("request", "why")),
    )
    _add_figures(world, name, firm)
    for who, consent in (("incubator", True), ("incubator_unasked", False)):
        TenancyFactory(firm=firm, incubator=world.people[who].organization, consented=consent)
    people = {
        "owner": make_actor(organization=organization, proved=True),
        "unproved": make_actor(organization=organization, rank=Rank.OFFICER),
    }
    if traits.get("returned"):
        traits["returned_reason"] = make.text(of("handling", "returned_reason"))
    if traits.get("withdrawn"):
        traits["withdrawal_reason"] = make.text(of("handling", "withdrawal_reason"))
    far = timezone.localdate() + timedelta(days=400)
    need = NeedFactory(
        firm=firm,
        amount_min_yuan=make.amount(of("wish", "amount_min_yuan"), 2_000_000),
        amount_max_yuan=make.amount(of("wish", "amount_max_yuan"), 4_000_000),
        max_annual_rate=make.fraction(of("wish", "max_annual_rate")),
        needed_by=make.day(of("wish", "needed_by"), since=far),
        dossier=make.text(of("wish", "dossier")),
        description=make.text(of("wish", "description")),
        contact_name=make.text(of("contact", "contact_name"), before="联系人"),
        contact_phone=make.phone(of("contact", "contact_phone")),
        created_by=people["owner"].user,
        **traits,
    )
    world.cases[name] = Case(name, firm, need, people)


def _add_figures(world: ConfidentialWorld, name: str, firm: Firm) -> None:
    """Record every figure that has room for a value of its own."""
    for code in FACT_FIELDS:
        canary, values = Canary(name, "figures", code), VALUE_RANGES[code]
        if not values.is_whole:
            value: Any = world.canaries.fraction(canary)
        elif values.high > Decimal(10) ** 7:
            value = world.canaries.amount(canary, 50_000_000)
        else:
            value = world.canaries.amount(canary, 300_000)
        FactFactory(
            firm=firm,
            field=code,
            value=value,
            source=FactSource.DOCUMENT,
            evidence=world.canaries.text(Canary(name, "record", f"evidence_{code}")),
        )


def _consent(world: ConfidentialWorld, name: str, groups: tuple[FieldGroup, ...]) -> None:
    """Let the bank see some groups of a case, and report everything back."""
    case = world.cases[name]
    given = {"need": case.need, "institution": world.bank, "granted_by": case.people["owner"].user}
    if groups:
        ConsentFactory(**given, groups=[group.value for group in groups])
    if name not in UNREPORTED:
        ConsentFactory(**given, reverse=True)


def _send_list(world: ConfidentialWorld) -> None:
    """Draft, sign and send the list of every open need to the bank."""
    ProductFactory(institution=world.bank)
    province = world.people["province"]
    leader = make_actor(organization=province.organization, role=Role.DEPARTMENT)
    office = Office(officer=world.people["province_officer"], head=province, leader=leader)
    title = world.canaries.text(Canary("list", "list", "title"))
    drafted = office.draft(per_need=1, title=title)
    office.send(office.approve(drafted), **HEAD)
    for referral in Referral.objects.select_related("need"):
        case = next(case for case in world.cases.values() if case.need.pk == referral.need_id)
        case.referral = referral
        case.need.refresh_from_db()
