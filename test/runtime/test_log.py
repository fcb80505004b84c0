"""What lines of the log look like, in both formats."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from typing import Any, Dict, Iterator, List

import pytest

from caisson_server import log
from caisson_server.log.clock import Clock
from caisson_server.log.formats import JsonFormat, TextFormat
from caisson_server.web.answer import Answer
from caisson_server.web.request import Request

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(autouse=True)
def text_again() -> Iterator[None]:
    yield
    log.configure("text")


def request(target: bytes = b"/predict?secret=1", method: str = "POST", request_id: bytes = b"abc-1") -> Request:
    return Request(method, target, {b"x-request-id": request_id, b"host": b"private"}, 0.0)


def objects(lines: str) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def raised(error: BaseException) -> BaseException:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_text(capsys: Any) -> None:
    log.write("as it is")
    log.note("loads \n the model 'http://u:p@h/x?sig=abc'")
    log.ready({"port": 5001})
    log.failed("no\nmodel at http://u:p@h")
    assert capsys.readouterr().err == (
        "as it is\n"
        "caisson loads the model 'http://h/x?sig=[redacted]'\n"
        'caisson ready {"port": 5001}\n'
        "caisson failed: no model at http://h\n"
    )


def test_json(capsys: Any) -> None:
    log.configure("json")
    log.write('as "it" is')
    log.note("a  note")
    log.note("a warning of http://u:p@h", log.WARNING)
    first, second, third = objects(capsys.readouterr().err)
    assert TIME.fullmatch(first.pop("time"))
    assert first == {"level": "info", "message": 'as "it" is'}
    assert (second["level"], second["message"]) == ("info", "a note")
    assert (third["level"], third["message"]) == ("warning", "a warning of http://h")


def test_the_lines_that_run_waits_for_are_text_in_both_formats(capsys: Any) -> None:
    log.configure("json")
    log.ready({"port": 5001})
    log.failed("no model")
    assert capsys.readouterr().err == 'caisson ready {"port": 5001}\ncaisson failed: no model\n'


def test_an_exception_as_text(capsys: Any) -> None:
    log.exception("abc-1", raised(RuntimeError("cannot reach http://u:p@h")))
    log.exception(None, raised(SystemExit(3)))
    lines = capsys.readouterr().err
    assert lines.startswith("error id=abc-1\nTraceback (most recent call last):\n")
    assert "\nRuntimeError: cannot reach http://h\nerror\nTraceback" in lines
    assert lines.endswith("\nSystemExit: 3\n")


def test_an_exception_as_json(capsys: Any) -> None:
    log.configure("json")
    log.exception("abc-1", raised(RuntimeError("cannot reach http://u:p@h")))
    log.exception(None, raised(ValueError("two\nlines")))
    first, second = objects(capsys.readouterr().err)
    assert (first["level"], first["event"], first["id"]) == ("error", "error", "abc-1")
    assert first["message"] == "RuntimeError: cannot reach http://h"
    assert first["trace"].startswith("Traceback (most recent call last):\n")
    assert "id" not in second
    assert second["message"] == "lines"


def test_the_middle_of_a_long_stack_trace_is_left_out(capsys: Any) -> None:
    log.exception("abc-1", raised(ValueError("x" * 100_000)))
    lines = capsys.readouterr().err
    assert len(lines) < 17_000
    assert lines.startswith("error id=abc-1\nTraceback")
    assert "\n[…]\n" in lines
    assert lines.endswith("x\n")


def test_a_request_as_text() -> None:
    line = TextFormat().request(request(), Answer(200, b"body"), 0.001254)
    assert line == "request method=POST path=/predict status=200 outcome=ok ms=1.25 id=abc-1"


def test_a_request_as_json() -> None:
    fields = json.loads(JsonFormat().request(request(), Answer(400, b"body", outcome="bad_input"), 0.001254))
    assert TIME.fullmatch(fields.pop("time"))
    assert fields == {
        "level": "info",
        "event": "request",
        "method": "POST",
        "path": "/predict",
        "status": 400,
        "outcome": "bad_input",
        "ms": 1.25,
        "id": "abc-1",
    }


@pytest.mark.parametrize(
    "target, path",
    [
        (b"/a%0Ab%20c", "/a%0Ab%20c"),
        (b'/"\\x', "/%22%5Cx"),
        (b"/%F0%9F%98%80", "/%F0%9F%98%80"),
        (b"/\xff\x00", "/%C3%BF%00"),
    ],
)
def test_paths_cannot_break_a_line(target: bytes, path: str) -> None:
    answer = Answer(404, b"", outcome="bad_input")
    assert f" path={path} status=404 " in TextFormat().request(request(target), answer, 0.0)
    assert json.loads(JsonFormat().request(request(target), answer, 0.0))["path"] == path


def test_methods_and_ids_cannot_break_a_line_either() -> None:
    asked = request(method='A "B\n', request_id=b'a" b')
    line = TextFormat().request(asked, Answer(405, b""), 0.0)
    assert "method=A%20%22B%0A " in line
    assert asked.id != 'a" b'
    assert json.loads(JsonFormat().request(asked, Answer(405, b""), 0.0))["method"] == "A%20%22B%0A"


@pytest.mark.parametrize("line_format", [TextFormat(), JsonFormat()])
def test_ever_new_paths_do_not_fill_the_memory(line_format: Any) -> None:
    for number in range(2000):
        assert f"/x{number}" in line_format.request(request(b"/x%d" % number), Answer(404, b""), 0.0)
    names = line_format._name.__closure__  # noqa: SLF001
    known = next(cell.cell_contents for cell in names if isinstance(cell.cell_contents, dict))
    assert 0 < len(known) <= 512


def test_times() -> None:
    clock = Clock()
    assert clock.text(0) == "1970-01-01T00:00:00.000Z"
    assert clock.text(0.9996) == "1970-01-01T00:00:00.999Z"
    assert clock.text(1_767_225_599.5) == "2025-12-31T23:59:59.500Z"
    assert clock.text(1_767_225_600.001) == "2026-01-01T00:00:00.001Z"
    assert clock.text(1_767_225_599.25) == "2025-12-31T23:59:59.250Z"


def test_json_lines_have_the_time_of_now(capsys: Any) -> None:
    log.configure("json")
    before = time.time()
    log.note("now")
    told = objects(capsys.readouterr().err)[0]["time"]
    assert Clock().text(before) <= told <= Clock().text(time.time())


class Broken(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


class Closed(io.StringIO):
    def write(self, _text: str) -> int:
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize("stream", [Broken(), Closed(), None])
def test_a_broken_stderr_breaks_nothing_else(monkeypatch: pytest.MonkeyPatch, stream: Any) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    log.note("nobody reads this")


def test_lines_wait_while_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    start, attempts = threading.Thread.start, []

    def fail_at_first(thread: threading.Thread) -> None:
        attempts.append(thread)
        if len(attempts) == 1:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", fail_at_first)
    access_log = log.AccessLog(log.in_background())
    access_log.add(request(), Answer(200, b""), 0.001)
    access_log.add(request(), Answer(200, b""), 0.002)
    log.close(10)
    assert len(attempts) == 2
    assert re.findall("ms=(.{4})", capsys.readouterr().err) == ["1.00", "2.00"]


def test_closing_twice_or_without_need(capsys: Any) -> None:
    log.close()
    log.in_background()
    log.close()
    log.note("at once")
    assert capsys.readouterr().err == "caisson at once\n"
