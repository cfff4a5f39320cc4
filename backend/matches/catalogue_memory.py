"""The catalogue, encoded for matching and held in memory by version.

Every request reads the version that the database has now (one row) and is answered from
exactly that version, so a product that was changed counts for the next request of every
process. The same row says which ranking model is in use, so that one that was activated or
rolled back counts at once, too.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from backend.catalogue.models import CatalogueState
from backend.catalogue.selectors import PublishedProduct, list_published_versions
from backend.matches import adapters
from backend.matches.answer_memory import AnswerMemory, PieceMemory
from backend.matches.day_memory import DayMemory
from backend.matches.learned_adapters import (
    LearnedComponent,
    load_component,
    plan_exploration,
)
from backend.matches.wording import Names
from backend.ranking.selectors import ACTIVE_NUMBER, get_active_number, is_demonstration
from backend.reference.models import Industry, Region

# A run over an older version may stand beside the current one.
KEPT_VERSIONS = 2


@dataclass(frozen=True, slots=True)
class LoadedCatalogue:
    """One version of the catalogue, ready to match; shared by all threads.

    ``model`` is the number of the ranking model in use, 0 for rules; ``learned`` the model
    itself, None for rules and where its file cannot be used. ``exploration`` is what the model
    lets be shown beside the ranking.
    """

    version: int
    model: int
    learned: LearnedComponent | None
    is_demonstration: bool
    exploration: adapters.Exploration | None
    products: Mapping[str, PublishedProduct]
    matcher: adapters.Matcher
    names: Names
    _bulk_matchers: DayMemory[adapters.BulkMatcher]
    pieces: PieceMemory = field(default_factory=PieceMemory)

    def bulk_matcher(self, as_of: date) -> adapters.BulkMatcher:
        """Return the catalogue indexed for ranking many needs of a day."""
        return self._bulk_matchers.get(as_of)

    @property
    def versions(self) -> dict[str, str | int]:
        """Name everything that a result follows from beside the need and the firm."""
        return {**self.matcher.versions, "catalogue": self.version}


class CatalogueMemory:
    """The last few versions that this process has used, and answers given from them."""

    def __init__(self) -> None:
        self.answers = AnswerMemory()
        self._kept: tuple[LoadedCatalogue, ...] = ()
        self._building = threading.Lock()

    def current(self) -> LoadedCatalogue:
        """Return the catalogue as the database has it now; one query when it is known."""
        row = CatalogueState.objects.values_list("version", ACTIVE_NUMBER).first()
        version, model = row or (0, get_active_number())
        return self.of_version(version, model)

    def of_version(self, version: int, model: int | None = None) -> LoadedCatalogue:
        """Return the catalogue of a version; one thread loads it, the others wait for it.

        ``model`` is the number of the ranking model, 0 for rules; None is the one in use.
        """
        if model is None:
            model = get_active_number()
        found = self._find(version, model)
        if found is not None:
            return found
        with self._building:
            found = self._find(version, model)
            if found is None:
                found = _load(version, model)
                self._kept = (found, *self._kept[: KEPT_VERSIONS - 1])
            return found

    def forget(self) -> None:
        """Drop everything, for example when another database is connected."""
        self._kept = ()
        self.answers.clear()

    def _find(self, version: int, model: int) -> LoadedCatalogue | None:
        wanted = (version, model)
        return next((kept for kept in self._kept if (kept.version, kept.model) == wanted), None)


def _load(version: int, model: int) -> LoadedCatalogue:
    products = list_published_versions(catalogue_version=version)
    learned = load_component(model)
    return LoadedCatalogue(
        version=version,
        model=model,
        learned=learned,
        is_demonstration=learned is not None and is_demonstration(model),
        exploration=None if learned is None else plan_exploration(learned),
        products={product.code: product for product in products},
        matcher=adapters.build_matcher(products, learned),
        names=Names(
            regions=dict(Region.objects.values_list("code", "full_name")),
            industries=dict(Industry.objects.values_list("code", "name")),
        ),
        _bulk_matchers=DayMemory(
            lambda day: adapters.build_bulk_matcher(products, as_of=day, learned=learned)
        ),
    )


catalogues = CatalogueMemory()
