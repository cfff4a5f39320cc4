"""Values that occur once in the world, and finding them again in whatever is answered.

A canary says of which case it is and which group of fields it belongs to. Texts hold a word of
their own, numbers and dates are such as nobody else has; a number is found in yuan, in 万元, as a
fraction and in per cent.
"""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_WORD = re.compile(
    r"QX[a-z]{6}|91220101MA[0-9A-Z]{8}|\d{4}-\d{2}-\d{2}"
    r"|(?<![0-9A-Za-z._-])\d+(?:\.\d+)?(?:e-\d+)?(?![0-9A-Za-z_])"
)
# Times of day, ids and digests hold numbers that by chance are somebody's.
_BY_CHANCE = re.compile(
    r"T\d{2}:\d{2}:\d{2}[.\d]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FIRST_DAY = date(1961, 1, 1)


@dataclass(frozen=True, slots=True)
class Canary:
    """What a value is: of which case, in which group of fields, and which field."""

    case: str
    group: str
    field: str


class Canaries:
    """Makes values for cases, and knows them again."""

    def __init__(self) -> None:
        self._known: dict[str, set[Canary]] = defaultdict(set)
        self._count = 0

    def text(self, canary: Canary, *, before: str = "演示") -> str:
        """Return a text with a word that occurs nowhere else."""
        self._count += 1
        word = "QX" + "".join(_LETTERS[self._count // 26**k % 26] for k in range(6))
        self._known[word].add(canary)
        return f"{before}{word}"

    def phone(self, canary: Canary) -> str:
        """Return a mobile number."""
        self._count += 1
        return self.known(canary, f"139{self._count:08d}")

    def known(self, canary: Canary, value: str) -> str:
        """Remember a text that was made elsewhere, such as a code with its check digit."""
        self._known[value].add(canary)
        return value

    def amount(self, canary: Canary, base: int) -> int:
        """Return some yuan near a round sum."""
        self._count += 1
        return self._number(canary, base + self._count * 100 + 37)

    def fraction(self, canary: Canary) -> Decimal:
        """Return a fraction of six digits."""
        self._count += 1
        value = Decimal("0.02") + Decimal(self._count * 7 + 1) / 1_000_000
        self._number(canary, value)
        return value

    def day(self, canary: Canary, *, since: date = _FIRST_DAY) -> date:
        """Return a day that no other canary has."""
        self._count += 1
        day = since + timedelta(days=self._count)
        self._known[day.isoformat()].add(canary)
        return day

    @property
    def all(self) -> set[Canary]:
        """Return every canary that was made."""
        return set().union(*self._known.values())

    def found_in(self, text: str) -> set[Canary]:
        """Return the canaries that a text holds."""
        found: set[Canary] = set()
        for word in set(_WORD.findall(_BY_CHANCE.sub(" ", text))):
            found |= self._known.get(word, set()) | self._known.get(_canonical(word), set())
        return found

    def _number(self, canary: Canary, value: int | Decimal) -> int | Decimal:
        for form in (value, Decimal(value) / 10_000, Decimal(value) * 100):
            self._known[_canonical(str(form))].add(canary)
        return value


def _canonical(word: str) -> str:
    """Write a number in one way, whatever its zeros."""
    try:
        return f"={round(float(word), 8)!r}"
    except ValueError:
        return word


def text_of(body: bytes) -> str:
    """Return what is to be read in an answer: the text, or every part of a workbook."""
    if body[:2] == b"PK":
        return "\n".join(_parts_of(body))
    return body.decode()


def _parts_of(workbook: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        for name in archive.namelist():
            yield archive.read(name).decode(errors="replace")
