"""Who recommends needs: named on sheets, told by whichever app keeps recommendations."""

from collections.abc import Callable, Collection, Mapping

Source = Callable[[Collection[int]], Mapping[int, str]]

_sources: list[Source] = []


def name_recommenders_by(source: Source) -> None:
    """Ask ``source`` for the recommenders of needs (by primary key); for use in ``ready``."""
    if source not in _sources:
        _sources.append(source)


def recommended_by(need_ids: Collection[int]) -> dict[int, str]:
    """Return who recommends some needs, by primary key; a need without any is absent."""
    found: dict[int, str] = {}
    for source in _sources:
        found |= source(need_ids)
    return found
