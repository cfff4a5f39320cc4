"""What stands between a need and an institution; drafting, editing and sending ask here alike."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from backend.catalogue.enums import ProductStatus
from backend.catalogue.models import Product
from backend.consents.enums import Direction
from backend.consents.grounds import NO_GROUNDS, Grounds, Pair
from backend.consents.models import Consent
from backend.needs.enums import Attitude, NeedStatus
from backend.needs.models import NamedInstitution, Need
from backend.organizations.lines import list_lines
from backend.partners.models import Agreement
from backend.referrals.enums import ENDED, Obstacle, ReferralStatus, RowOrigin
from backend.referrals.models import Referral

_REFUSED = {ReferralStatus.DECLINED, ReferralStatus.RETURNED}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of some needs at some institutions on a day, read at one moment."""

    day: date
    agreements: Mapping[int, Agreement]
    grounds: Mapping[Pair, Grounds]
    lapsed: frozenset[Pair]
    excluded: frozenset[Pair]
    at_work: frozenset[Pair]
    refused: frozenset[Pair]

    def grounds_of(self, pair: Pair) -> Grounds:
        """Return what may pass; without consent nothing."""
        return self.grounds.get(pair, NO_GROUNDS)

    def obstacle(
        self,
        need: Need,
        institution_id: int,
        *,
        origin: str = RowOrigin.ALLOCATION,
        product: Product | None = None,
    ) -> Obstacle | None:
        """Return the first thing that forbids to send a need to an institution, if any does.

        An officer may ask again an institution that has declined, with a reason; the next
        choice of a firm is sent while the need is in referral elsewhere.
        """
        pair = need.pk, institution_id
        is_masked = not self.grounds_of(pair).groups
        asked_anew = origin in {RowOrigin.OFFICER, RowOrigin.NEXT_CHOICE}
        facts = (
            (Obstacle.NEED_NOT_OPEN, not self._is_sendable(need, origin)),
            (Obstacle.NO_AGREEMENT, institution_id not in self.agreements),
            (Obstacle.EXCLUDED, pair in self.excluded),
            (Obstacle.CONSENT_ENDED, is_masked and pair in self.lapsed),
            (Obstacle.NO_CONSENT, is_masked and not need.open_to_others),
            (Obstacle.AT_WORK, pair in self.at_work),
            (Obstacle.DECLINED, pair in self.refused and not asked_anew),
            (
                Obstacle.PRODUCT_CLOSED,
                product is not None and product.status != ProductStatus.PUBLISHED,
            ),
        )
        return next((obstacle for obstacle, holds in facts if holds), None)

    def _is_sendable(self, need: Need, origin: str) -> bool:
        allowed = {NeedStatus.OPEN}
        if origin == RowOrigin.NEXT_CHOICE:
            allowed.add(NeedStatus.IN_REFERRAL)
        return need.status in allowed and (need.expires_on is None or need.expires_on > self.day)


def load_standing(
    pairs: Collection[Pair],
    *,
    day: date,
    agreements: Mapping[int, Agreement],
    grounds: Mapping[Pair, Grounds],
) -> Standing:
    """Read what forbids to send needs to institutions; a fixed number of queries.

    Agreements and grounds are the caller's: who drafts reads them, who sends locks them.
    """
    need_ids = {need for need, _ in pairs}
    lines = list_lines({institution for _, institution in pairs})
    above = {pk for line in lines.values() for pk in line}
    asked = frozenset(pairs)
    return Standing(
        day=day,
        agreements=agreements,
        grounds=grounds,
        lapsed=_below(asked, lines, _ended_consents(need_ids, above, day)),
        excluded=_below(asked, lines, _exclusions(need_ids, above)),
        at_work=_referred(need_ids, set(lines), wanted=set(ReferralStatus) - ENDED),
        refused=_referred(need_ids, set(lines), wanted=_REFUSED),
    )


def _below(
    asked: frozenset[Pair], lines: Mapping[int, tuple[int, ...]], found: set[Pair]
) -> frozenset[Pair]:
    """Return the pairs of which the institution, or one above it, stands in what was found."""
    if not found:
        return frozenset()
    return frozenset(
        (need, unit) for need, unit in asked if any((need, pk) in found for pk in lines[unit])
    )


def _ended_consents(need_ids: set[int], institution_ids: set[int], day: date) -> set[Pair]:
    """Return the pairs of consents that were given and do not hold any more."""
    given = Consent.objects.towards(Direction.TO_INSTITUTION).filter(
        need_id__in=need_ids, institution_id__in=institution_ids
    )
    ended = given.exclude(pk__in=given.live_on(day).values("pk"))
    return set(ended.values_list("need_id", "institution_id"))


def _exclusions(need_ids: set[int], institution_ids: set[int]) -> set[Pair]:
    rows = NamedInstitution.objects.filter(
        need_id__in=need_ids, institution_id__in=institution_ids, attitude=Attitude.EXCLUDED
    )
    return set(rows.values_list("need_id", "institution_id"))


def _referred(
    need_ids: set[int], institution_ids: set[int], *, wanted: Collection[ReferralStatus]
) -> frozenset[Pair]:
    rows = Referral.objects.filter(
        need_id__in=need_ids, institution_id__in=institution_ids, status__in=sorted(wanted)
    )
    return frozenset(rows.values_list("need_id", "institution_id"))
