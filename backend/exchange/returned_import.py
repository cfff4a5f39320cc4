"""Reads a returned sheet back: good rows take effect, each as a whole, bad ones do not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from backend.exchange.faults import as_invalid_input
from backend.exchange.returned_answers import RowAnswers, RowRefused
from backend.exchange.returned_file import ReturnedRow, read_file
from backend.exchange.returned_rules import check_row
from backend.exchange.sheet_layout import LABELS
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.referrals import policies
from backend.referrals.models import Sheet
from backend.referrals.sheet_shown import show_sheet
from matching.errors import Fault, InputError


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of a returned copy.

    ``applied`` rows brought something new, ``unchanged`` ones did not; ``faults`` say what is
    wrong with the refused ones; ``notices`` are rows and sentences for a person to look at.
    """

    sheet: Sheet
    is_in_the_name_of: bool
    applied: int
    unchanged: int
    refused: int
    faults: tuple[Fault, ...]
    notices: tuple[tuple[int, str], ...]


def import_returned(*, actor: Actor, sheet: Sheet, data: bytes, now: datetime) -> Returned:
    """Read the answers of a returned copy and record them; the same copy again changes nothing.

    An officer of the sending department may do so in the institution's name, which the journal
    says. Raises InvalidInput when the file as a whole is no copy of this sheet.
    """
    in_name = policies.require_can_return(actor, sheet)
    shown = show_sheet(sheet, day=timezone.localdate(now))
    try:
        file = read_file(data, sent=sheet, lines=shown.lines)
    except InputError as error:
        raise as_invalid_input(error) from error
    faults = list(file.faults)
    writer = _Writer(actor, sheet, hashlib.sha256(data).hexdigest(), in_name, now)
    for row in file.rows:
        faults += check_row(row, file.sheet) or writer.write(row, file.sheet)
    return Returned(
        sheet=sheet,
        is_in_the_name_of=in_name,
        applied=writer.applied,
        unchanged=writer.unchanged,
        refused=len({fault.row for fault in faults}),
        faults=tuple(sorted(faults, key=lambda fault: fault.row or 0)),
        notices=tuple(writer.notices),
    )


class _Writer:
    """Records rows, each in a transaction of its own."""

    def __init__(
        self, actor: Actor, sheet: Sheet, file_digest: str, in_name: bool, now: datetime
    ) -> None:
        self.applied = self.unchanged = 0
        self.notices: list[tuple[int, str]] = []
        self._actor = actor
        self._answers_as = policies.in_the_name_of(actor, sheet.institution) if in_name else actor
        self._sheet = sheet
        self._payload = {"file_digest": file_digest, "in_the_institutions_name": in_name}
        self._now = now

    def write(self, row: ReturnedRow, sheet_name: str) -> list[Fault]:
        """Record a row as a whole, or return why not."""
        answers = RowAnswers(self._answers_as, row, self._sheet.public_id.hex, self._now)
        try:
            with transaction.atomic():
                is_new = answers.apply()
                if is_new:
                    self._journal(row)
        except RowRefused as refused:
            return [
                Fault(
                    sheet_name,
                    row.number,
                    LABELS[refused.column],
                    row.shown.get(refused.column),
                    refused.error.message,
                    refused.error.code
                    if not refused.error.problems
                    else refused.error.problems[0].code,
                )
            ]
        self.applied += is_new
        self.unchanged += not is_new
        self.notices += [(row.number, notice) for notice in answers.notices]
        return []

    def _journal(self, row: ReturnedRow) -> None:
        record(
            EventType.SHEET_RETURNED,
            subject=self._sheet,
            actor=self._actor,
            payload={
                **self._payload,
                "referral": str(row.line.referral.public_id),
                "row": row.number,
                "filled_by": row.values.get("filled_by", ""),
                "checked_by": row.values.get("checked_by", ""),
            },
        )
