"""Which consents a need's data may pass on: one query for any number of pairs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from backend.consents.enums import Direction, FieldGroup
from backend.needs.enums import Attitude, NeedStatus
from backend.organizations.enums import InstitutionLevel

# A need and an institution's unit, by primary key.
Pair = tuple[int, int]

# What a firm consented to for an institution holds for the units below it, unless it excluded one
# on the way. The person who agreed to be called must still be the need's contact.
_LIVE = """
WITH RECURSIVE asked (need_id, unit_id) AS (
    SELECT DISTINCT * FROM unnest(%(needs)s::bigint[], %(units)s::bigint[])
),
line (unit_id, institution_id, distance) AS (
    SELECT DISTINCT unit_id, unit_id, 0 FROM asked
    UNION ALL
    SELECT line.unit_id, lower.parent_id, line.distance + 1
    FROM line JOIN organizations_organization lower ON lower.id = line.institution_id
    WHERE lower.parent_id IS NOT NULL AND line.distance < %(most_steps)s
)
SELECT asked.need_id, asked.unit_id, consent.id, consent.groups,
       consent.contact_person = need.contact_name
FROM asked
JOIN line ON line.unit_id = asked.unit_id
JOIN needs_need need ON need.id = asked.need_id AND need.status <> %(withdrawn)s
JOIN consents_consent consent
    ON consent.need_id = asked.need_id AND consent.institution_id = line.institution_id
WHERE consent.direction = %(direction)s
  AND consent.withdrawn_at IS NULL
  AND consent.replaced_at IS NULL
  AND consent.expires_on > %(day)s
  AND NOT EXISTS (
    SELECT FROM needs_namedinstitution named
    JOIN line above ON above.institution_id = named.institution_id
    WHERE named.need_id = asked.need_id AND named.attitude = %(excluded)s
      AND above.unit_id = asked.unit_id
  )
ORDER BY consent.id
"""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What may pass, and by which consent: the primary key of one consent per group."""

    consent_of: dict[FieldGroup, int]

    @property
    def groups(self) -> frozenset[FieldGroup]:
        """Every group that may pass."""
        return frozenset(self.consent_of)


NO_GROUNDS = Grounds({})


def list_grounds(
    pairs: Iterable[Pair], *, day: date, direction: Direction, lock: bool = False
) -> dict[Pair, Grounds]:
    """Return what live consents let pass per pair of need and unit; pairs without are left out.

    Where consents to a unit and to the institution above it cover one group, the older one is
    named. ``lock`` holds the consents in share mode until the transaction ends: a withdrawal
    waits for it, and one that came first is seen.
    """
    asked = sorted(set(pairs))
    if not asked:
        return {}
    found: dict[Pair, dict[FieldGroup, int]] = defaultdict(dict)
    for need_id, unit_id, consent_id, groups, is_same_contact in _rows(
        asked, day=day, direction=direction, lock=lock
    ):
        consent_of = found[need_id, unit_id]
        for group in map(FieldGroup, groups):
            if group is not FieldGroup.CONTACT or is_same_contact:
                consent_of.setdefault(group, consent_id)
    return {pair: Grounds(consent_of) for pair, consent_of in found.items() if consent_of}


def _rows(
    asked: list[Pair], *, day: date, direction: Direction, lock: bool
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_LIVE} FOR SHARE OF consent" if lock else _LIVE,
            {
                "needs": [need for need, _ in asked],
                "units": [unit for _, unit in asked],
                "most_steps": len(InstitutionLevel) - 1,
                "withdrawn": NeedStatus.WITHDRAWN.value,
                "direction": direction.value,
                "day": day,
                "excluded": Attitude.EXCLUDED.value,
            },
        )
        return cursor.fetchall()
