"""Answers in JSON, put together from pieces that were encoded once.

The matches of a need repeat one another's criteria and components, and those of other needs;
of a product everything but its place is the same in every answer. So each piece is described
and encoded once per version of the catalogue, and an answer is these pieces joined. What
comes out is byte for byte what encoding the whole description would give.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from backend.matches import adapters, payloads
from backend.matches.catalogue_memory import LoadedCatalogue

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=payloads.plain
)


def encode(body: Any) -> bytes:
    """Write compact JSON; a number that JSON does not know is an error, not a silent NaN."""
    return _ENCODER.encode(body).encode()


class Fragments:
    """Makes answers from the pieces that one version of the catalogue keeps."""

    def __init__(self, catalogue: LoadedCatalogue) -> None:
        self._catalogue = catalogue
        self._pieces = catalogue.pieces

    def around(self, head: dict[str, Any], lists: Mapping[str, Iterable[bytes]]) -> bytes:
        """Write an answer: its head, what it follows from, and named lists of encoded entries."""
        common = self._pieces.get(
            "common", lambda: _members(payloads.common_payload(self._catalogue))
        )
        named = (
            b'"%b":[%b]' % (name.encode(), b",".join(entries)) for name, entries in lists.items()
        )
        return b"%b,%b%b}" % (encode(head)[:-1], common, b",".join(named))

    def matches(
        self,
        matches: Sequence[adapters.Match],
        *,
        with_scores: bool,
        bands: payloads.Bands = None,
    ) -> list[bytes]:
        """Encode matches as ``payloads.match_payload`` describes them."""
        criteria = _OfOneAnswer(self._criterion)
        scores = self._scores(matches) if with_scores else [b""] * len(matches)
        return [
            b'{"rank":%d,%b%b%b%b"criteria":[%b]}'
            % (
                match.rank,
                self._product(match.product),
                self._verdict(match.verdict),
                b"" if bands is None else self._band(bands[match.product]),
                score,
                criteria.joined(match.criteria),
            )
            for match, score in zip(matches, scores, strict=True)
        ]

    def explored(
        self,
        explored: Sequence[adapters.Explored],
        *,
        with_scores: bool,
        bands: payloads.Bands = None,
    ) -> list[bytes]:
        """Encode what stands beside the ranking as ``payloads.explored_payload`` describes it."""
        matches = self.matches(
            [one.match for one in explored], with_scores=with_scores, bands=bands
        )
        note = encode(payloads.EXPLORED_NOTE)
        chances = [
            b'"propensity":%b,' % encode(one.propensity) if with_scores else b"" for one in explored
        ]
        return [
            b'%b,%b"note":%b}' % (match[:-1], chance, note)
            for chance, match in zip(chances, matches, strict=True)
        ]

    def _band(self, band: dict[str, Any] | None) -> bytes:
        """Encode a band; its sentence tells it from every other."""
        key = None if band is None else (band["text"], band["low"], band["high"])
        return self._pieces.get(("band", key), lambda: _members({"band": band}))

    def _scores(self, matches: Sequence[adapters.Match]) -> list[bytes]:
        """Encode scores with their components; the scores, which seldom repeat, in one go."""
        components = _OfOneAnswer(self._component)
        scores = encode([match.score for match in matches])[1:-1].split(b",") if matches else []
        return [
            b'"score":%b,"components":[%b],' % (score, components.joined(match.components))
            for score, match in zip(scores, matches, strict=True)
        ]

    def near_misses(self, misses: Iterable[adapters.NearMiss]) -> list[bytes]:
        """Encode near misses as ``payloads.near_miss_payload`` describes them."""
        changes = _OfOneAnswer(self._change)
        return [
            b'{%b"changes":[%b]}' % (self._product(miss.product), changes.joined(miss.changes))
            for miss in misses
        ]

    def _product(self, code: str) -> bytes:
        return self._pieces.get(
            ("product", code), lambda: _members(payloads.product_payload(code, self._catalogue))
        )

    def _verdict(self, verdict: str) -> bytes:
        return self._pieces.get(
            ("verdict", verdict), lambda: _members(payloads.verdict_payload(verdict))
        )

    def _criterion(self, criterion: adapters.Criterion) -> bytes:
        return self._pieces.get(
            (
                criterion.code,
                criterion.outcome,
                criterion.required,
                criterion.actual,
                _kind(criterion.required),
                _kind(criterion.actual),
            ),
            lambda: encode(payloads.criterion_payload(criterion, self._catalogue.names)),
        )

    def _component(self, component: adapters.Component) -> bytes:
        return self._pieces.get(
            (
                component.code,
                component.value,
                component.weight,
                component.contribution,
                component.parts,
            ),
            lambda: encode(payloads.component_payload(component)),
        )

    def _change(self, change: adapters.Change) -> bytes:
        return self._pieces.get(
            (change, _kind(change.from_value), _kind(change.to_value)),
            lambda: encode(payloads.change_payload(change)),
        )


class _OfOneAnswer:
    """Pieces of one answer; the library gives equal parts of it as one object."""

    def __init__(self, encoded: Callable[[Any], bytes]) -> None:
        self._encoded = encoded
        self._of_object: dict[int, bytes] = {}
        # An object that is held keeps its id to itself.
        self._held: list[Any] = []

    def joined(self, parts: tuple[Any, ...]) -> bytes:
        """Encode parts, each object once."""
        pieces = [*map(self._of_object.get, map(id, parts))]
        if None in pieces:
            pieces = [self._piece(part) for part in parts]
        return b",".join(pieces)

    def _piece(self, part: Any) -> bytes:
        piece = self._of_object.get(id(part))
        if piece is None:
            self._held.append(part)
            piece = self._of_object[id(part)] = self._encoded(part)
        return piece


def _members(body: dict[str, Any]) -> bytes:
    """Encode an object's members without its braces, to be followed by others."""
    return encode(body)[1:-1] + b","


def _kind(value: object) -> object:
    """Tell apart what compares as equal and is written differently: 1, 1.0 and True."""
    return tuple(map(type, value)) if type(value) is tuple else type(value)
