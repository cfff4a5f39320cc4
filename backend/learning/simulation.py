"""A simulated history with a known truth, to show how learning works.

Each institution has a taste that its published conditions do not tell: a stage and a section of
industry that it finances far more often. Every row is marked as a demonstration; models of the
platform's own outcomes never see one, and no measured claim rests on it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from backend.catalogue.models import Product
from backend.learning.enums import OutcomeResult
from backend.learning.history import past_snapshots
from backend.learning.models import PastResult
from backend.matches import adapters
from backend.matches.catalogue_memory import catalogues

SOURCE = "simulated"
_STAGES = ("seed", "startup", "growth", "mature")
_INDUSTRIES = ("C3976", "C3610", "I6510", "M7320")
_REGIONS = ("220102", "220104", "220202", "222401")
_DAYS = 540
_SHOWN = 10
_MOST = 100_000
# Chances of money where the taste is met in both, in one, in no respect.
_CHANCES = {2: 0.8, 1: 0.15, 0: 0.03}


@dataclass(frozen=True, slots=True)
class Taste:
    """What an institution really finances."""

    stage: str
    section: str


def tastes_of(institutions: Sequence[str], seed: int) -> dict[str, Taste]:
    """Return the truth: each institution's taste, the same for the same seed."""
    chooser = random.Random(f"{seed}:taste")  # noqa: S311 - a demonstration, not a secret
    return {
        code: Taste(chooser.choice(_STAGES), chooser.choice(_INDUSTRIES)[0])
        for code in sorted(institutions)
    }


@transaction.atomic
def simulate_history(*, needs: int, until: date, seed: int = 0) -> int:
    """Make a history anew in place of an earlier simulated one; return how many rows it has.

    Each need was shown ten of the products that the rules let through, in an order of chance,
    so that what was shown says nothing of who is financed.
    """
    catalogue = catalogues.current()
    pks = dict(Product.objects.filter(code__in=catalogue.products).values_list("code", "pk"))
    institutions = {code: one.institution for code, one in catalogue.products.items()}
    tastes = tastes_of(sorted(set(institutions.values())), seed)
    chooser = random.Random(f"{seed}:history")  # noqa: S311 - the same
    matcher = adapters.build_matcher(catalogue.products.values())
    rows: list[PastResult] = []
    for number in range(needs):
        row = PastResult(
            source=SOURCE,
            need_code=f"SIM{number:06d}",
            firm_key=f"sim-{chooser.randrange(max(needs // 2, 1)):06d}",
            ranked_on=until - timedelta(days=1 + chooser.randrange(_DAYS)),
            stage=chooser.choice(_STAGES),
            industry=chooser.choice(_INDUSTRIES),
            region=chooser.choice(_REGIONS),
            amount_yuan=chooser.choice((1, 2, 3, 5, 8)) * 1_000_000,
            is_demonstration=True,
        )
        wish, firm = past_snapshots(row)
        found = adapters.shortlist(matcher, wish, firm, as_of=row.ranked_on, top=_MOST)
        listed = sorted(found.codes)
        shown = chooser.sample(listed, min(_SHOWN, len(listed)))
        rows += _answers(row, shown, pks, institutions, tastes, chooser)
    PastResult.objects.filter(source=SOURCE, is_demonstration=True).delete()
    PastResult.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _answers(
    need: PastResult,
    shown: Sequence[str],
    pks: dict[str, int],
    institutions: dict[str, str],
    tastes: dict[str, Taste],
    chooser: random.Random,
) -> list[PastResult]:
    """Ask the shown in their order until one finances the need."""
    rows = []
    for position, code in enumerate(shown, start=1):
        taste = tastes[institutions[code]]
        met = (taste.stage == need.stage) + (taste.section == need.industry[0])
        draw = chooser.random()
        is_funded = draw < _CHANCES[met]
        silent = not is_funded and chooser.random() < 0.2
        rows.append(
            PastResult(
                source=need.source,
                need_code=need.need_code,
                firm_key=need.firm_key,
                ranked_on=need.ranked_on,
                stage=need.stage,
                industry=need.industry,
                region=need.region,
                amount_yuan=need.amount_yuan,
                product_id=pks[code],
                result=OutcomeResult.FUNDED
                if is_funded
                else OutcomeResult.NO_ANSWER
                if silent
                else OutcomeResult.DECLINED,
                known_on=need.ranked_on,
                position=position,
                is_demonstration=True,
            )
        )
        if is_funded:
            break
    return rows
