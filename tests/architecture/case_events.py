"""Leads the cases to their states, by the requests that people make."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from backend.firms.models import Firm
from backend.journal.services import sweep
from backend.needs.models import Need
from backend.organizations.enums import Rank
from tests.architecture.canaries import Canary
from tests.architecture.cases import BY_REQUESTS, Case, ConfidentialWorld, client_of
from tests.factories.consents import ConsentFactory
from tests.factories.organizations import make_actor, make_uscc


def lead_cases_on(world: ConfidentialWorld) -> None:
    """Do by requests what leads the sent cases to their states."""
    approved = ("approved", "funded", "approved_unreported")
    for name in ("acknowledged", *approved, "declined", "in_sub_branch"):
        _act(world, name, "bank", "acknowledge", note=_note(world, name, "acknowledged"))
    for name in approved:
        _act(
            world,
            name,
            "bank",
            "approve",
            amount_yuan=world.canaries.amount(Canary(name, "answer", "line"), 6_000_000),
            annual_rate=float(world.canaries.fraction(Canary(name, "answer", "rate"))),
            note=_note(world, name, "approved"),
        )
    _act(
        world,
        "funded",
        "bank",
        "disburse",
        date=timezone.localdate().isoformat(),
        amount_yuan=world.canaries.amount(Canary("funded", "answer", "drawn"), 1_000_000),
        reference=world.canaries.text(Canary("funded", "answer", "reference"), before="LS"),
    )
    for name, unit in (("in_city_branch", "city_branch"), ("in_sub_branch", "sub_branch")):
        code = world.people[unit].organization.code
        _act(world, name, "bank", "assign", unit=code, override_reason="就近办理")
    for name in ("declined", "declined_unreported"):
        note = _note(world, name, "decline_note")
        _act(world, name, "bank", "decline", reasons=["bank_internal"], note=note)
    _act(world, "given_back", "bank", "return", note=_note(world, "given_back", "return_note"))
    text = world.canaries.text(Canary("acknowledged", "matter", "text"))
    _act(world, "acknowledged", "owner", "matters", text=text)
    _take_back(world)
    make_case_by_requests(world)
    relay_everything()


def _take_back(world: ConfidentialWorld) -> None:
    """Let consents and needs end after the sending."""
    expired = world.cases["consent_expired"]
    sent_with = expired.need.consents.filter(direction="to_institution")
    sent_with.update(replaced_at=timezone.now())
    ConsentFactory(need=expired.need, institution=world.bank, expired=True)
    # Of each, one that the referrals heard of, and one of which they have not heard yet.
    _withdraw_consent(world, "consent_withdrawn_and_ended")
    _act(world, "need_withdrawn_and_ended", "owner", "withdraw", resource="needs", reason="停产")
    relay_everything()
    _withdraw_consent(world, "consent_withdrawn")
    _act(world, "need_withdrawn", "owner", "withdraw", resource="needs", reason="另有安排")
    changed = world.cases["contact_changed"].need
    changed.contact_name = world.canaries.text(
        Canary("contact_changed", "contact_later", "contact_name"), before="联系人"
    )
    changed.contact_phone = world.canaries.phone(
        Canary("contact_changed", "contact_later", "contact_phone")
    )
    changed.save()


def relay_everything() -> None:
    """Hand every event to its subscribers."""
    while sweep(now=timezone.now() + timedelta(minutes=1)):
        pass


def _withdraw_consent(world: ConfidentialWorld, name: str) -> None:
    consent = world.cases[name].need.consents.get(direction="to_institution")
    answer = world.clients[f"{name}/owner"].post(
        f"/api/v1/consents/{consent.public_id}/withdraw/", {}
    )
    assert answer.status_code == 200, answer.content.decode()


def _note(world: ConfidentialWorld, name: str, what: str) -> str:
    return world.canaries.text(Canary(name, "answer", what))


def _act(
    world: ConfidentialWorld,
    name: str,
    who: str,
    action: str,
    *,
    resource: str = "referrals",
    **body: Any,
) -> None:
    case = world.cases[name]
    found = case.referral if resource == "referrals" else case.need
    found.refresh_from_db()
    answer = world.client(who, name).post(
        f"/api/v1/{resource}/{found.public_id}/{action}/",
        body,
        headers={"If-Match": f'"{found.revision}"'},
    )
    assert answer.status_code in {200, 201, 204}, (name, action, answer.content.decode())
    found.refresh_from_db()


def make_case_by_requests(world: ConfidentialWorld) -> None:
    """Let the province open a firm, and the firm enter and submit all of its need."""
    make, name = world.canaries, BY_REQUESTS

    def text(group: str, field: str) -> str:
        return make.text(Canary(name, group, field))

    uscc = make.known(Canary(name, "identity", "uscc"), make_uscc(777_777))
    founded = make.day(Canary(name, "profile", "founded_on")).isoformat()
    opened = _post(
        world,
        "province",
        "firms/",
        uscc=uscc,
        name=text("identity", "name"),
        region="220102",
        industry="C3921",
        founded_on=founded,
        qualifications_known=True,
        description=text("profile", "description"),
    )
    firm = Firm.objects.select_related("organization").get(public_id=opened["id"])
    people = {
        "owner": make_actor(organization=firm.organization, proved=True),
        "unproved": make_actor(organization=firm.organization, rank=Rank.OFFICER),
    }
    for who, actor in people.items():
        world.clients[f"{name}/{who}"] = client_of(actor)
    _record_of(world, firm)
    wish = {
        "amount_min_yuan": make.amount(Canary(name, "wish", "amount_min_yuan"), 2_000_000),
        "amount_max_yuan": make.amount(Canary(name, "wish", "amount_max_yuan"), 4_000_000),
        "term_max_months": 24,
        "financing_types": ["credit_loan"],
        "purposes": ["working_capital"],
        "max_annual_rate": float(make.fraction(Canary(name, "wish", "max_annual_rate"))),
        "needed_by": _later(world, "needed_by"),
        "dossier": text("wish", "dossier"),
        "description": text("wish", "description"),
        "contact_name": make.text(Canary(name, "contact", "contact_name")),
        "contact_phone": make.phone(Canary(name, "contact", "contact_phone")),
    }
    drafted = _post(world, f"{name}/owner", "needs/", **wish)
    need = Need.objects.get(public_id=drafted["id"])
    world.cases[name] = Case(name, firm, need, people)
    for who, action, body in (
        ("owner", "submit", {}),
        ("city", "return", {"reason": text("handling", "returned_reason")}),
        ("owner", "submit", {}),
        ("city", "verify", {}),
    ):
        _act(world, name, who, action, resource="needs", **body)
    for direction, groups in (
        ("to_institution", ["identity", "profile", "standing", "figures", "wish", "contact"]),
        ("to_department", ["progress", "amounts", "reasons"]),
    ):
        _post(
            world,
            f"{name}/owner",
            "consents/grant/",
            need=str(need.public_id),
            institutions=[world.bank.code],
            direction=direction,
            groups=groups,
            text_version=_text_version(world, direction),
            contact_agreed="contact" in groups,
        )
    _post(
        world,
        "bank",
        "contacts/",
        name=make.text(Canary("partners", "contact_entered", "name")),
        phone=make.phone(Canary("partners", "contact_entered", "phone")),
    )


def _record_of(world: ConfidentialWorld, firm: Firm) -> None:
    """Let the firm record a figure and a qualification, and be spoken for by an incubator."""
    make, name = world.canaries, BY_REQUESTS
    owner, path = f"{name}/owner", f"firms/{firm.public_id}/"
    revenue = make.amount(Canary(name, "figures", "revenue_yuan"), 50_000_000)
    _post(
        world,
        owner,
        f"{path}facts/",
        source="declared",
        fiscal_year=date.today().year - 1,  # noqa: DTZ011 - any past year will do
        values={"revenue_yuan": revenue},
        evidence=make.text(Canary(name, "record", "evidence_revenue_yuan")),
    )
    _post(
        world,
        owner,
        f"{path}qualifications/",
        code="high_tech",
        source="declared",
        certificate_number=make.text(Canary(name, "record", "certificate_number")),
        valid_until=make.day(
            Canary(name, "standing", "qualification"), since=date(2041, 1, 1)
        ).isoformat(),
    )
    incubator = world.people["incubator"].organization.code
    stay = _post(world, owner, f"{path}tenancies/", incubator=incubator, valid_from="2025-01-01")
    _post(world, owner, f"{path}tenancies/{stay['id']}/give-consent/")


def _later(world: ConfidentialWorld, field: str) -> str:
    far = timezone.localdate() + timedelta(days=400)
    return world.canaries.day(Canary(BY_REQUESTS, "wish", field), since=far).isoformat()


def _text_version(world: ConfidentialWorld, direction: str) -> str:
    answer = world.clients[f"{BY_REQUESTS}/owner"].get("/api/v1/consents/texts/")
    return next(t["version"] for t in answer.json()["texts"] if t["direction"] == direction)


def _post(world: ConfidentialWorld, who: str, path: str, **body: Any) -> dict[str, Any]:
    answer = world.clients[who].post(f"/api/v1/{path}", body)
    assert answer.status_code in {200, 201}, (who, path, answer.content.decode())
    return answer.json()
