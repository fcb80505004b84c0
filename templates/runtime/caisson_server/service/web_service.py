"""Doors and lanes behind the seam that process/ holds."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence

from ..lanes.lanes import Lanes
from ..process.board import Slot
from ..web.http.doors import Doors, Neighbours

#: After its time-out a prediction has so long to come to its end before it is taken to hang.
_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Entrance:
    """Doors and the listening sockets that they open at."""

    doors: Doors
    sockets: Sequence[socket.socket]


@dataclass(frozen=True)
class Ends:
    """What else is to be done when doors close, and when all is over."""

    at_closing: Sequence[Callable[[], None]] = ()
    at_end: Sequence[Callable[[], None]] = ()


class WebService:
    """Satisfies process.context.Service. `lanes` is None where nothing is predicted."""

    def __init__(
        self,
        entrances: Sequence[Entrance],
        lanes: Optional[Lanes],
        facts: Mapping[str, Any],
        ends: Ends,
    ) -> None:
        self.facts = facts
        self._entrances = entrances
        self._lanes = lanes
        self._ends = ends

    def start(self) -> None:
        """See Service."""
        for entrance in self._entrances:
            entrance.doors.open(entrance.sockets)

    def stop_accepting(self, *, take_queue: bool) -> None:
        """See Service."""
        for entrance in self._entrances:
            entrance.doors.close(take_queue=take_queue)
        for end in self._ends.at_closing:
            end()

    def is_idle(self) -> bool:
        """See Service."""
        return all(entrance.doors.is_empty for entrance in self._entrances)

    def is_stuck(self) -> bool:
        """See Service."""
        return self._lanes is not None and self._lanes.is_stuck(_GRACE_SECONDS)

    def close(self) -> None:
        """See Service."""
        if self._lanes is not None:
            self._lanes.close()
        for end in self._ends.at_end:
            end()


class BoardNeighbours(Neighbours):
    """The other workers, as the board knows them."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot

    def tell(self, connections: int) -> None:
        """See Neighbours."""
        self._slot.connections = connections

    def fewest(self) -> Optional[int]:
        """See Neighbours."""
        return self._slot.least_crowded_other()
