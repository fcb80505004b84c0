"""The server starting itself anew: what it hands over, and that no signal is lost on the way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List

import pytest

from caisson_server.errors import ConfigurationError
from caisson_server.process.resume import Resume, adopt, parse, start_anew

RUNTIME = Path(__file__).resolve().parents[2] / "templates" / "runtime"


def test_what_is_handed_over_arrives() -> None:
    resume = Resume((3, 4), 5, "/tmp/a/b", "/tmp/a", 12.5)  # noqa: S108 - a name
    assert parse(json.dumps(asdict(resume))) == resume
    assert parse(None) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sockets": [1]}', '{"sockets": ["x"], "started": 1}', "7"])
def test_nobody_else_may_use_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--resume is for the server itself"):
        parse(text)


def test_sockets_are_adopted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (adopted,) = adopt(Resume((os.dup(listener.fileno()),), 0, None, None, 0.0))
        with adopted:
            assert adopted.getsockname() == listener.getsockname()
            assert (adopted.family, adopted.type) == (listener.family, listener.type)
            assert not adopted.get_inheritable()


class Replaced(Exception):  # noqa: N818 - what happens, not an error
    pass


def test_the_program_is_called_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: List[Any] = []

    def execve(*call: Any) -> None:
        calls.append(call)
        raise Replaced

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(sys, "argv", ["serve.py", "serve"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "-X", "dev", "serve.py", "serve"], raising=False)
    reader, writer = os.pipe()
    resume = Resume((reader,), writer, None, None, 1.0)
    environ: Dict[str, str] = {"A": "b"}
    with pytest.raises(Replaced):
        start_anew(resume, ["serve"], environ)
    ((program, command, given),) = calls
    assert (program, given) == (sys.executable, environ)
    assert command[:-1] == [sys.executable, "-X", "dev", "serve.py", "serve", "--resume"]
    assert parse(command[-1]) == resume
    assert os.get_inheritable(reader)
    assert os.get_inheritable(writer)
    os.close(reader)
    os.close(writer)


_SIGNAL_BEFORE_EXEC = """
import os, signal, sys, threading, time
from caisson_server.process import signals

number, delay, *recorded = sys.argv[1:]
if recorded:
    try:
        signals.replay(int(recorded[0]))
    except signals.StopError:
        print("handled")
    else:
        # The kernel keeps what no thread has taken.
        print("waits" if signals.wait(0) in signals.STOP else "nothing")
    sys.exit()
signals.own()
with signals.stoppable():
    # As a model's thread: it blocks no signals.
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
descriptor = signals.record()
os.set_inheritable(descriptor, True)
os.kill(os.getpid(), int(number))
time.sleep(float(delay))
os.execv(sys.executable, [sys.executable, __file__, number, delay, str(descriptor)])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("delay, results", [("0.2", ["handled"]), ("0", ["handled", "waits"])])
def test_a_signal_just_before_the_new_start_is_not_lost(
    tmp_path: Path, number: int, delay: str, results: List[str]
) -> None:
    assert after_exec(tmp_path, number, delay) in results


def test_other_signals_do_not_stop_the_new_start(tmp_path: Path) -> None:
    assert after_exec(tmp_path, signal.SIGCHLD, "0.2") == "nothing"


def after_exec(folder: Path, number: int, delay: str) -> str:
    script = folder / "program.py"
    script.write_text(_SIGNAL_BEFORE_EXEC)
    command = [sys.executable, str(script), str(int(number)), delay]
    environ = {**os.environ, "PYTHONPATH": str(RUNTIME)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip()
