"""The tracks of the families of products: which steps, in which order, and what they amount to.

A family is a table, not code: services ask here what may follow and what has been reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from backend.referrals.enums import ClockKind, ReferralStatus, Step
from matching.vocabulary import FAMILY_OF_TYPE

_REACHED: Final[Mapping[Step, ReferralStatus]] = MappingProxyType(
    {
        Step.ACKNOWLEDGED: ReferralStatus.ACKNOWLEDGED,
        Step.READ: ReferralStatus.ACKNOWLEDGED,
        Step.CONTACTED: ReferralStatus.IN_CONTACT,
        Step.VISITED: ReferralStatus.IN_CONTACT,
        Step.DOCUMENTS_COMPLETE: ReferralStatus.IN_CONTACT,
        Step.MET: ReferralStatus.IN_CONTACT,
        Step.PROJECT_APPROVED: ReferralStatus.IN_CONTACT,
        Step.DUE_DILIGENCE: ReferralStatus.IN_CONTACT,
        Step.TERM_SHEET: ReferralStatus.IN_CONTACT,
        Step.QUOTED: ReferralStatus.IN_CONTACT,
        Step.APPROVED: ReferralStatus.APPROVED,
        Step.COMMITTEE_PASSED: ReferralStatus.APPROVED,
        Step.SIGNED: ReferralStatus.APPROVED,
        Step.GRANTED: ReferralStatus.APPROVED,
        Step.DRAWN: ReferralStatus.FUNDED,
        Step.CLOSED: ReferralStatus.FUNDED,
        Step.INSURED: ReferralStatus.FUNDED,
        Step.GUARANTEE_ISSUED: ReferralStatus.FUNDED,
        Step.PAID: ReferralStatus.FUNDED,
    }
)


@dataclass(frozen=True, slots=True)
class Track:
    """One family's way from receipt to money.

    Attributes
    ----------
    steps : tuple of Step
        In order. Steps may be skipped forwards, never taken back; the last may repeat (a line
        is drawn any number of times).
    contacted, decided, funded : Step
        From which step on figures count the referral as such.
    clocks : mapping of ClockKind to Step
        Which step stops which clock.
    """

    steps: tuple[Step, ...]
    contacted: Step
    decided: Step
    funded: Step
    clocks: Mapping[ClockKind, Step]

    def place(self, step: Step) -> int:
        """Return where a step stands; -1 where the track does not know it."""
        return self.steps.index(step) if step in self.steps else -1

    def has_reached(self, step: Step, milestone: Step) -> bool:
        """Tell whether a step stands at a milestone or behind it."""
        return self.place(step) >= self.place(milestone)


def status_after(step: Step) -> ReferralStatus:
    """Return where a step of a track leaves the referral."""
    return _REACHED[step]


_LENDING_CLOCKS = MappingProxyType(
    {
        ClockKind.ACKNOWLEDGE: Step.ACKNOWLEDGED,
        ClockKind.CONTACT: Step.CONTACTED,
        ClockKind.DECIDE: Step.APPROVED,
    }
)
_DEBT = Track(
    steps=(
        Step.ACKNOWLEDGED,
        Step.CONTACTED,
        Step.VISITED,
        Step.DOCUMENTS_COMPLETE,
        Step.APPROVED,
        Step.DRAWN,
    ),
    contacted=Step.CONTACTED,
    decided=Step.APPROVED,
    funded=Step.DRAWN,
    clocks=_LENDING_CLOCKS,
)
_EQUITY = Track(
    steps=(
        Step.READ,
        Step.MET,
        Step.PROJECT_APPROVED,
        Step.DUE_DILIGENCE,
        Step.TERM_SHEET,
        Step.COMMITTEE_PASSED,
        Step.SIGNED,
        Step.CLOSED,
    ),
    contacted=Step.MET,
    decided=Step.COMMITTEE_PASSED,
    funded=Step.CLOSED,
    # An investor reads and gives a first answer in time; how long it then thinks is its own.
    clocks=MappingProxyType({ClockKind.READ: Step.READ, ClockKind.ANSWER: Step.MET}),
)
_LEASE = Track(
    steps=(
        Step.ACKNOWLEDGED,
        Step.CONTACTED,
        Step.VISITED,
        Step.QUOTED,
        Step.APPROVED,
        Step.SIGNED,
        Step.DRAWN,
    ),
    contacted=Step.CONTACTED,
    decided=Step.APPROVED,
    funded=Step.DRAWN,
    clocks=_LENDING_CLOCKS,
)
_INSURANCE = Track(
    steps=(Step.ACKNOWLEDGED, Step.CONTACTED, Step.QUOTED, Step.APPROVED, Step.INSURED),
    contacted=Step.CONTACTED,
    decided=Step.APPROVED,
    funded=Step.INSURED,
    clocks=_LENDING_CLOCKS,
)
_GUARANTEE = Track(
    steps=(
        Step.ACKNOWLEDGED,
        Step.CONTACTED,
        Step.VISITED,
        Step.DOCUMENTS_COMPLETE,
        Step.APPROVED,
        Step.GUARANTEE_ISSUED,
    ),
    contacted=Step.CONTACTED,
    decided=Step.APPROVED,
    funded=Step.GUARANTEE_ISSUED,
    clocks=_LENDING_CLOCKS,
)
_GRANT = Track(
    steps=(Step.ACKNOWLEDGED, Step.CONTACTED, Step.DOCUMENTS_COMPLETE, Step.GRANTED, Step.PAID),
    contacted=Step.CONTACTED,
    decided=Step.GRANTED,
    funded=Step.PAID,
    clocks=MappingProxyType(
        {
            ClockKind.ACKNOWLEDGE: Step.ACKNOWLEDGED,
            ClockKind.CONTACT: Step.CONTACTED,
            ClockKind.DECIDE: Step.GRANTED,
        }
    ),
)

TRACKS: Final[Mapping[str, Track]] = MappingProxyType(
    {
        "debt": _DEBT,
        "equity": _EQUITY,
        "lease": _LEASE,
        "insurance": _INSURANCE,
        "guarantee": _GUARANTEE,
        "grant": _GRANT,
    }
)
TRACK_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "debt": "贷款",
        "equity": "股权",
        "lease": "租赁与保理",
        "insurance": "保险",
        "guarantee": "担保",
        "grant": "补助",
    }
)


def track_code(*, financing_type: str | None, institution_kind: str) -> str:
    """Return the track of a product: a guarantor guarantees, whatever the loan is called.

    A product of undisclosed type is dealt with as a loan, unless an investor offers it.
    """
    if institution_kind == "guarantee":
        return "guarantee"
    if financing_type is not None:
        return FAMILY_OF_TYPE[financing_type]
    return "equity" if institution_kind in _INVESTORS else "debt"


_INVESTORS = frozenset(
    {
        "venture_capital",
        "angel_fund",
        "corporate_vc",
        "government_fund",
        "fund_of_funds",
        "sub_fund",
        "securities",
        "equity_exchange",
    }
)
