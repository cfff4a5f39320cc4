"""Loads the whole demonstration in one transaction, or nothing."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from backend.catalogue.loading.institutions import PROVINCIAL_DEPARTMENT
from backend.common.errors import StateConflict
from backend.firms.models import Firm, Tenancy
from backend.firms.tenancies import set_tenancy_consent
from backend.matches.demonstration.accounts import (
    Account,
    open_department_accounts,
    open_firm_account,
    open_partner_accounts,
    prove,
)
from backend.matches.demonstration.announcements import load_announcements
from backend.matches.demonstration.consents import load_consents
from backend.matches.demonstration.firms import load_firms
from backend.matches.demonstration.needs import load_needs
from backend.matches.demonstration.offers import load_institutions, load_products
from backend.matches.demonstration.partners import load_agreements, load_service_regions
from backend.matches.demonstration.recommendations import (
    load_endorsements,
    load_recommendations,
    open_county_account,
)
from backend.matches.demonstration.records import DemoRecords, read_records
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import OrganizationKind
from backend.organizations.models import Membership, Organization

_INCUBATOR = "demo-inc-guanggu"


def is_demonstration_loaded() -> bool:
    """Tell whether the made-up firms are there already."""
    return Organization.objects.filter(kind=OrganizationKind.FIRM, is_demonstration=True).exists()


@transaction.atomic
def load_demonstration(*, path: Path, now: datetime) -> list[Account]:
    """Load institutions, products, firms, needs, agreements, consents and accounts, once.

    Everything goes through the services that people use, so the same rules hold. Codes and
    the provincial department must be loaded before.
    """
    if is_demonstration_loaded():
        return []
    province = Organization.objects.filter(
        kind=OrganizationKind.DEPARTMENT, code=PROVINCIAL_DEPARTMENT["code"]
    ).first()
    if province is None:
        raise StateConflict(
            "catalogue_missing",
            f"没有{PROVINCIAL_DEPARTMENT['name']}；请先运行 load_reference 和 load_catalogue。",
        )
    today = timezone.localdate(now)
    records = read_records(path, today=today)
    institutions = load_institutions(records.institutions)
    load_products(records.products, now=now)
    firms = load_firms(records, institutions, today=today, now=now)
    accounts = open_department_accounts(province, today=today)
    officer = accounts[0].actor
    partners = open_partner_accounts(institutions, today=today)
    prove(partners[-1], officer=officer, now=now)
    needs = load_needs(records, firms, officer=officer, today=today, now=now)
    by_name = {account.actor.user.username: account.actor for account in [*accounts, *partners]}
    signed = load_agreements(institutions, partners, manager=by_name["demo-manager"])
    load_service_regions(institutions, manager=by_name["demo-bank-manager"])
    texts = path.parent.parent / "consents"
    load_consents(
        Need.objects.with_named_institutions()
        .filter(pk__in=[need.pk for need in needs])
        .order_by("pk"),
        signed,
        texts=texts,
        now=now,
        today=today,
    )
    county = open_county_account(by_name["demo-city-officer"], needs)
    load_recommendations(
        needs,
        county=county.actor,
        city=by_name["demo-city-officer"],
        province=by_name["demo-manager"],
        now=now,
    )
    of_firms = _firm_accounts(needs, records, officer=officer, now=now)
    load_endorsements(by_name["demo-incubator"])
    load_announcements(by_name["demo-city-officer"], now=now)
    opened = [*accounts, county, *partners, *of_firms]
    # Handed over now: what was loaded before is nobody's news.
    places = [account.actor.membership.pk for account in opened]
    Membership.objects.filter(pk__in=places).update(created_at=timezone.now())
    return opened


def _firm_accounts(
    needs: list[Need], records: DemoRecords, *, officer: Actor, now: datetime
) -> list[Account]:
    """Open three firms' accounts: a tenant that its incubator speaks for, one alone, one new."""
    tenants = {firm["uscc"] for firm in records.firms if firm.get("incubator") == _INCUBATOR}
    with_open_needs = [need.firm for need in needs if need.status == NeedStatus.OPEN]
    tenant = next(firm for firm in with_open_needs if firm.organization.code in tenants)
    others = [
        firm for firm in dict.fromkeys(with_open_needs) if firm.organization.code not in tenants
    ]
    notes = ("授权已核验；同意孵化器代办", "授权已核验", "授权待核验，只能起草需求和查看匹配")
    chosen: list[tuple[Firm, str]] = list(zip((tenant, *others[:2]), notes, strict=True))
    opened = [
        open_firm_account(number, firm.organization, today=officer.today, note=note)
        for number, (firm, note) in enumerate(chosen, start=1)
    ]
    for account in opened[:2]:
        prove(account, officer=officer, now=now)
    set_tenancy_consent(
        actor=opened[0].actor,
        tenancy=Tenancy.objects.get(firm=tenant, incubator__code=_INCUBATOR),
        is_given=True,
        now=now,
    )
    return opened
