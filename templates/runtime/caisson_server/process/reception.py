"""When the waiting room is open: whenever no worker is ready."""

from __future__ import annotations

import time

from .. import log
from ..startup.model_source import BakedModel
from .board import READY, STOPPING
from .crew import ROOM, WORKER, Ended
from .deaths import describe
from .launch import Launch
from .room import PATIENCE_SECONDS, room_task

#: After a waiting room that died: whatever killed it may kill the next one as well.
_PAUSE_SECONDS = 1.0


class Reception:
    """Opens and closes the waiting room."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._closed_until = 0.0

    def open(self) -> None:
        """Open it at once."""
        source, settings = self._launch.order.source, self._launch.settings
        folder = source.folder if isinstance(source, BakedModel) else settings.model_folder
        self._launch.crew.start(ROOM, room_task(self._launch, folder))

    def mind(self) -> None:
        """Open it or close it, as the workers stand now."""
        crew = self._launch.crew
        open_rooms = [room for room in crew.of(ROOM) if not room.is_told]
        if any(worker.slot.state == READY for worker in crew.of(WORKER)):
            for room in open_rooms:
                crew.tell(room)
                room.kill_at = time.monotonic() + 2 * PATIENCE_SECONDS
        elif not open_rooms and crew.has_room and time.monotonic() >= self._closed_until:
            self.open()

    @property
    def is_closed(self) -> bool:
        """Whether nobody is sent there any more; the last guests may still be inside."""
        return all(room.slot.state == STOPPING for room in self._launch.crew.of(ROOM))

    def note_end(self, ended: Ended) -> None:
        """A process has ended; only that of a waiting room matters here."""
        if ended.member.role == ROOM and not ended.member.is_told:
            self._closed_until = time.monotonic() + _PAUSE_SECONDS
            log.note(f"{ended.member.name} {describe(ended.status)}")
