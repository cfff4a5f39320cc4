"""Needs of the past with the whole lists that the rules let through on their days."""

from collections import defaultdict
from collections.abc import Iterable

from backend.catalogue.selectors import get_catalogue_version, list_published_versions
from backend.learning.history import Case
from backend.matches import adapters
from backend.matches.learned_adapters import ListedNeed, key_of

_ALL = 1_000_000


def list_needs(cases: Iterable[Case], *, most: int) -> list[ListedNeed]:
    """List the needs of outcomes anew by rules alone, each in the catalogue of its day.

    Of more needs than ``most`` an even share.
    """
    first: dict[str, Case] = {}
    financed: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        key = key_of(case.outcome)
        first.setdefault(key, case)
        if case.outcome.result == "funded":
            financed[key].add(case.outcome.product)
    keys = sorted(first)[:: max(-(-len(first) // most), 1)]
    of_catalogue: dict[int, list[str]] = defaultdict(list)
    current = get_catalogue_version()
    for key in keys:
        of_catalogue[first[key].catalogue_version or current].append(key)
    listed = []
    for number, own in sorted(of_catalogue.items()):
        matcher = adapters.build_matcher(list_published_versions(catalogue_version=number))
        for key in own:
            one = first[key].outcome
            found = adapters.shortlist(matcher, one.need, one.firm, as_of=one.ranked_on, top=_ALL)
            listed.append(ListedNeed(one, found.codes, frozenset(financed[key])))
    return listed
