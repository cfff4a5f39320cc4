"""One returned row becomes answers to its referral, through the same services as by hand.

What was recorded once is not recorded again, whatever has happened since: an old copy that comes
back neither undoes nor repeats anything.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q

from backend.common.errors import DomainError, InvalidInput, StateConflict
from backend.exchange.returned_file import ReturnedRow
from backend.exchange.returned_rules import REASONS
from backend.exchange.sheet_layout import LABELS, MOST_DRAWDOWNS
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.models import Membership, Organization
from backend.referrals.enums import Step
from backend.referrals.lifecycle import ASIDE
from backend.referrals.models import Drawdown, Referral
from backend.referrals.policies import is_above
from backend.referrals.services import assigning, documents, endings, matters, money, offers, steps
from backend.referrals.services.money import DrawnMoney
from backend.referrals.services.working import lock_referral
from backend.referrals.tracks import TRACKS

_BETWEEN_NAMES = re.compile(r"[、；;，,\n]+")
_MANAGER_NOTE = "回执指定客户经理："
Act = Callable[[], Any]


class RowRefused(Exception):
    """A service refused; ``column`` is the name of the column that it is about."""

    def __init__(self, column: str, error: DomainError) -> None:
        super().__init__(error.message)
        self.column = column
        self.error = error


@dataclass
class RowAnswers:
    """The answers of one row to its locked referral; use inside a transaction."""

    actor: Actor
    row: ReturnedRow
    sheet_key: str
    now: datetime
    notices: list[str] = field(default_factory=list)

    def apply(self) -> bool:
        """Record everything that is new; tell whether anything was.

        Raises RowRefused with the column at which a service refuses; the caller rolls back.
        """
        self._referral = lock_referral(self.row.line.referral)
        self._track = TRACKS[self._referral.track]
        before = self._referral.revision, self._referral.matters.count()
        self._steps = list(self._referral.steps.all())
        self._known = {(taken.step, taken.happened_on) for taken in self._steps}
        for column, act in self._acts():
            try:
                act()
            except DomainError as error:
                raise RowRefused(_column_of(column, error), error) from error
        self._referral.refresh_from_db()
        return (self._referral.revision, self._referral.matters.count()) != before

    def _acts(self) -> Iterator[tuple[str, Act]]:
        values = self.row.values
        for name, act in (
            ("branch", self._assign),
            ("manager", self._hand_over),
            ("received", partial(self._step, "received", self._track.steps[0])),
            ("contacted", partial(self._step, "contacted", self._track.contacted)),
            ("missing", self._ask),
            ("visited", partial(self._step, "visited", Step.VISITED)),
            (
                "documents_complete",
                partial(self._step, "documents_complete", Step.DOCUMENTS_COMPLETE),
            ),
            ("line", self._approve),
        ):
            if name in values:
                yield name, act
        for number in range(1, MOST_DRAWDOWNS + 1):
            if f"drawn{number}_on" in values:
                yield f"drawn{number}_on", partial(self._disburse, number)
        if values.get("state") == "declined":
            yield "reason1", self._decline
        for name, word in (("product", "actual_product"), ("alternative", "alternative")):
            if name in values:
                yield name, partial(self._name_offer, name, word)
        if "matter" in values:
            yield "matter", self._raise_matter

    def _what(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "referral": self._referral,
            "expected_revision": None,
            "now": self.now,
        }

    def _step(self, name: str, step: Step) -> None:
        day = self.row.values[name]
        if step not in self._track.steps:
            raise InvalidInput.of(
                "step", "not_of_this_track", f"该类产品没有“{LABELS[name]}”这一步骤，请留空。"
            )
        if (step, day) not in self._known:
            steps.take_step(**self._what(), step=step, happened_on=day)

    def _assign(self) -> None:
        unit = _find_unit(self._referral, self.row.values["branch"])
        moved = {taken.data.get("to") for taken in self._steps if taken.step == Step.ASSIGNED}
        if unit.pk != self._referral.unit_id and unit.code not in moved:
            assigning.assign_referral(**self._what(), unit_code=unit.code)

    def _hand_over(self) -> None:
        name = self.row.values["manager"]
        self._referral.refresh_from_db()
        unit = self._referral.unit
        found = list(
            Membership.objects.active()
            .filter(
                Q(user__username=name) | Q(user__display_name=name),
                organization=unit,
                role=Role.INSTITUTION,
            )
            .select_related("user")[:2]
        )
        if len(found) != 1:
            self.notices.append(
                f"客户经理“{name}”在{unit.name}没有唯一对应的平台账号，已登记姓名，未指派到账号。"
            )
            is_known = name in {taken.data.get("manager") for taken in self._steps}
            if not is_known and self._referral.status in ASIDE[Step.ASSIGNED]:
                assigning.name_manager(**self._what(), name=name)
            return
        username = found[0].user.username
        note = f"{_MANAGER_NOTE}{username}"
        if note not in {taken.note for taken in self._steps}:
            assigning.hand_over_referral(**self._what(), username=username, note=note)

    def _ask(self) -> None:
        names = [name.strip() for name in _BETWEEN_NAMES.split(self.row.values["missing"])]
        asked = {document.name for document in self._referral.documents.all()}
        new = [name for name in names if name and name not in asked]
        if new:
            documents.ask_for_documents(**self._what(), names=new)

    def _approve(self) -> None:
        values = self.row.values
        day = values["approved_on"]
        terms = money.LineTerms(
            amount_yuan=values["line"],
            term_months=values.get("term"),
            annual_rate=_rate(values.get("line_rate")),
            is_green=values.get("green", False),
        )
        lines = self._referral.lines.all()
        if any(line.approved_on == day and money.terms_of(line) == terms for line in lines):
            return
        # Without the firm's word on amounts no line is kept, only the step.
        if not lines and (self._track.decided, day) in self._known:
            return
        money.approve_referral(**self._what(), terms=terms, happened_on=day)

    def _name_offer(self, name: str, word: str) -> None:
        """Record what was offered instead, once: an old copy does not undo a later word."""
        text = self.row.values[name].strip()
        if text not in {taken.data.get(word) for taken in self._steps}:
            offers.name_offer(**self._what(), **{word: text})

    def _disburse(self, number: int) -> None:
        values, prefix = self.row.values, f"drawn{number}_"
        drawn = DrawnMoney(
            drawn_on=values[f"{prefix}on"],
            amount_yuan=values[f"{prefix}amount"],
            annual_rate=_rate(values.get(f"{prefix}rate")),
            security=values.get(f"{prefix}security", ()),
            is_first_loan=values.get(f"{prefix}first"),
            renewal=values.get(f"{prefix}renewal", ""),
            reference=f"{self.sheet_key}-{self.row.line.sent['line']}-{number}",
        )
        known = self._referral.drawdowns.filter(
            reference=drawn.reference,
            drawn_on=drawn.drawn_on,
            amount_yuan=drawn.amount_yuan,
            annual_rate=drawn.annual_rate,
        ).first()
        # One that was voided since is known as well: it does not come back with an old copy.
        if known is None:
            money.disburse_referral(**self._what(), money=drawn)
        elif _beside_the_amount(known) != _beside_the_amount(drawn):
            self.notices.append(
                f"第{number}笔放款此前已登记，担保方式、首贷、新增或续贷的改动未采纳；"
                "登记有误请先冲销原记录。"
            )

    def _decline(self) -> None:
        reasons = [self.row.values[name] for name in REASONS if name in self.row.values]
        for taken in self._steps:
            # Where reasons may not be kept, the step is there without them.
            if taken.step == Step.DECLINED and taken.data.get("reasons", reasons) == reasons:
                return
        endings.decline_referral(**self._what(), reasons=reasons)

    def _raise_matter(self) -> None:
        text = self.row.values["matter"].strip()
        if self._referral.matters.filter(text=text).exists():
            return
        matters.raise_matter(actor=self.actor, referral=self._referral, text=text, now=self.now)


def _beside_the_amount(drawn: Drawdown | DrawnMoney) -> tuple[Any, ...]:
    return list(drawn.security), drawn.is_first_loan, drawn.renewal


def _rate(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.000001"))


def _find_unit(referral: Referral, name: str) -> Organization:
    """Find the addressed institution or a unit below it, by name or code."""
    name = name.strip()
    found = [
        unit
        for unit in Organization.objects.filter(
            Q(code=name) | Q(name=name), kind=referral.institution.kind, is_active=True
        )
        if is_above(referral.institution, unit)
    ]
    if not found:
        raise InvalidInput.of(
            "unit", "not_below", f"“{name}”不是本机构或下级机构，请填写下级机构的名称或代码。"
        )
    if len(found) > 1:
        raise StateConflict("ambiguous_unit", f"有多个机构名为“{name}”，请填写机构代码。")
    return found[0]


def _column_of(column: str, error: DomainError) -> str:
    """Return the column that a service's field stands in."""
    if column == "line":
        fields = {"annual_rate": "line_rate", "term_months": "term", "date": "approved_on"}
    elif column.startswith("drawn"):
        prefix = column.removesuffix("on")
        fields = {
            "amount_yuan": f"{prefix}amount",
            "annual_rate": f"{prefix}rate",
            "is_first_loan": f"{prefix}first",
        }
    else:
        fields = {}
    return fields.get(error.problems[0].field, column) if error.problems else column
