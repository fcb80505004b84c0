"""Lines of several processes and threads stay whole, and nobody waits for a reader that does not read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest

import caisson_server

FOLDER = Path(caisson_server.__file__).parent.parent
PRELUDE = """
import os, sys, threading, time
from caisson_server import log
from caisson_server.log import stderr
from caisson_server.web.answer import Answer
from caisson_server.web.request import Request
REQUEST = Request("POST", b"/predict", {b"x-request-id": b"abc"}, 0.0)
ANSWER = Answer(200, b"")
"""


def start(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", PRELUDE + code], cwd=FOLDER, stderr=subprocess.PIPE)


def lines_of(code: str) -> List[str]:
    with start(code) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert err.endswith(b"\n")
    return err.decode().splitlines()


def test_long_lines_of_processes_and_threads_stay_whole() -> None:
    lines = lines_of("""
log.configure("text")
def work(letter):
    for _ in range(20):
        log.write(letter * 30_000)
def child(letters):
    threads = [threading.Thread(target=work, args=(letter,)) for letter in letters]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
for letters in ("ab", "cd", "ef"):
    if os.fork() == 0:
        child(letters)
        os._exit(0)
for _ in range(3): os.wait()
""")
    assert sorted({line[0] for line in lines}) == list("abcdef")
    assert len(lines) == 120
    assert all(line == line[0] * 30_000 for line in lines)


def test_access_logs_of_processes_stay_whole() -> None:
    lines = lines_of("""
log.configure("json")
for _ in range(3):
    if os.fork() == 0:
        access_log = log.AccessLog(log.in_background())
        for _ in range(5000):
            access_log.add(REQUEST, ANSWER, 0.001)
        log.close(30)
        os._exit(0)
for _ in range(3): os.wait()
""")
    found: List[Dict[str, Any]] = [json.loads(line) for line in lines]
    assert len(found) == 15_000
    assert all((line["path"], line["id"], line["ms"]) == ("/predict", "abc", 1.0) for line in found)


def test_the_lock_of_a_process_that_is_killed_is_free() -> None:
    lines = lines_of("""
import signal
log.configure("text")
reader, writer = os.pipe()
pid = os.fork()
if pid == 0:
    import fcntl
    fcntl.lockf(stderr._Turns.descriptor, fcntl.LOCK_EX)
    os.write(writer, b"x")
    time.sleep(60)
os.read(reader, 1)
started = time.monotonic()
log.write("lost")
assert 0.9 < time.monotonic() - started < 3
os.kill(pid, signal.SIGKILL)
os.wait()
log.write("seen")
""")
    assert lines == ["seen"]


def test_a_fork_does_not_inherit_a_held_lock_or_a_thread_that_is_not_there() -> None:
    lines = lines_of("""
log.in_background()
stderr._Turns.lock.acquire()
log.note("waits")
time.sleep(0.5)
if os.fork() == 0:
    log.note("of the child")
    os._exit(0)
os.wait()
stderr._Turns.lock.release()
log.close(10)
""")
    assert lines == ["caisson of the child", "caisson waits"]


def test_nobody_waits_for_a_reader_that_does_not_read() -> None:
    with start("""
log.configure("text")
access_log = log.AccessLog(log.in_background())
def longest(work):
    took = 0.0
    for _ in range(10_000):
        started = time.monotonic()
        work()
        took = max(took, time.monotonic() - started)
    return took
took = max(longest(lambda: access_log.add(REQUEST, ANSWER, 0.001)), longest(lambda: log.note("x" * 300)))
assert took < 0.5, took
started = time.monotonic()
log.close(0.3)
assert time.monotonic() - started < 0.9
started = time.monotonic()
log.note("lost")
assert 0.9 < time.monotonic() - started < 2
os._exit(7)
""") as process:
        assert process.wait(60) == 7


def test_dropped_lines_are_counted() -> None:
    with start("""
log.configure("text")
access_log = log.AccessLog(log.in_background())
for _ in range(20_000):
    access_log.add(REQUEST, ANSWER, 0.001)
time.sleep(0.5)
for _ in range(20_000):
    access_log.add(REQUEST, ANSWER, 0.001)
log.close(30)
""") as process:
        time.sleep(2)
        assert process.stderr
        lines = process.stderr.read().decode().splitlines()
    assert process.returncode == 0
    requests = sum(line.startswith("request ") for line in lines)
    dropped = [int(line.split()[2]) for line in lines if line.startswith("caisson dropped ")]
    assert sum(dropped) > 10_000
    assert requests + sum(dropped) == 40_000


def test_lines_are_written_soon_and_in_order() -> None:
    with start("""
log.configure("text")
access_log = log.AccessLog(log.in_background())
access_log.add(REQUEST, ANSWER, 0.001)
time.sleep(1)
access_log.add(REQUEST, ANSWER, 0.002)
log.exception("abc", ValueError("x"))
time.sleep(60)
""") as process:
        assert process.stderr
        started = time.monotonic()
        assert process.stderr.readline().startswith(b"request method=POST path=/predict")
        first = time.monotonic()
        # An error does not wait for others, and stands before the line of its request.
        assert process.stderr.readline() == b"error id=abc\n"
        assert process.stderr.readline() == b"ValueError: x\n"
        assert b"ms=2.00" in process.stderr.readline()
        assert time.monotonic() - first < 2
        assert first - started < 30
        process.kill()


def test_a_process_that_serves_starts_no_thread_before_the_first_line() -> None:
    lines = lines_of("""
log.configure("text")
access_log = log.AccessLog(log.in_background())
assert threading.active_count() == 1
log.note("one")
assert threading.active_count() == 2
log.close()
assert threading.active_count() == 1
log.note("two")
assert threading.active_count() == 1
""")
    assert lines == ["caisson one", "caisson two"]


@pytest.mark.parametrize("has_memfd", [True, False])
def test_the_shared_file_leaves_nothing_behind(has_memfd: bool, tmp_path: Path) -> None:  # noqa: FBT001
    prepare = "" if has_memfd else "del os.memfd_create\n"
    lines = lines_of(f"""
{prepare}import tempfile
tempfile.tempdir = {str(tmp_path)!r}
log.configure("text")
log.configure("json")
assert stderr._Turns.descriptor is not None
assert not os.get_inheritable(stderr._Turns.descriptor)
log.ready({{}})
""")
    assert lines == ["caisson ready {}"]
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_for_files_lines_are_written_all_the_same(tmp_path: Path) -> None:
    lines = lines_of(f"""
import tempfile
del os.memfd_create
tempfile.tempdir = {str(tmp_path / "missing")!r}
log.configure("text")
assert stderr._Turns.descriptor is None
log.note("one")
""")
    assert lines == ["caisson one"]


def test_a_pipe_that_never_waits() -> None:
    with start("""
os.set_blocking(2, False)
log.configure("text")
log.in_background()
log.note("x" * 1_000_000)
log.close(30)
log.note("y" * 200_000)
""") as process:
        time.sleep(1)
        assert process.stderr
        lines = process.stderr.read().decode().splitlines()
    assert lines == ["caisson " + "x" * 1_000_000, "caisson " + "y" * 200_000]
