"""Counting deaths of workers, and finding those that run but do not work."""

from __future__ import annotations

import signal
from typing import Any, List, Optional

import pytest

from caisson_server.errors import StartupError
from caisson_server.process.board import READY, STARTING, STOPPING, STUCK, Board
from caisson_server.process.crew import WORKER, Member
from caisson_server.process.deaths import STUCK_EXIT_CODE, Deaths, describe
from caisson_server.process.report import Report
from caisson_server.process.watch import Watch

HUNG = "hung: every prediction was past the time-out"


def exit_status(code: int) -> int:
    return code << 8


@pytest.mark.parametrize(
    "status, text",
    [
        (signal.SIGKILL, "was killed by SIGKILL (out of memory?)"),
        (signal.SIGSEGV, "was killed by SIGSEGV"),
        (signal.SIGSEGV | 128, "was killed by SIGSEGV"),
        (signal.SIGRTMIN + 1, "was killed by signal 35"),
        (exit_status(0), "ended with exit code 0"),
        (exit_status(3), "ended with exit code 3"),
        (exit_status(STUCK_EXIT_CODE), HUNG),
    ],
)
def test_how_a_process_died(status: int, text: str) -> None:
    assert describe(status) == text


def count(deaths: Deaths, now: float, *, age: float = 1.0, was_ready: bool = True) -> float:
    return deaths.count("fell", now=now, age=age, was_ready=was_ready)


def test_the_first_replacement_comes_at_once_and_the_next_ones_later_and_later() -> None:
    deaths = Deaths()
    assert not deaths.any
    assert [count(deaths, now) for now in (0.0, 1.0, 2.0, 3.0)] == [0.0, 0.5, 1.0, 2.0]
    assert deaths.any
    with pytest.raises(StartupError, match=r"^5 workers died within 60 s; the last one fell$"):
        count(deaths, 59.0)


def test_deaths_long_ago_do_not_count() -> None:
    deaths = Deaths()
    assert [count(deaths, 100.0 * step) for step in range(20)] == [0.0] * 20


def test_a_worker_that_lived_for_long_is_replaced_at_once() -> None:
    deaths = Deaths()
    assert [count(deaths, now, age=11.0) for now in (0.0, 1.0, 2.0)] == [0.0] * 3


def test_five_in_a_row_that_were_never_ready_are_too_many_however_long_it_took() -> None:
    deaths = Deaths()
    for step in range(4):
        count(deaths, 100.0 * step, was_ready=False)
    count(deaths, 400.0, was_ready=True)
    for step in range(5, 9):
        count(deaths, 100.0 * step, was_ready=False)
    with pytest.raises(StartupError, match=r"^5 workers in a row died before they were ready; the last one fell$"):
        count(deaths, 900.0, was_ready=False)


class Workers:
    """Three workers on a board, watched with a silence of 5 s and 2 s of doubt."""

    def __init__(self) -> None:
        board = Board(3)
        self.members = [Member(WORKER, 10 + slot.index, slot, Report(), 0.0) for slot in board.slots]
        for member in self.members:
            member.slot.state = READY
        self.watch = Watch(5.0)

    def losses(self, now: float, beating: Optional[List[int]] = None) -> Any:
        for member in self.members:
            if beating is None or member.slot.index in beating:
                member.slot.beat()
        return [(loss.member.pid, loss.how, loss.may_finish) for loss in self.watch.losses(self.members, now)]


def test_a_silent_worker_is_lost() -> None:
    workers = Workers()
    found = [workers.losses(float(now), beating=[0, 2]) for now in range(100, 110)]
    assert [pid for losses in found for pid, _, _ in losses][:1] == [11]
    first = next(step for step, losses in enumerate(found) if losses)
    assert found[first] == [(11, "did not respond for 5 s", False)]
    # 5 s, and 2 s of doubt: the last beat may have come just before it was seen.
    assert first == 7


def test_loading_may_take_any_time() -> None:
    workers = Workers()
    for member in workers.members:
        member.slot.state = STARTING
    assert not any(workers.losses(float(now), beating=[]) for now in range(100, 200))
    workers.members[0].slot.state = READY
    assert not any(workers.losses(float(now), beating=[]) for now in range(200, 206))


def test_a_pause_of_everything_is_nobodys_silence() -> None:
    workers = Workers()
    assert not workers.losses(100.0)
    assert not workers.losses(101.0)
    assert not workers.losses(900.0, beating=[])
    assert not workers.losses(901.0)


def test_workers_that_are_stuck_or_told_by_others_are_lost_once() -> None:
    workers = Workers()
    workers.members[0].slot.state = STUCK
    workers.members[2].slot.state = STOPPING
    assert workers.losses(1.0) == [(10, HUNG, True), (12, "was told to end by another process", True)]
    workers.members[0].is_lost = True
    workers.members[2].is_told = True
    assert not workers.losses(2.0)
