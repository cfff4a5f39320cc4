"""Draft a list by allocation: from a match run, or from whatever else names needs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from backend.common.errors import StateConflict
from backend.common.problems import ProblemList
from backend.consents.enums import Direction
from backend.consents.grounds import list_grounds
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.matches import list_adapters
from backend.matches.catalogue_memory import LoadedCatalogue, catalogues
from backend.matches.chunks import freeze
from backend.matches.enums import RunStatus
from backend.matches.frozen_inputs import FrozenNeed
from backend.matches.impressions import model_version
from backend.matches.models import MatchRow, MatchRun
from backend.needs.models import Need
from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization
from backend.partners.selectors import list_live_agreements
from backend.referrals import list_policies
from backend.referrals.enums import ListStatus, Obstacle, RowOrigin, UnplacedReason
from backend.referrals.limits import LARGEST_FAN_OUT, TITLE_MAX_LENGTH
from backend.referrals.models import ListRow, ReferralList, UnplacedNeed
from backend.referrals.obstacles import Standing, load_standing

DEFAULT_FAN_OUT = 3
ROW_BATCH = 1_000
_CONSENT_OBSTACLES = {Obstacle.NO_CONSENT, Obstacle.CONSENT_ENDED}


def draft_list(
    *,
    actor: Actor,
    match_run: MatchRun,
    title: str = "",
    per_need: int = DEFAULT_FAN_OUT,
    supplements: ReferralList | None = None,
    now: datetime,
) -> ReferralList:
    """Draft a list from the needs of a finished run that are still open, by allocation.

    Computed on the catalogue, the consents and the agreements of now, never on the stored
    ranks. Needs that find no place stand in `UnplacedNeed` with the reason.
    """
    list_policies.require_can_draft(actor)
    if match_run.status != RunStatus.FINISHED:
        raise StateConflict("run_not_finished", "匹配批次尚未完成，不能据以起草清单。")
    check_draft(title=title, per_need=per_need)
    in_run = MatchRow.objects.filter(run=match_run).values("need_id")
    needs = Need.objects.visible_to(actor).open().filter(pk__in=in_run)
    drafted = ReferralList(
        match_run=match_run,
        title=title.strip() or f"科技企业融资需求清单（{actor.today:%Y年%m月%d日}）",
        per_need=per_need,
        supplements=supplements,
    )
    return place_needs(
        drafter=Drafter.of(actor),
        drafted=drafted,
        needs=needs,
        origin=RowOrigin.ALLOCATION,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Drafter:
    """For whom a list is drafted on a day, and by whom; the platform itself drafts as nobody."""

    department: Organization
    day: date
    actor: Actor | None

    @classmethod
    def of(cls, actor: Actor) -> "Drafter":
        """Return a person who drafts for their own department."""
        return cls(department=actor.organization, day=actor.today, actor=actor)


@dataclass(frozen=True, slots=True)
class Field:
    """The needs of a draft, who may take them, and what stands between."""

    inputs: Sequence[FrozenNeed]
    needs: Mapping[str, Need]
    partners: Mapping[str, Organization]
    standing: Standing

    def obstacles(self, origin: RowOrigin) -> dict[tuple[str, str], Obstacle]:
        """Return what forbids each pair of need and institution, by code."""
        found = {}
        for need in self.needs.values():
            for code, partner in self.partners.items():
                obstacle = self.standing.obstacle(need, partner.pk, origin=origin)
                if obstacle is not None:
                    found[need.code, code] = obstacle
        return found


def survey(
    *, department: Organization, catalogue: LoadedCatalogue, needs: Iterable[Need], day: date
) -> Field:
    """Read all that a draft depends on, in a fixed number of queries."""
    by_code = {need.code: need for need in needs}
    inputs = freeze([need.pk for need in by_code.values()], day)
    offering = {product.institution for product in catalogue.products.values()}
    institutions = {
        found.pk: found
        for found in Organization.objects.filter(
            code__in=offering, kind__in=OFFERING_KINDS, is_active=True
        )
    }
    agreements = list_live_agreements(
        department=department, institution_ids=institutions.keys(), day=day
    )
    pairs = [(one.need_id, pk) for one in inputs for pk in agreements]
    standing = load_standing(
        pairs,
        day=day,
        agreements=agreements,
        grounds=list_grounds(pairs, day=day, direction=Direction.TO_INSTITUTION),
    )
    partners = {institutions[pk].code: institutions[pk] for pk in agreements}
    return Field(
        inputs=[_naming_whom_it_authorised(one, partners, standing) for one in inputs],
        needs={one.need.code: by_code[one.need.code] for one in inputs},
        partners=partners,
        standing=standing,
    )


def _naming_whom_it_authorised(
    one: FrozenNeed, partners: Mapping[str, Organization], standing: Standing
) -> FrozenNeed:
    """Let a need that is closed to others go also to those that it authorised without naming."""
    if one.need.open_to_others:
        return one
    authorised = sorted(
        code
        for code, partner in partners.items()
        if code not in one.need.preferred_institutions
        and standing.grounds_of((one.need_id, partner.pk)).groups
    )
    preferred = (*one.need.preferred_institutions, *authorised)
    return replace(one, need=replace(one.need, preferred_institutions=preferred))


def place_needs(
    *,
    drafter: Drafter,
    drafted: ReferralList,
    needs: Iterable[Need],
    origin: RowOrigin,
    reason: str = "",
    only_products: Collection[str] | None = None,
    now: datetime,
) -> ReferralList:
    """Allocate needs to partners and store the draft with what it could not place."""
    catalogue, day = catalogues.current(), drafter.day
    field = survey(department=drafter.department, catalogue=catalogue, needs=needs, day=day)
    obstacles = field.obstacles(origin)
    choice = list_adapters.allocate(
        catalogue.products.values(),
        [(one.need, one.firm) for one in field.inputs],
        [_taker(partner) for partner in field.partners.values()],
        as_of=day,
        per_need=drafted.per_need,
        excluded=obstacles,
        only_products=only_products,
        learned=catalogue.learned,
    )
    with transaction.atomic():
        _store_head(drafted, drafter, now)
        rows = [
            new_row(
                drafted,
                need=field.needs[placed.need],
                institution=field.partners[placed.institution],
                placed=placed,
                catalogue=catalogue,
                origin=origin,
                reason=reason,
                actor=drafter.actor,
            )
            for placed in choice.placements
        ]
        ListRow.objects.bulk_create(rows, batch_size=ROW_BATCH)
        unplaced = [_unplaced(drafted, one, field, obstacles) for one in choice.left_out]
        UnplacedNeed.objects.bulk_create(unplaced, batch_size=ROW_BATCH)
        record(
            EventType.LIST_DRAFTED,
            subject=drafted,
            actor=drafter.actor,
            payload={
                "number": drafted.number,
                "rows": len(rows),
                "unplaced": len(unplaced),
                **({"summary": drafted.summary} if drafted.summary else {}),
            },
        )
    return drafted


def _store_head(drafted: ReferralList, drafter: Drafter, now: datetime) -> None:
    drafted.department = drafter.department
    drafted.drafted_by = None if drafter.actor is None else drafter.actor.user
    drafted.number, drafted.status = next_number(now), ListStatus.DRAFT
    drafted.save()


def new_row(
    referral_list: ReferralList,
    *,
    need: Need,
    institution: Organization,
    placed: list_adapters.Placement,
    catalogue: LoadedCatalogue,
    origin: RowOrigin,
    reason: str,
    actor: Actor | None,
) -> ListRow:
    """Return a row, not yet stored, with all that ranking learns from."""
    return ListRow(
        referral_list=referral_list,
        need=need,
        need_revision=need.revision,
        institution=institution,
        product_version_id=catalogue.products[placed.product].version_pk,
        origin=origin,
        is_eligible=placed.is_eligible,
        score=placed.score,
        position=placed.position,
        exploration_propensity=placed.propensity,
        model_version=model_version(catalogue),
        catalogue_version=catalogue.version,
        added_by=None if actor is None else actor.user,
        added_reason=reason,
    )


def next_number(now: datetime) -> str:
    """Return a new list's number: the year and a number that is never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('referrals_list_number')")
        (number,) = cursor.fetchone()
    return f"L{timezone.localtime(now).year}-{number:05d}"


