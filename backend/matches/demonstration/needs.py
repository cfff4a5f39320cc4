"""Made-up needs: most of them open, some still drafts or waiting to be verified."""

from datetime import date, datetime

from backend.firms.models import Firm
from backend.matches.demonstration.records import DemoRecords, Record, day
from backend.needs.models import Need
from backend.needs.services import create_need, submit_need, verify_need
from backend.organizations.actors import Actor

_VALUES = (
    "financing_types",
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "max_annual_rate",
    "collateral",
    "purposes",
    "preferred_institutions",
    "excluded_institutions",
    "dossier",
    "description",
)
# Every so many-th need stays a draft, or waits for an officer, so that each state is seen.
_DRAFT_EVERY = 20
_SUBMITTED_EVERY = 12


def load_needs(
    records: DemoRecords, firms: dict[str, Firm], *, officer: Actor, today: date, now: datetime
) -> list[Need]:
    """Store the needs through their services; the officer verifies the submitted ones."""
    return [
        _load_need(record, number, records, firms, officer=officer, today=today, now=now)
        for number, record in enumerate(records.needs, start=1)
    ]


def _load_need(
    record: Record,
    number: int,
    records: DemoRecords,
    firms: dict[str, Firm],
    *,
    officer: Actor,
    today: date,
    now: datetime,
) -> Need:
    needed_by = day(record.get("needed_by"))
    need = create_need(
        actor=None,
        firm=firms[record["firm"]],
        values={
            **{field: record[field] for field in _VALUES if record.get(field) is not None},
            "needed_by": needed_by and needed_by + records.shift,
            "open_to_others": record.get("open_to_others", True),
            "contact_name": "演示联系人",
            "contact_phone": f"0431-8000{number:04d}",
        },
        today=today,
        now=now,
    )
    if number % _DRAFT_EVERY == 0 or not _can_be_submitted(need):
        return need
    need = submit_need(actor=None, need=need, expected_revision=None, today=today, now=now)
    if number % _SUBMITTED_EVERY == 0:
        return need
    return verify_need(actor=officer, need=need, expected_revision=None, now=now)


def _can_be_submitted(need: Need) -> bool:
    """Tell whether the record says all that a submission takes; some leave something out."""
    return bool(
        need.financing_types is not None
        and need.purposes
        and need.needed_by
        and need.firm.organization.region_code
    )
