"""Workers that run but do not work: stuck, silent, or told to end by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Optional

from .board import READY, STOPPING, STUCK
from .crew import Member
from .deaths import STUCK_EXIT_CODE, describe_exit

#: Between two looks; a longer gap means that the supervisor itself stood still, as in a paused container.
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Loss:
    """A worker that has to be replaced though it still runs."""

    member: Member
    #: What happened, for the log.
    how: str
    #: Whether it may finish what it has begun. A worker whose event loop hangs cannot.
    may_finish: bool


class Watch:
    """Looks after the workers that have not been asked to end."""

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._last_look: Optional[float] = None

    def losses(self, workers: Iterable[Member], now: float) -> List[Loss]:
        """Those that are lost since the last look; `now` is `time.monotonic`'s."""
        elapsed = 0.0 if self._last_look is None else min(now - self._last_look, 2 * LOOK_SECONDS)
        self._last_look = now
        losses = []
        for member in workers:
            if member.is_lost or member.is_told:
                continue
            if member.slot.state == STUCK:
                losses.append(Loss(member, describe_exit(STUCK_EXIT_CODE), may_finish=True))
            elif member.slot.state == STOPPING:
                losses.append(Loss(member, "was told to end by another process", may_finish=True))
            elif self._is_silent(member, elapsed):
                losses.append(Loss(member, f"did not respond for {self._silence:g} s", may_finish=False))
        return losses

    def _is_silent(self, member: Member, elapsed: float) -> bool:
        # Loading a model may take any time.
        if member.slot.state != READY or member.slot.beats != member.beats:
            member.beats = member.slot.beats
            member.silent_seconds = 0.0
        else:
            member.silent_seconds += elapsed
        # A beat may have come just before it was seen, and just after the look before that.
        return member.silent_seconds >= self._silence + 2 * LOOK_SECONDS
