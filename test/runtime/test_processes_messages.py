"""What processes tell each other: the board, and reports."""

from __future__ import annotations

import os
import signal

import pytest

from caisson_server.errors import ConfigurationError, StartupError
from caisson_server.process.board import FREE, READY, STARTING, STOPPING, Board
from caisson_server.process.report import Report, failure, failure_reason, is_ready


def test_the_board_is_shared_with_children_and_slots_are_apart() -> None:
    board = Board(3)
    assert [slot.state for slot in board.slots] == [FREE] * 3
    board.slots[1].connections = 7
    board.slots[1].take()
    assert (board.slots[1].state, board.slots[1].connections) == (STARTING, 0)
    pid = os.fork()
    if pid == 0:
        slot = board.slots[1]
        slot.pid, slot.connections, slot.state = os.getpid(), 5, READY
        slot.beat()
        slot.beat()
        os._exit(0)
    os.waitpid(pid, 0)
    slot = board.slots[1]
    assert (slot.state, slot.is_ready, slot.pid, slot.connections, slot.beats) == (READY, True, pid, 5, 2)
    for other in (board.slots[0], board.slots[2]):
        assert (other.state, other.pid, other.connections, other.beats) == (FREE, 0, 0, 0)


def test_only_other_workers_that_are_ready_count_as_less_crowded() -> None:
    board = Board(4)
    states = (READY, STARTING, READY, READY)
    for slot, state, connections in zip(board.slots, states, (9, 0, 4, 6)):
        slot.take()
        slot.state, slot.connections = state, connections
    assert [slot.least_crowded_other() for slot in board.slots] == [4, 4, 6, 4]
    board.slots[2].state = board.slots[3].state = STOPPING
    assert board.slots[0].least_crowded_other() == 9


def test_reports() -> None:
    report = Report()
    assert report.receive() is None
    report.send_ready(3, {"loader": "x"})
    message = report.receive()
    assert message == {"workers": 3, "facts": {"loader": "x"}}
    assert is_ready(message)
    assert failure_reason(message) is None
    assert report.receive() is None


def test_the_last_report_counts(capfd: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.send_ready(3, {})
    report.send_failure(ValueError("two\nlines " + "x" * 5000))
    report.close_sender()
    message = report.receive()
    reason = failure_reason(message)
    assert reason is not None
    assert reason.startswith("ValueError: two\nlines xx")
    assert len(reason) == 4000
    assert "ValueError: two" in capfd.readouterr().err
    assert report.receive() is None
    report.close()


@pytest.mark.parametrize("error", [StartupError("no model"), ConfigurationError("no value")])
def test_a_failure_is_told_by_its_own_words_and_code(error: StartupError, capfd: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.send_failure(error)
    told = failure(report.receive(), 1 << 8, "serves the model")
    assert (type(told), str(told), told.exit_code) == (type(error), str(error), error.exit_code)
    assert capfd.readouterr().err == ""


def test_a_failure_without_words() -> None:
    told = failure(None, signal.SIGBUS, "serves the model")
    assert str(told) == "the process that serves the model was killed by SIGBUS"
