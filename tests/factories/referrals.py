"""Lists that were sent, and the referrals that came of them."""

from datetime import datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.organizations.models import Organization
from backend.partners.models import Agreement
from backend.referrals.enums import (
    ENDED,
    CaseState,
    ClockKind,
    ListStatus,
    ReferralStatus,
    RowOrigin,
    Step,
)
from backend.referrals.models import (
    ApprovedLine,
    Drawdown,
    EscalationCase,
    ListRow,
    Matter,
    Referral,
    ReferralList,
    ReferralStep,
    Sheet,
)
from backend.referrals.tracks import track_code
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ProductFactory
from tests.factories.consents import ConsentFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.partners import AgreementFactory, ContactFactory


class ReferralListFactory(DjangoModelFactory):
    """A draft; ``sent`` went out today."""

    class Meta:
        model = ReferralList

    class Params:
        sent = factory.Trait(
            status=ListStatus.SENT,
            document_number="吉科函〔2026〕1号",
            basis="企业授权书及合作协议",
            answer_by=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14)),
            sent_at=factory.LazyFunction(timezone.now),
            sent_by=factory.SubFactory(UserFactory),
        )

    department = factory.SubFactory(OrganizationFactory, department=True)
    number = factory.Sequence(lambda n: f"L2000-{n:05d}")
    title = "测试需求清单"


class ListRowFactory(DjangoModelFactory):
    """A need that a draft sends to a bank."""

    class Meta:
        model = ListRow

    class Params:
        product = factory.SubFactory(
            ProductFactory, institution=factory.SelfAttribute("..institution")
        )

    referral_list = factory.SubFactory(ReferralListFactory)
    need = factory.SubFactory(NeedFactory, open=True)
    need_revision = factory.SelfAttribute("need.revision")
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    product_version = factory.LazyAttribute(lambda row: row.product.versions.latest("number"))
    origin = RowOrigin.ALLOCATION
    is_eligible = True
    score = 0.731942
    position = 1
    model_version = "baseline-1"
    catalogue_version = 1


class SheetFactory(DjangoModelFactory):
    """What one bank was sent of a list."""

    class Meta:
        model = Sheet

    referral_list = factory.SubFactory(ReferralListFactory, sent=True)
    agreement = factory.SubFactory(
        AgreementFactory,
        institution=factory.SelfAttribute("..institution"),
        department=factory.SelfAttribute("..referral_list.department"),
    )
    institution = factory.SubFactory(OrganizationFactory, bank=True)
    department = factory.SelfAttribute("referral_list.department")
    version = factory.Sequence(lambda n: n + 1)
    content = b'{"rows":[]}'
    digest = "0" * 64
    changes = factory.Dict({})
    sent_at = factory.LazyFunction(timezone.now)


def make_sent_together(*, institution: Organization, count: int) -> list[Referral]:
    """Send several needs to an institution with one list, and return the referrals."""
    draft = ReferralListFactory()
    rows = [ListRowFactory(referral_list=draft, institution=institution) for _ in range(count)]
    agreement = AgreementFactory(department=draft.department, institution=institution)
    sent = _mark_sent(draft, timezone.now())
    sheet = SheetFactory(referral_list=sent, institution=institution, agreement=agreement)
    Need.objects.filter(list_rows__in=rows).update(status=NeedStatus.IN_REFERRAL)
    return [
        Referral.objects.create(
            list_row=row,
            sheet=sheet,
            need=row.need,
            institution=institution,
            unit=institution,
            agreement=agreement,
            product_version=row.product_version,
            track="debt",
            sent_at=sheet.sent_at,
        )
        for row in rows
    ]


def make_sent(
    *,
    need: Need | None = None,
    institution: Organization | None = None,
    agreement: Agreement | None = None,
    product: Any = None,
    sent_at: datetime | None = None,
    with_consents: bool = True,
    row_values: dict[str, Any] | None = None,
    **values: Any,
) -> Referral:
    """Send a need to an institution, with agreement and consents, and return the referral.

    A need is made when none is given, one that is open is led to ``in_referral``. Consents of
    both directions are given where none stand, unless ``with_consents`` is off. ``row_values``
    go to the row of the list.
    """
    sent_at = sent_at or timezone.now()
    need = need or NeedFactory(in_referral=True)
    if need.status == NeedStatus.OPEN:
        need.status = NeedStatus.IN_REFERRAL
        need.save()
    institution = institution or OrganizationFactory(bank=True)
    agreement = agreement or (
        institution.agreements.order_by("pk").first()
        or AgreementFactory(
            institution=institution,
            second_contact=ContactFactory(organization=institution, agreed=True),
        )
    )
    product = product or ProductFactory(institution=institution)
    version = product.versions.latest("number")
    department = agreement.department
    row = ListRowFactory(
        referral_list__department=department,
        need=need,
        institution=institution,
        product_version=version,
        **(row_values or {}),
    )
    row.referral_list = _mark_sent(row.referral_list, sent_at)
    sheet = SheetFactory(
        referral_list=row.referral_list,
        institution=institution,
        agreement=agreement,
        sent_at=sent_at,
    )
    if with_consents:
        _consent(need, institution, at=sent_at)
    track = track_code(
        financing_type=version.financing_type, institution_kind=institution.institution_kind
    )
    return Referral.objects.create(
        list_row=row,
        sheet=sheet,
        need=need,
        institution=institution,
        agreement=agreement,
        product_version=version,
        sent_at=sent_at,
        **{"unit": institution, "track": track, **values},
    )


