"""A platform in full use: needs at every stage, one list sent and one waiting, people of each role.

Made with the services where they decide something, in bulk where they would only take time.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from backend.consents.models import Consent
from backend.firms.models import Tenancy
from backend.needs.models import Need
from backend.organizations.actors import Actor, resolve_actor
from backend.organizations.enums import Role
from backend.organizations.models import Membership, Organization
from backend.recommendations.models import Recommendation
from backend.referrals.models import EscalationCase, Matter, Referral, ReferralList
from tests.benchmarks.database import load
from tests.benchmarks.workload import exchange
from tests.factories.catalogue import PolicyFactory
from tests.factories.consents import ConsentFactory, ConsentTextFactory
from tests.factories.lists import Office, make_office
from tests.factories.matches import MatchRunFactory
from tests.factories.organizations import make_actor
from tests.factories.partners import AgreementFactory
from tests.factories.recommendations import RecommendationFactory
from tests.factories.referrals import DrawdownFactory, EscalationCaseFactory, MatterFactory

PRODUCTS = 500
_SUBMITTED_SHARE, _TENANT_SHARE, _LARGE_SHARE = 10, 20, 5
_CONSENTING_BANKS = 2
_MONEY, _CASES = 200, 100
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Populated:
    """Who looks at the pages, and the object that each address names, by its keyword.

    ``<page>.<keyword>`` and ``<role>.<keyword>`` go before the plain keyword.
    """

    people: dict[str, Actor]
    objects: dict[str, Any]


def populate(needs: int) -> None:
    """Fill an empty database."""
    load(exchange(needs=needs, products=PRODUCTS))
    office = _make_office(needs)
    _submit_some(needs, office)
    _consent(office.banks[:_CONSENTING_BANKS], office)
    run = MatchRunFactory(actor=office.officer, finished=True)
    PolicyFactory(institution=office.banks[0])
    _send(office, run)
    _draft(office, run, title="待发送清单", per_need=3)
    _work_on_referrals(office)
    _settle_tenants(needs)


def _make_office(needs: int) -> Office:
    """Let the department agree with every institution; one takes a fifth of all needs."""
    office = make_office()
    office.banks = list(Organization.objects.filter(code__startswith="bench-").order_by("code"))
    for bank in office.banks:
        AgreementFactory(department=office.department, institution=bank)
        bank.capacity = max(1, needs // 2 // len(office.banks))
    office.banks[0].capacity = max(1, needs // _LARGE_SHARE)
    Organization.objects.bulk_update(office.banks, ["capacity"])
    return office


def _submit_some(needs: int, office: Office) -> None:
    waiting = Need.objects.order_by("-pk").values("pk")[: needs // _SUBMITTED_SHARE]
    Need.objects.filter(pk__in=waiting).update(
        status="submitted", verified_at=None, verified_by=None, expires_on=None
    )
    for need in Need.objects.filter(status="submitted").order_by("pk")[:_CASES]:
        RecommendationFactory(need=need, department=office.department, submitted=True)


def _consent(banks: list[Organization], office: Office) -> None:
    text, now = ConsentTextFactory(), timezone.now()
    first = Need.objects.open().first()
    like = ConsentFactory.build(need=first, institution=banks[0], text=text, granted_by=None)
    Consent.objects.bulk_create(
        (
            Consent(
                need=need,
                institution=bank,
                direction=like.direction,
                groups=like.groups,
                contact_person=need.contact_name,
                text=text,
                granted_at=now - timedelta(days=1),
                granted_by=office.head.user,
                expires_on=like.expires_on,
            )
            for need in Need.objects.open()
            for bank in banks
        ),
        batch_size=_BATCH,
    )


def _draft(office: Office, run: Any, **values: Any) -> ReferralList:
    from backend.referrals.services import drafting

    return drafting.draft_list(actor=office.officer, match_run=run, now=timezone.now(), **values)


def _send(office: Office, run: Any) -> None:
    """Send a list of one institution for each need that found a place."""
    drafted = _draft(office, run, title="已发送清单", per_need=1)
    office.send(office.approve(drafted))
    # What was sent fills no place of the next list.
    Organization.objects.filter(pk__in=[bank.pk for bank in office.banks]).update(capacity=None)


def _work_on_referrals(office: Office) -> None:
    referrals = list(
        Referral.objects.filter(institution=office.banks[0]).order_by("pk")[: _MONEY + _CASES]
    )
    for referral in referrals[:_MONEY]:
        DrawdownFactory(referral=referral)
    for referral in referrals[_MONEY:]:
        EscalationCaseFactory(referral=referral)
        MatterFactory(referral=referral)


def _settle_tenants(needs: int) -> None:
    incubator = make_actor(proved=True, organization__incubator=True, role=Role.INCUBATOR)
    firms = [need.firm for need in Need.objects.order_by("pk")[: needs // _TENANT_SHARE]]
    now, today = timezone.now(), timezone.localdate()
    Tenancy.objects.bulk_create(
        Tenancy(
            firm=firm,
            incubator=incubator.organization,
            valid_from=today - timedelta(days=400),
            consented_at=now,
            consented_by=incubator.user,
        )
        for firm in firms
    )


def find_populated() -> Populated:
    """Return people and objects of a filled database."""
    drafted, sent = ReferralList.objects.order_by("-pk")[:2]
    referral = (
        Referral.objects.filter(sheet__referral_list=sent, institution__code="bench-0000")
        .order_by("pk")
        .first()
    )
    need, bank = referral.need, referral.institution
    tenancy = Tenancy.objects.order_by("pk").first()
    people = {
        "firm": _person(need.firm.organization, Role.FIRM),
        "institution": _person(bank, Role.INSTITUTION),
        "department": _person(drafted.department, Role.DEPARTMENT),
        "incubator": _person(tenancy.incubator, Role.INCUBATOR),
        "auditor": _person(drafted.department, Role.AUDITOR),
    }
    return Populated(
        people,
        {
            "need": need,
            "referral": referral,
            "list": drafted,
            "incubator.need": tenancy.firm.needs.first(),
            "department_lists_sheet.list": sent,
            "department_lists_workbook.list": sent,
            "sheet": sent.sheets.get(institution=bank),
            "row": drafted.rows.first(),
            "run": drafted.match_run,
            "product": referral.product_version.product,
            "policy": bank.policies.first(),
            "recommendation": Recommendation.objects.order_by("pk").first(),
            "matter": Matter.objects.order_by("pk").first(),
            "escalation": EscalationCase.objects.order_by("pk").first(),
            "tenant": tenancy,
        },
    )


def _person(organization: Organization, role: Role) -> Actor:
    place = (
        Membership.objects.filter(organization=organization, role=role).order_by("rank").first()
        or make_actor(organization=organization, role=role, proved=role is Role.FIRM).membership
    )
    actor = resolve_actor(
        place.user, today=timezone.localdate(), organization_id=organization.public_id
    )
    assert actor is not None
    return actor
