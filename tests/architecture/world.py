"""One object of every resource, and somebody of every role who may or may not see it."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.services import create_key
from backend.organizations.actors import Actor
from backend.organizations.enums import Rank, Role
from backend.recommendations.models import Recommendation
from backend.reference.services import load_reference
from backend.referrals.models import RosterRow
from tests.factories.activities import (
    ActivityFactory,
    IntentFactory,
    ParticipationFactory,
    ProjectFactory,
)
from tests.factories.announcements import AnnouncementFactory
from tests.factories.catalogue import PolicyFactory, ProductFactory
from tests.factories.consents import ConsentFactory, DisclosureFactory, RosterConsentFactory
from tests.factories.data_requests import DataRequestFactory
from tests.factories.filings import AggregateFactory, IndicatorFactory
from tests.factories.firms import FirmEvaluationFactory, FirmFactory, TenancyFactory
from tests.factories.lists import Office
from tests.factories.matches import MatchRunFactory
from tests.factories.needs import NeedDocumentFactory, NeedFactory
from tests.factories.notifications import NotificationFactory
from tests.factories.organizations import MembershipFactory, make_actor
from tests.factories.partners import AgreementFactory, ContactFactory
from tests.factories.ranking import ModelVersionFactory, PastSourceFactory
from tests.factories.recommendations import EndorsementFactory, RecommendationFactory
from tests.factories.referrals import EscalationCaseFactory, MatterFactory, ReferralFactory
from tests.factories.webhooks import EndpointFactory, MessageFactory

ACTORS = (
    "anonymous",
    "firm",
    "firm_officer",
    "stranger",
    "incubator",
    "bank",
    "bank_officer",
    "other_bank",
    "department",
    "department_officer",
    "other_city",
    "auditor",
    "administrator",
    "security_officer",
)


@dataclass
class World:
    """The people by name, their clients, and the objects by the address that shows them."""

    people: dict[str, Actor]
    objects: dict[str, Any]
    clients: dict[str, APIClient] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Fill an address with the ids of this world's objects."""
        resource = path.removeprefix("/api/v1/").split("/")[0]
        if path.endswith("/service-regions/"):
            resource = "units"  # an institution's; the organization is a firm's
        found = self.objects.get(resource)
        return (
            path.replace("{id}", str(getattr(found, "public_id", "")))
            .replace("{tenancy_id}", str(self.objects["tenancies"].public_id))
            .replace("{evaluation_id}", str(self.objects["evaluations"].public_id))
            .replace("{row_id}", str(self.objects["referral-lists"].rows.first().public_id))
            .replace(
                "{firm_row_id}",
                str(self.objects["referral-lists"].roster_rows.first().public_id),
            )
            .replace("{sheet_id}", str(self.objects["referral-lists"].sheets.first().public_id))
            .replace("{code}", str(found))
        )

    @property
    def revisions(self) -> dict[str, str]:
        """The ETag of each resource's object; a resource without one gets the first."""
        return defaultdict(lambda: '"1"') | {
            resource: f'"{found.revision}"'
            for resource, found in self.objects.items()
            if hasattr(found, "revision")
        }