def _mark_sent(referral_list: ReferralList, sent_at: datetime) -> ReferralList:
    referral_list.status = ListStatus.SENT
    referral_list.document_number = f"吉科函〔2026〕{referral_list.pk}号"
    referral_list.basis = "企业授权书及合作协议"
    referral_list.answer_by = timezone.localdate(sent_at) + timedelta(days=14)
    referral_list.sent_at = sent_at
    referral_list.sent_by = UserFactory()
    referral_list.save()
    return referral_list


def _consent(need: Need, institution: Organization, *, at: datetime) -> None:
    standing = need.consents.filter(institution=institution, withdrawn_at__isnull=True)
    given = set(standing.values_list("direction", flat=True))
    for trait, direction in ((False, "to_institution"), (True, "to_department")):
        if direction not in given:
            ConsentFactory(
                need=need,
                institution=institution,
                reverse=trait,
                granted_at=at - timedelta(days=1),
            )


class ReferralFactory(DjangoModelFactory):
    """A need that was sent to a bank; states are traits.

    ``acknowledged``, ``in_contact``, ``approved``, ``funded``, ``confirmed``, ``declined``,
    ``returned``, ``withdrawn``, ``expired``. ``fund`` sends it to an investor instead.
    See `make_sent` for what else may be given.
    """

    class Meta:
        model = Referral

    class Params:
        fund = factory.Trait(
            institution=factory.SubFactory(OrganizationFactory, fund=True),
            product=factory.SubFactory(
                ProductFactory,
                institution=factory.SelfAttribute("..institution"),
                financing_type="equity",
            ),
        )
        acknowledged = factory.Trait(status=ReferralStatus.ACKNOWLEDGED)
        in_contact = factory.Trait(status=ReferralStatus.IN_CONTACT)
        approved = factory.Trait(status=ReferralStatus.APPROVED)
        funded = factory.Trait(status=ReferralStatus.FUNDED)
        confirmed = factory.Trait(status=ReferralStatus.CONFIRMED)
        declined = factory.Trait(status=ReferralStatus.DECLINED, decline_reasons=["bank_internal"])
        returned = factory.Trait(status=ReferralStatus.RETURNED)
        withdrawn = factory.Trait(status=ReferralStatus.WITHDRAWN)
        expired = factory.Trait(status=ReferralStatus.EXPIRED)

    @classmethod
    def _create(cls, model_class: type[Referral], *args: Any, **values: Any) -> Referral:
        status = values.get("status", ReferralStatus.SENT)
        now = values.get("sent_at") or timezone.now()
        if status in ENDED:
            values.setdefault("ended_at", now)
        if status not in {
            ReferralStatus.SENT,
            ReferralStatus.WITHDRAWN,
            ReferralStatus.EXPIRED,
        }:
            values.setdefault("answered_at", now)
        return make_sent(**values)


class ReferralStepFactory(DjangoModelFactory):
    """A bank's acknowledgement of today."""

    class Meta:
        model = ReferralStep

    referral = factory.SubFactory(ReferralFactory)
    step = Step.ACKNOWLEDGED
    recorded_at = factory.LazyFunction(timezone.now)
    happened_on = factory.LazyAttribute(lambda step: timezone.localdate(step.recorded_at))
    user = factory.SubFactory(UserFactory)
    organization = factory.SelfAttribute("referral.unit")


class ApprovedLineFactory(DjangoModelFactory):
    """A line of 5 M yuan."""

    class Meta:
        model = ApprovedLine

    referral = factory.SubFactory(ReferralFactory, approved=True)
    approved_on = factory.LazyFunction(timezone.localdate)
    amount_yuan = 5_000_000
    term_months = 12
    recorded_at = factory.LazyFunction(timezone.now)


class DrawdownFactory(DjangoModelFactory):
    """A drawdown of 2 M yuan that the bank reported."""

    class Meta:
        model = Drawdown

    referral = factory.SubFactory(ReferralFactory, funded=True)
    drawn_on = factory.LazyFunction(timezone.localdate)
    amount_yuan = 2_000_000
    recorded_at = factory.LazyFunction(timezone.now)


class MatterFactory(DjangoModelFactory):
    """A bank's matter that nobody took up yet."""

    class Meta:
        model = Matter

    referral = factory.SubFactory(ReferralFactory, declined=True)
    text = "不动产登记信息待核对。"
    raised_by = factory.SubFactory(UserFactory)
    raised_at = factory.LazyFunction(timezone.now)


class EscalationCaseFactory(DjangoModelFactory):
    """A silence after which the next institution is proposed; ``told`` waits for that."""

    class Meta:
        model = EscalationCase

    class Params:
        told = factory.Trait(state=CaseState.TOLD, proposed_at=None)

    referral = factory.SubFactory(ReferralFactory)
    clock = ClockKind.ACKNOWLEDGE
    due_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=7))
    state = CaseState.PROPOSED
    opened_at = factory.LazyFunction(timezone.now)
    proposed_at = factory.LazyFunction(timezone.now)
