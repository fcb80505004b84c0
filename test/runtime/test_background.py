"""The thread behind the log and the traces: nothing that was told to it is forgotten."""

from __future__ import annotations

import threading
from typing import List

import pytest

from caisson_server.background import Background
from support.web import wait_until


@pytest.mark.parametrize("hurries", [False, True])
def test_every_call_is_followed_by_a_round(hurries: bool) -> None:  # noqa: FBT001
    for _ in range(100):
        queue: List[int] = []
        done: List[int] = []

        def work(queue: List[int] = queue, done: List[int] = done) -> None:
            while queue:
                done.append(queue.pop(0))

        background = Background("test", work, 0.001)
        for number in range(3):
            queue.append(number)
            if hurries:
                # As for a line that wants to be seen at once: the first round may be over before `call` returns.
                background.hurry()
            if not background.is_called:
                background.call()
            wait_until(lambda number=number, done=done: number in done, 2.0)  # type: ignore[misc]
        background.close(1.0)
    assert threading.active_count() < 50
