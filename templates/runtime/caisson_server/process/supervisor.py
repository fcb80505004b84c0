"""Supervision: workers that die are replaced, and while none is ready the waiting room is open."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Dict, Optional

from .. import log
from ..errors import StartupError
from . import signals
from .board import STARTING
from .crew import WORKER, Ended, Member
from .deaths import Deaths, describe
from .launch import Launch
from .reception import Reception
from .report import Message, failure, failure_reason, is_ready
from .watch import LOOK_SECONDS, Watch
from .worker import Team, worker_task


class Supervisor:
    """Runs the team's workers until SIGTERM or SIGINT. Whoever made it ends the children."""

    def __init__(self, launch: Launch, reception: Reception, team: Team) -> None:
        self._launch = launch
        self._crew = launch.crew
        self._team = team
        self._reception = reception
        self._watch = Watch(max(launch.patience.silence, launch.settings.request_timeout))
        self._deaths = Deaths()
        self._was_ready = False
        #: The ready line, until it is written.
        self._unsaid: Optional[Dict[str, Any]] = None
        self._no_hire_before = 0.0

    def run(self) -> None:
        """Return after SIGTERM or SIGINT. Raises StartupError when no worker can start, or too many die."""
        while True:
            self._welcome()
            self._bury()
            self._replace_hanging()
            self._hire()
            self._crew.kill_overdue()
            self._reception.mind()
            self._announce()
            if signals.wait(self._seconds_to_wait()) in signals.STOP:
                return

    def _welcome(self) -> None:
        for member in self._crew.of(WORKER):
            if not member.was_ready and member.slot.state != STARTING:
                message = member.report.receive()
                if message is not None and is_ready(message):
                    self._greet(member, message)

    def _greet(self, member: Member, message: Message) -> None:
        member.was_ready = True
        if not self._was_ready:
            self._was_ready = True
            self._team = replace(self._team, workers=message["workers"])
            self._unsaid = self._facts(message)
        elif self._deaths.any:
            log.note(f"{member.name} is ready")

    def _announce(self) -> None:
        """The ready line comes when the waiting room is closed: nobody who has read it gets a 503 from there."""
        if self._unsaid is not None and self._reception.is_closed:
            log.ready(self._unsaid)
            self._unsaid = None

    def _facts(self, message: Message) -> Dict[str, Any]:
        order = self._launch.order
        return {
            "model_uri": self._launch.model_uri,
            "model_folder": str(self._team.folder),
            "port": order.settings.port,
            "load_seconds": round(time.monotonic() - order.started, 2),
            "workers": message["workers"],
            **message["facts"],
        }

    def _bury(self) -> None:
        for ended in self._crew.reap():
            member = ended.member
            self._launch.composition.forget(self._launch.metrics, member.slot.index)
            self._reception.note_end(ended)
            if member.role == WORKER and not member.is_lost:
                self._bury_worker(ended)

    def _bury_worker(self, ended: Ended) -> None:
        if ended.message is not None and is_ready(ended.message):
            # It was ready only for a moment.
            self._greet(ended.member, ended.message)
        if not self._was_ready:
            raise failure(ended.message, ended.status, "serves the model")
        reason = failure_reason(ended.message)
        self._count(ended.member, describe(ended.status) if reason is None else f"failed: {reason}")

    def _replace_hanging(self) -> None:
        now = time.monotonic()
        for loss in self._watch.losses(self._crew.of(WORKER), now):
            self._count(loss.member, loss.how)
            loss.member.is_lost = True
            loss.member.kill_at = now + self._launch.answer_seconds if loss.may_finish else now

    def _count(self, member: Member, how: str) -> None:
        """A worker is lost. Raises StartupError when it is better to give up than to replace it."""
        self._launch.composition.count_death(self._launch.metrics)
        now = time.monotonic()
        try:
            delay = self._deaths.count(how, now=now, age=now - member.born, was_ready=member.was_ready)
        except StartupError:
            log.note(f"{member.name} {how}", log.ERROR)
            raise
        self._no_hire_before = now + delay
        when = f" in {delay:g} s" if delay else ""
        log.note(f"{member.name} {how}; a new one starts{when}", log.WARNING)

    def _hire(self) -> None:
        while self._is_hiring():
            self._crew.start(WORKER, worker_task(self._launch, self._team))

    def _is_hiring(self) -> bool:
        members = [member for member in self._crew.of(WORKER) if not member.is_lost]
        is_short = len(members) < (self._team.workers or 1)
        # Loading is work, and those that serve need the CPUs; a fork is nothing.
        loading = 0 if self._team.loaded else sum(not member.was_ready for member in members)
        is_time = time.monotonic() >= self._no_hire_before and loading < self._launch.limits.cpus
        return is_short and is_time and self._crew.has_room

    def _seconds_to_wait(self) -> float:
        pause = self._no_hire_before - time.monotonic()
        return min(pause, LOOK_SECONDS) if pause > 0 else LOOK_SECONDS