def make_world() -> World:
    """Make a need of a firm in 长春, a bank's product, and everybody around them."""
    load_reference(folder=settings.FIXTURES_DIR / "reference", now=timezone.now())
    people = _make_people()
    firm = FirmFactory(organization=people["firm"].organization, profiled=True)
    FirmFactory(organization=people["stranger"].organization)
    tenancy = TenancyFactory(firm=firm, incubator=people["incubator"].organization, consented=True)
    bank = people["bank"].organization
    place = MembershipFactory(organization=people["firm"].organization, rank=Rank.OFFICER)
    agreement = AgreementFactory(department=people["department"].organization, institution=bank)
    referral = ReferralFactory(
        need=NeedFactory(firm=firm, in_referral=True), institution=bank, agreement=agreement
    )
    key, _ = create_key(actor=None, user=people["firm"].user)
    need = NeedFactory(firm=firm, open=True)
    consent = ConsentFactory(need=need, institution=bank)
    objects = {
        "firms": firm,
        "tenancies": tenancy,
        "evaluations": FirmEvaluationFactory(firm=firm),
        "data-requests": DataRequestFactory(firm=firm, requested_by=people["firm"].user),
        "needs": need,
        "products": ProductFactory(institution=bank),
        "models": ModelVersionFactory(fitted=True),
        "past-results": PastSourceFactory(),
        "policies": PolicyFactory(institution=bank),
        "referrals": referral,
        "matters": MatterFactory(referral=referral),
        "escalations": EscalationCaseFactory(referral=referral),
        "organizations": people["firm"].organization,
        "units": bank,
        "memberships": place,
        "keys": key,
        "contacts": ContactFactory(organization=bank),
        "agreements": AgreementFactory(
            department=people["department"].organization, institution=bank
        ),
        "consents": consent,
        "roster-consents": RosterConsentFactory(firm=firm, institution=bank),
        "disclosures": DisclosureFactory(consent=consent),
        "webhook-endpoints": EndpointFactory(organization=bank),
        "match-runs": MatchRunFactory(actor=people["department"], finished=True),
        "aggregates": AggregateFactory(institution=bank, prepared_by=people["bank_officer"].user),
        "indicators": IndicatorFactory(department=people["department"].organization),
        "regions": "220102",
        "documents": NeedDocumentFactory(need=need),
        "reporting-units": "changbaishan",
        "industries": "C39",
        "qualifications": "high_tech",
        "stages": "seed",
    }
    objects |= _hold_an_activity(people, need)
    # The department's own, so that its people write and a colleague verifies.
    own = RecommendationFactory(
        need=need, department=people["department"].organization, submitted=True
    )
    Recommendation.objects.filter(pk=own.pk).update(awaiting_level="province", route=["province"])
    objects["recommendations"] = own
    objects["endorsements"] = EndorsementFactory(
        need=need, incubator=people["incubator"].organization
    )
    objects["tenants"] = tenancy
    objects["referral-lists"] = _send_a_list(people)
    objects["sheets"] = objects["referral-lists"].sheets.first()
    objects["deliveries"] = MessageFactory(endpoint=objects["webhook-endpoints"], failed=True)
    objects["notifications"] = NotificationFactory(
        recipient=people["firm"].membership, subject_id=need.public_id
    )
    objects["announcements"] = AnnouncementFactory(
        department=people["department"].organization, published=True
    )
    world = World(people, objects)
    world.clients = {"anonymous": APIClient()} | {
        name: _client(actor) for name, actor in people.items()
    }
    for client in world.clients.values():
        client.raise_request_exception = False
    objects["audit-events"] = _any_event()
    return world


def _hold_an_activity(people: dict[str, Actor], need: Any) -> dict[str, Any]:
    """Let the firm apply to a contest of the department and the bank take an interest."""
    activity = ActivityFactory(host=people["department"].organization, contest=True, announced=True)
    project = ProjectFactory(need=need, activity=activity, listed=True)
    return {
        "activities": activity,
        "participants": ParticipationFactory(activity=activity, firm=need.firm, need=need),
        "projects": project,
        "intents": IntentFactory(project=project, institution=people["bank"].organization),
    }


def _send_a_list(people: dict[str, Actor]) -> Any:
    """Let the department's officer send a need of some other firm to the bank."""
    NeedFactory(open=True)
    office = Office(
        officer=people["department_officer"],
        head=people["department"],
        leader=make_actor(organization=people["department"].organization, role=Role.DEPARTMENT),
    )
    AgreementFactory(department=office.department, institution=people["bank"].organization)
    drafted = office.draft(per_need=1)
    RosterRow.objects.create(
        referral_list=drafted,
        firm=FirmFactory(),
        institution=people["bank"].organization,
        qualifications=["high_tech"],
    )
    return office.send(office.approve(drafted)).referral_list


def _make_people() -> dict[str, Actor]:
    people = {
        "firm": make_actor(proved=True),
        "stranger": make_actor(proved=True, organization__region__code="220202"),
        "incubator": make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR),
        "bank": make_actor(organization__bank=True, role=Role.INSTITUTION),
        "other_bank": make_actor(organization__bank=True, role=Role.INSTITUTION),
        "department": make_actor(organization__department=True, role=Role.DEPARTMENT),
        "other_city": make_actor(
            organization__city_department=True,
            organization__region__code="220200",
            role=Role.DEPARTMENT,
        ),
        "administrator": make_actor(organization__operator=True, role=Role.ADMINISTRATOR),
        "security_officer": make_actor(organization__operator=True, role=Role.SECURITY_OFFICER),
    }
    for name, role in (
        ("firm", Role.FIRM),
        ("bank", Role.INSTITUTION),
        ("department", Role.DEPARTMENT),
    ):
        people[f"{name}_officer"] = make_actor(
            organization=people[name].organization,
            role=role,
            rank=Rank.OFFICER,
            proved=role is Role.FIRM,
        )
    people["auditor"] = make_actor(
        organization=people["department"].organization, role=Role.AUDITOR, rank=Rank.OFFICER
    )
    return people


def _client(actor: Actor) -> APIClient:
    _, token = create_key(actor=None, user=actor.user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def _any_event() -> Any:
    from backend.journal.models import Event

    return Event.objects.order_by("pk").first()
