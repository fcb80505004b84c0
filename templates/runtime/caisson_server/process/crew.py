"""The child processes of the supervisor."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional

from . import signals
from .board import FREE, STARTING, Board, Slot
from .child import fork
from .report import Report

WORKER, ROOM, ERRAND = "worker", "waiting room", "errand"

Task = Callable[[Slot, Report], int]

_POLL_SECONDS = 0.05
#: What has not begun to serve has nothing to finish. This is for signal handlers of a model that is being loaded.
_START_PATIENCE = 2.0


@dataclass(eq=False)
class Member:
    """One child process. Times are those of `time.monotonic`."""

    role: str
    pid: int
    slot: Slot
    report: Report
    born: float
    was_ready: bool = False
    #: It was asked to end.
    is_told: bool = False
    #: Its loss is counted, and another one takes its place, though the process may still run.
    is_lost: bool = False
    #: When it is killed, if it still runs then.
    kill_at: Optional[float] = None
    beats: int = 0
    silent_seconds: float = 0.0

    @property
    def name(self) -> str:
        """For the log."""
        return f"{self.role} {self.slot.index} (process {self.pid})"


@dataclass(frozen=True)
class Ended:
    """A child that is no more."""

    member: Member
    #: As `os.waitpid` gives it.
    status: int
    #: The last thing that it reported and nobody has read.
    message: Optional[Dict[str, Any]]


class Crew:
    """Starts children, knows them, and reaps them; orphans that come to process 1 are reaped with them."""

    def __init__(self, slots: int) -> None:
        self.board = Board(slots)
        self.supervisor = os.getpid()
        self._members: Dict[int, Member] = {}
        # Nobody ever writes. When the supervisor is gone, however it went, every child's end reads as closed.
        self.lifeline, self._held_lifeline = os.pipe()

    @property
    def has_room(self) -> bool:
        """Whether one more can be started."""
        return any(slot.state == FREE for slot in self.board.slots)

    def start(self, role: str, task: Task) -> Member:
        """Fork a child that runs the task with a slot and a report of its own."""
        slot = next(slot for slot in self.board.slots if slot.state == FREE)
        slot.take()
        report = Report()

        def run() -> int:
            os.close(self._held_lifeline)
            slot.pid = os.getpid()
            return task(slot, report)

        pid = fork(run)
        report.close_sender()
        member = Member(role, pid, slot, report, time.monotonic())
        self._members[pid] = member
        return member

    def of(self, role: str) -> List[Member]:
        """All that run, in the order of their start."""
        return [member for member in self._members.values() if member.role == role]

    def reap(self) -> List[Ended]:
        """Those that have ended since the last call. Their slots are free again."""
        ended: List[Ended] = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return ended
            if pid == 0:
                return ended
            member = self._members.pop(pid, None)
            if member is not None:
                ended.append(Ended(member, status, member.report.receive()))
                member.report.close()
                member.slot.state = FREE

    def tell(self, member: Member, number: int = signal.SIGTERM) -> None:
        """Ask a child to end, once; SIGKILL may follow."""
        if not member.is_told or number == signal.SIGKILL:
            member.is_told = True
            with suppress(ProcessLookupError):
                os.kill(member.pid, number)

    def kill_overdue(self) -> None:
        """Kill those whose time has come."""
        now = time.monotonic()
        for member in self._members.values():
            if member.kill_at is not None and now >= member.kill_at:
                self.tell(member, signal.SIGKILL)

    def end(self, patience: float) -> None:
        """End all: politely at first, after so many seconds without mercy. Returns when they are gone."""
        signals.own()
        began = time.monotonic()
        for member in self._members.values():
            self.tell(member)
        while self._members:
            signals.wait(_POLL_SECONDS)
            self.reap()
            waited = time.monotonic() - began
            for member in self._members.values():
                is_starting = member.slot.state == STARTING
                if waited >= (min(patience, _START_PATIENCE) if is_starting else patience):
                    self.tell(member, signal.SIGKILL)
