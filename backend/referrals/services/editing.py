"""Change a draft by hand; every change has a reason and undoes the signatures so far."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from backend.catalogue.models import Product
from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.matches import list_adapters
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.referrals import list_policies
from backend.referrals.enums import ListStatus, Obstacle, RowOrigin
from backend.referrals.limits import REASON_MAX_LENGTH
from backend.referrals.list_lifecycle import ListAction, next_status
from backend.referrals.models import ListRow, ReferralList, RosterRow
from backend.referrals.services.drafting import Field, new_row, survey

_Row = TypeVar("_Row", ListRow, RosterRow)


def lock_list(referral_list: ReferralList) -> ReferralList:
    """Return the list, locked until the transaction ends, with its department."""
    lists = ReferralList.objects.select_for_update(of=("self",)).select_related("department")
    return lists.get(pk=referral_list.pk)


def add_row(
    *,
    actor: Actor,
    referral_list: ReferralList,
    need: Need,
    product: Product,
    reason: str,
    expected_revision: int | None,
) -> ListRow:
    """Put a need on a list for the institution of one product, with a reason.

    Refused where the institution has no agreement, the firm does not wish it or has not
    authorised it, the need is not open or at work there, or the product does not fit it.
    """

    def change(locked: ReferralList) -> tuple[ListRow, dict[str, Any]]:
        row = _placed_row(actor, locked, need=need, product=product, reason=reason)
        standing = locked.rows.standing().filter(need=need, institution=row.institution)
        if standing.exists():
            raise StateConflict(
                "already_listed", f"需求 {need.code} 已在清单中推送给“{row.institution.name}”。"
            )
        row.save()
        return row, {"added": need.code, "institution": row.institution.code}

    return edit_list(actor, referral_list, reason, expected_revision, change)


def remove_row(
    *,
    actor: Actor,
    referral_list: ReferralList,
    row: ListRow,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> ListRow:
    """Take a row off a list, with a reason; it stays as a trace of what was proposed."""

    def change(locked: ReferralList) -> tuple[ListRow, dict[str, Any]]:
        found = _take_off(locked, row, actor=actor, reason=reason, now=now)
        return found, {"removed": found.need.code, "institution": found.institution.code}

    return edit_list(actor, referral_list, reason, expected_revision, change)


def change_product(
    *,
    actor: Actor,
    referral_list: ReferralList,
    row: ListRow,
    product: Product,
    reason: str,
    expected_revision: int | None,
    now: datetime,
) -> ListRow:
    """Mean another product of the same institution; the row before stays as a trace."""

    def change(locked: ReferralList) -> tuple[ListRow, dict[str, Any]]:
        if product.institution_id != row.institution_id:
            raise InvalidInput.of(
                "product", "other_institution", f"产品“{product.code}”不属于本行的机构。"
            )
        before = _take_off(locked, row, actor=actor, reason=reason, now=now)
        if before.product_version_id == product.current_version_id:
            raise StateConflict("unchanged", "本行已是该产品的现行版本。")
        changed = _placed_row(actor, locked, need=before.need, product=product, reason=reason)
        changed.save()
        return changed, {
            "changed": before.need.code,
            "institution": before.institution.code,
            "product": product.code,
        }

    return edit_list(actor, referral_list, reason, expected_revision, change)


@transaction.atomic
def discard_list(
    *,
    actor: Actor,
    referral_list: ReferralList,
    reason: str,
    expected_revision: int | None,
) -> ReferralList:
    """Give up a list that was not sent."""
    locked = lock_list(referral_list)
    list_policies.require_can_edit(actor, locked)
    locked.check_revision(expected_revision)
    locked.status = next_status(locked.status, ListAction.DISCARD)
    check_reason("reason", reason)
    locked.save_revision(update_fields=["status"])
    record(
        EventType.LIST_DISCARDED,
        subject=locked,
        actor=actor,
        payload={"number": locked.number, "reason": reason.strip()},
    )
    return locked


@transaction.atomic
def edit_list(
    actor: Actor,
    referral_list: ReferralList,
    reason: str,
    expected_revision: int | None,
    change: Callable[[ReferralList], tuple[_Row, dict[str, Any]]],
) -> _Row:
    """Lock, ask, check, change, and make the list a draft again."""
    locked = lock_list(referral_list)
    list_policies.require_can_edit(actor, locked)
    locked.check_revision(expected_revision)
    was = ListStatus(locked.status)
    locked.status = next_status(was, ListAction.EDIT)
    check_reason("reason", reason)
    row, payload = change(locked)
    locked.save_revision(update_fields=["status"])
    if was != ListStatus.DRAFT:
        payload["ended_round"] = locked.approval_round
    record(
        EventType.LIST_CHANGED,
        subject=locked,
        actor=actor,
        payload={"number": locked.number, "reason": reason.strip(), **payload},
    )
    return row


def check_reason(field: str, reason: str) -> None:
    """Refuse a missing or overlong reason."""
    problems = ProblemList()
    if not reason.strip():
        problems.add(field, "required", "请填写理由，它将随清单留存。")
    problems.check_length(field, reason, REASON_MAX_LENGTH)
    problems.refuse()


def _take_off(
    locked: ReferralList, row: ListRow, *, actor: Actor, reason: str, now: datetime
) -> ListRow:
    found = locked.rows.select_for_update(of=("self",)).with_names().get(pk=row.pk)
    if found.removed_at is not None:
        raise StateConflict("already_removed", "本行已被剔除。")
    found.removed_at, found.removed_by = now, actor.user
    found.removed_reason = reason.strip()
    found.save(update_fields=["removed_at", "removed_by", "removed_reason", "updated_at"])
    return found


def _placed_row(
    actor: Actor, locked: ReferralList, *, need: Need, product: Product, reason: str
) -> ListRow:
    """Return a new row, or refuse with what stands in its way."""
    catalogue = catalogues.current()
    offered = catalogue.products.get(product.code)
    if offered is None:
        raise StateConflict("product_not_in_force", f"产品“{product.code}”未在办理中。")
    field = survey(department=locked.department, catalogue=catalogue, needs=[need], day=actor.today)
    obstacle = _obstacle(field, need, product)
    if obstacle is not None:
        raise StateConflict(obstacle.value, f"不能推送：{obstacle.label}。")
    return new_row(
        locked,
        need=need,
        institution=product.institution,
        placed=_place(catalogue, field, need, offered, actor),
        catalogue=catalogue,
        origin=RowOrigin.OFFICER,
        reason=reason.strip(),
        actor=actor,
    )


def _obstacle(field: Field, need: Need, product: Product) -> Obstacle | None:
    if not field.inputs:
        return Obstacle.NEED_NOT_OPEN
    if product.institution.code not in field.partners:
        return Obstacle.NO_AGREEMENT
    return field.standing.obstacle(
        need, product.institution_id, origin=RowOrigin.OFFICER, product=product
    )


def _place(
    catalogue: LoadedCatalogue, field: Field, need: Need, offered: Any, actor: Actor
) -> list_adapters.Placement:
    (one,) = field.inputs
    placed = list_adapters.find_place(
        catalogue.matcher,
        one.need,
        one.firm,
        as_of=actor.today,
        product=offered,
        exploration=catalogue.exploration,
    )
    if placed is None:
        raise StateConflict(
            "ineligible",
            f"需求 {need.code} 暂不符合“{offered.name}”已公布的条件，不能推送；"
            "可在需求的“差一步”中查看差距。",
        )
    return placed
