"""Every step meets every status of every track, wherever the track had come to."""

import itertools

import pytest

from backend.common.errors import StateConflict
from backend.referrals.enums import ENDED, ReferralStatus, Step
from backend.referrals.lifecycle import ASIDE, Move, judge, require_aside, status_once
from backend.referrals.tracks import TRACKS, status_after

AT_WORK = ("sent", "acknowledged", "in_contact", "approved", "funded")


def expected(track: str, status: str, reached: Step | None, step: Step) -> Move | None:
    """Say it a second way: None where the step is refused."""
    way = TRACKS[track]
    order = list(way.steps)
    again = {way.funded} if status == "confirmed" else {reached, way.decided}
    if step not in order or status not in (*AT_WORK, "confirmed"):
        return None
    is_ahead = reached is None or order.index(step) > order.index(reached)
    if status != "confirmed" and is_ahead:
        return Move.FORWARD
    return Move.REPEATED if step in again else None


@pytest.mark.parametrize("track", sorted(TRACKS))
@pytest.mark.parametrize("status", list(ReferralStatus))
def test_every_step_of_a_track_is_judged_as_the_table_says(track, status):
    places = [None, *TRACKS[track].steps]
    for reached, step in itertools.product(places, Step):
        wanted = expected(track, status, reached, step)
        case = (track, status.value, reached, step.value)
        if wanted is None:
            with pytest.raises(StateConflict):
                judge(track=track, status=status, reached=reached, step=step)
        else:
            assert judge(track=track, status=status, reached=reached, step=step) is wanted, case


ALLOWED_ASIDE = {
    "assigned": AT_WORK,
    "sent_up": AT_WORK,
    "answered": ("sent",),
    "documents_asked": AT_WORK[:4],
    "documents_given": AT_WORK[:4],
    "declined": AT_WORK[:4],
    "returned": AT_WORK[:3],
    "recall_asked": AT_WORK[1:4],
    "withdrawn": AT_WORK[:4],
    "expired": AT_WORK[:4],
    "confirmed": ("funded", "confirmed"),
    "contested": ("funded", "confirmed"),
    "reconciled": ("funded", "confirmed"),
    "reopened": ("declined",),
}


@pytest.mark.parametrize("status", list(ReferralStatus))
@pytest.mark.parametrize("step", sorted(ALLOWED_ASIDE))
def test_a_step_beside_the_track_happens_in_its_statuses_only(step, status):
    if status in ALLOWED_ASIDE[step]:
        require_aside(Step(step), status=status)
    else:
        with pytest.raises(StateConflict, match=status.label):
            require_aside(Step(step), status=status)


def test_every_step_stands_in_a_track_or_beside_them():
    on_tracks = {step for track in TRACKS.values() for step in track.steps}

    assert on_tracks | set(ASIDE) == set(Step)
    assert not on_tracks & set(ASIDE)


@pytest.mark.parametrize("track", sorted(TRACKS))
def test_a_track_never_leads_a_status_back(track):
    order = list(ReferralStatus)
    for status, step in itertools.product(AT_WORK, TRACKS[track].steps):
        after = status_once(step, track=track, status=status)
        assert order.index(after) >= order.index(ReferralStatus(status))
        assert order.index(after) >= order.index(status_after(step))
        assert after not in ENDED


def test_money_after_the_confirmation_leaves_the_referral_confirmed():
    assert status_once(Step.DRAWN, track="debt", status="confirmed") == ReferralStatus.CONFIRMED


@pytest.mark.parametrize("track", sorted(TRACKS))
def test_every_track_reaches_contact_decision_and_money_in_this_order(track):
    way = TRACKS[track]

    places = [way.place(step) for step in (way.contacted, way.decided, way.funded)]
    assert places == sorted(places)
    assert -1 not in places
    assert set(way.clocks.values()) <= set(way.steps)
