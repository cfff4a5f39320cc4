"""The open needs of the platform, encoded for a day and held in memory.

Questions about a product concern all of them at once. Every question reads which needs are
open and in which revision (one query of plain numbers), and only those that changed are read
and encoded anew, so what is held is never stale.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from backend.matches import adapters
from backend.needs.models import Need
from backend.needs.selectors import list_need_records

# Today and, around midnight, yesterday.
KEPT_DAYS = 2
# Records that are read at a time: some 3 KB each, until they are encoded into a tenth of that.
_BATCH = 10_000

# Revisions of need, firm and organization.
State = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class HeldNeeds:
    """The open needs of one moment; shared by all threads."""

    states: dict[int, State]
    codes: dict[int, str]
    columns: adapters.NeedColumns
    facts: adapters.NeedFacts

    def facts_of(self, pks: Collection[int]) -> adapters.NeedFacts:
        """Return some of the needs as questions about a product take them."""
        wanted = {self.codes[pk] for pk in pks if pk in self.codes}
        if len(wanted) == len(self.codes):
            return self.facts
        return adapters.hold_facts(adapters.select_needs(self.columns, wanted))


class HeldNeedMemory:
    """The open needs of the last days that were asked about."""

    def __init__(self) -> None:
        self._kept: OrderedDict[date, HeldNeeds] = OrderedDict()
        self._lock = threading.Lock()

    def on(self, as_of: date) -> HeldNeeds:
        """Return the needs that are open now, as they are on a day; one query if none changed."""
        states = _read_states()
        with self._lock:
            held = self._kept.get(as_of)
            if held is None or held.states != states:
                held = self._kept[as_of] = _refreshed(held, states, as_of)
                self._kept.move_to_end(as_of)
                if len(self._kept) > KEPT_DAYS:
                    self._kept.popitem(last=False)
            return held

    def forget(self) -> None:
        """Drop everything, for example when another database is connected."""
        with self._lock:
            self._kept.clear()


def _read_states() -> dict[int, State]:
    rows = Need.objects.open().values_list(
        "pk", "revision", "firm__revision", "firm__organization__revision"
    )
    return {pk: (need, firm, organization) for pk, need, firm, organization in rows}


def _refreshed(held: HeldNeeds | None, states: dict[int, State], as_of: date) -> HeldNeeds:
    """Read and encode what differs between what is held and the states read before.

    Whatever changes while this reads has a newer state, which the next question will see.
    """
    known = held.states if held else {}
    codes = dict(held.codes) if held else {}
    columns = held.columns if held else adapters.hold([], as_of=as_of)
    gone = [codes.pop(pk) for pk in known.keys() - states.keys() if pk in codes]
    changed = sorted(pk for pk, state in states.items() if known.get(pk) != state)
    for at in range(0, max(len(changed), 1), _BATCH):
        records = list_need_records(changed[at : at + _BATCH], as_of)
        codes |= {record.pk: record.need.code for record in records}
        pairs = [(record.need, record.firm) for record in records]
        columns = adapters.update_needs(columns, adapters.hold(pairs, as_of=as_of), gone=gone)
    return HeldNeeds(states, codes, columns, adapters.hold_facts(columns))


held_needs = HeldNeedMemory()
