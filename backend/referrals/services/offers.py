"""What an institution works with, or proposes, instead of the product that was meant."""

from datetime import datetime

from django.db import transaction

from backend.common.problems import ProblemList
from backend.consents.enums import FieldGroup
from backend.journal.enums import EventType
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.enums import ReferralStatus, Step
from backend.referrals.lifecycle import require_aside
from backend.referrals.models import Referral
from backend.referrals.models.referrals import PRODUCT_MAX_LENGTH
from backend.referrals.services.working import (
    finish,
    lock_referral,
    reporting_of,
    require_need_stands,
    write_step,
)
from backend.referrals.validators import check_note


@transaction.atomic
def name_offer(
    *,
    actor: Actor,
    referral: Referral,
    expected_revision: int | None,
    now: datetime,
    actual_product: str = "",
    alternative: str = "",
) -> Referral:
    """Say which product is really worked with, and what is proposed instead; an empty one stays.

    Kept as far as the firm lets progress be reported; beside a decline an alternative is a
    reason, and needs the firm's word on reasons. What is known already changes nothing.
    """
    referral = lock_referral(referral)
    policies.require_can_answer(actor, referral)
    said = _check(actual_product, alternative)
    new = {name: text for name, text in said.items() if text and getattr(referral, name) != text}
    if not new:
        return referral
    referral.check_revision(expected_revision)
    require_need_stands(referral)
    require_aside(Step.OFFER_NAMED, status=referral.status)
    groups = reporting_of(referral, actor.today)
    if FieldGroup.PROGRESS not in groups:
        return referral
    if referral.status == ReferralStatus.DECLINED and FieldGroup.REASONS not in groups:
        new.pop("alternative", None)
    if not new:
        return referral
    for name, text in new.items():
        setattr(referral, name, text)
    write_step(referral=referral, step=Step.OFFER_NAMED, actor=actor, now=now, data=new)
    return finish(referral=referral, actor=actor, event=EventType.REFERRAL_STEPPED, now=now)


def _check(actual_product: str, alternative: str) -> dict[str, str]:
    problems = ProblemList()
    problems.check_length("actual_product", actual_product, PRODUCT_MAX_LENGTH)
    if not (actual_product.strip() or alternative.strip()):
        problems.add("actual_product", "required", "请填写实际对接产品或替代方案。")
    problems.refuse()
    return {
        "actual_product": check_note("actual_product", actual_product),
        "alternative": check_note("alternative", alternative),
    }
