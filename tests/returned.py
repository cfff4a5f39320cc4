"""Fills in a sheet's workbook as somebody at a bank does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.timezone import localdate

from backend.exchange.returned_import import Returned, import_returned
from backend.exchange.sheet_layout import LABELS, SHEET_NAME
from backend.exchange.sheet_workbook import write_sheet
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.referrals.models import Referral, Sheet
from matching.exchange.workbook.parser import parse_sheets
from tests.factories.consents import ConsentFactory
from tests.factories.lists import Office, make_office, open_needs
from tests.factories.organizations import make_actor
from tests.workbooks import make_workbook


class Copy:
    """The cells of a workbook, to be filled in and sent back."""

    def __init__(self, data: bytes) -> None:
        (page,) = parse_sheets(data)
        self.rows = [list(row) for row in page.rows]
        self.header_at = next(at for at, row in enumerate(self.rows) if row and "需求编号" in row)
        self.headers = self.rows[self.header_at]
        for row in self.rows[self.header_at + 1 :]:
            row.extend([None] * (len(self.headers) - len(row)))

    def place(self, header: str) -> int:
        """Return where a column stands."""
        return self.headers.index(header)

    def cell(self, line: int, header: str) -> Any:
        """Return a cell of the row with a number, from 1."""
        return self.rows[self.header_at + line][self.place(header)]

    def head(self, label: str) -> Any:
        """Return what the head says under a label."""
        return next(row[2] for row in self.rows[: self.header_at] if row[0] == label)

    def write(self, line: int, header: str, value: Any) -> None:
        """Write into a cell, whether it is locked or not."""
        self.rows[self.header_at + line][self.place(header)] = value

    def answer(self, line: int, values: Mapping[str, Any]) -> "Copy":
        """Fill in the answers of a row."""
        for name, value in values.items():
            self.write(line, LABELS[name], value)
        return self

    def number(self, line: int) -> int:
        """Return the row's number as a spreadsheet program shows it."""
        return self.header_at + line + 1

    def save(self) -> bytes:
        """Return the workbook."""
        return make_workbook(self.rows, sheet=SHEET_NAME)


@dataclass
class SentSheet:
    """A sheet, who sent it and who fills it in."""

    office: Office
    manager: Actor
    sheet: Sheet

    def fetch(self, actor: Actor | None = None) -> Copy:
        """Fetch the workbook."""
        return Copy(self.fetch_bytes(actor))

    def fetch_bytes(self, actor: Actor | None = None) -> bytes:
        """Fetch the workbook as it is."""
        return write_sheet(actor=actor or self.manager, sheet=self.sheet, now=timezone.now())

    def give_back(self, copy: Copy | bytes, actor: Actor | None = None) -> Returned:
        """Return a copy."""
        return import_returned(
            actor=actor or self.manager,
            sheet=self.sheet,
            data=copy if isinstance(copy, bytes) else copy.save(),
            now=timezone.now(),
        )

    def referral(self, line: int) -> Referral:
        """Return the referral of a row."""
        return self.sheet.referrals.order_by("need__code")[line - 1]


def make_sent_sheet() -> SentSheet:
    """Send two needs, fully authorised in both directions, to one bank."""
    office = make_office(banks=1)
    (bank,) = office.banks
    for need in open_needs(2):
        ConsentFactory(need=need, institution=bank)
        ConsentFactory(need=need, institution=bank, reverse=True)
    office.draft_and_send(per_need=1)
    return SentSheet(
        office=office,
        manager=make_actor(organization=bank, role=Role.INSTITUTION),
        sheet=Sheet.objects.get(institution=bank),
    )


def funded() -> dict[str, object]:
    """Return the answers of a row that went all the way today, with two drawdowns."""
    today = localdate()
    return {
        "received": today,
        "contacted": today,
        "visited": today,
        "documents_complete": today,
        "state": "已投放",
        "approved_on": today,
        "line": 500,
        "term": 12,
        "line_rate": 3.85,
        "green": "是",
        "drawn1_on": today,
        "drawn1_amount": 300,
        "drawn1_rate": 3.85,
        "drawn1_security": "专利权、应收账款",
        "drawn1_first": "是",
        "drawn1_renewal": "新增",
        "drawn2_on": today,
        "drawn2_amount": 200,
        "filled_by": "王一",
        "checked_by": "李二",
    }