def _taker(institution: Organization) -> list_adapters.Taker:
    return list_adapters.Taker(
        code=institution.code,
        name=institution.name,
        kind=institution.institution_kind,
        capacity=institution.capacity,
    )


def _unplaced(
    referral_list: ReferralList,
    left_out: list_adapters.LeftOut,
    field: Field,
    obstacles: Mapping[tuple[str, str], Obstacle],
) -> UnplacedNeed:
    """Say why a need found no place; for a closed need that authorised nobody, just that."""
    need = field.needs[left_out.need]
    reason = UnplacedReason(left_out.reason)
    if not need.open_to_others and reason != UnplacedReason.NO_CANDIDATE:
        asked = left_out.institutions
        if all(obstacles.get((need.code, code)) in _CONSENT_OBSTACLES for code in asked):
            reason = UnplacedReason.NO_CONSENT
    return UnplacedNeed(
        referral_list=referral_list,
        need=need,
        reason=reason,
        institutions=list(left_out.institutions),
    )


def check_draft(*, title: str, per_need: int) -> None:
    """Refuse a title or a fan-out that cannot be."""
    problems = ProblemList()
    problems.check_length("title", title, TITLE_MAX_LENGTH)
    if not 1 <= per_need <= LARGEST_FAN_OUT:
        problems.add(
            "per_need",
            "out_of_range",
            f"每项需求推送机构数 {per_need} 应为 1 至 {LARGEST_FAN_OUT}。",
        )
    problems.refuse()
