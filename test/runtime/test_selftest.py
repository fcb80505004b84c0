"""selftest.py beside a server process: questions from the model and from the user, and the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

from support.models import ModelShelf
from support.process import ServerProcess, write_image

FLOWER = [5.1, 3.5, 1.4, 0.2]


class Subject:
    """A server, and what its self-test reports."""

    def __init__(self, serve: Path, server: ServerProcess, model: Path, **environ: str) -> None:
        self._script = serve.parent / "selftest.py"
        self._server = server
        self._model = model
        self._environ = environ

    def report(self, *requests: Any, model: bool = True) -> Any:
        head = {
            "port": self._server.port,
            "model_folder": str(self._model) if model else None,
            "seconds": 20,
            "requests": len(requests),
        }
        order = "".join(json.dumps(line) + "\n" for line in (head, *requests))
        done = subprocess.run(
            [sys.executable, str(self._script)],
            input=order,
            env=self._environ,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            encoding="utf-8",
        )
        return json.loads(done.stdout)

    def asked(self, *requests: Any) -> Any:
        """Of the user's own requests alone."""
        return self.report(*requests, model=False)["asked"]


def start(tmp_path: Path, model: Path, **environ: str) -> Iterator[Subject]:
    serve = write_image(tmp_path)
    with ServerProcess(serve, model, environ=environ) as server:
        server.wait_ready()
        yield Subject(serve, server, model, **environ)


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory, shelf: ModelShelf) -> Iterator[Subject]:
    yield from start(tmp_path_factory.mktemp("iris"), shelf.folder("mlflow2-iris-columns"))


def test_asks_the_models_own_example(iris: Subject) -> None:
    report = iris.report()
    (asked,) = report["asked"]
    assert (asked["source"], asked["path"], asked["status"]) == ("saved_example", "/invocations", 200)
    assert asked["problem"] is None
    assert 0 < asked["milliseconds"] < 20_000
    # The machine's other processes are not in a container.
    assert report["memory_bytes"] > 20_000_000


@pytest.mark.parametrize(
    "name, source, problem",
    [
        ("iris_named", "signature", None),
        ("iris_tensor", "signature", None),
        ("raises", "guess", None),
        ("describe_all_types", "guess", None),
        ("describe_unnamed", "signature", None),
    ],
)
def test_makes_a_question_from_the_signature(
    tmp_path: Path, shelf: ModelShelf, name: str, source: str, problem: Any
) -> None:
    for tested in start(tmp_path, shelf.folder(name)):
        (asked,) = tested.report()["asked"]
        assert (asked["source"], asked["status"], asked["problem"]) == (source, 200, problem)


def test_has_nothing_to_ask_without_example_and_signature(tmp_path: Path, shelf: ModelShelf) -> None:
    for tested in start(tmp_path, shelf.folder("mlflow2-iris-no-signature")):
        assert tested.report()["asked"] == []


def test_the_users_requests_follow_the_example(iris: Subject) -> None:
    asked = iris.report({"inputs": [FLOWER]}, {"request": {"dataframe_split": {"data": [FLOWER]}}})["asked"]
    assert [(each["source"], each["path"]) for each in asked] == [
        ("saved_example", "/invocations"),
        ("yours", "/predict"),
        ("yours", "/invocations"),
    ]


@pytest.mark.parametrize(
    "request_, problem",
    [
        ({"inputs": [FLOWER], "expected": [0]}, None),
        ({"inputs": [FLOWER], "expected": [0.0000000000001]}, None),
        ({"inputs": [FLOWER], "expected": [1]}, "predictions[0] is 0 instead of 1"),
        ({"inputs": [FLOWER], "expected": [0, 0]}, "predictions has 1 items instead of 2"),
        ({"inputs": [FLOWER], "expected": 0}, "predictions is [0] instead of 0"),
        ({"inputs": [FLOWER], "status": 400}, "status 200 instead of 400"),
        ({"inputs": [["x"]], "status": 400}, None),
        ({"inputs": [["x"]]}, "status 400 instead of 200"),
        ({"inputs": [FLOWER], "path": "/invocations"}, "status 400 instead of 200"),
        (
            {
                "request": "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n5.1,3.5,1.4,0.2\n",
                "content_type": "text/csv",
                "expected": [0],
            },
            None,
        ),
        ({"request": "no JSON"}, "status 400 instead of 200"),
    ],
)
def test_judges_the_users_requests(iris: Subject, request_: Any, problem: Any) -> None:
    (asked,) = iris.asked(request_)
    assert asked["problem"] == problem
    assert ("answer" in asked) == ("request" in asked) == (problem is not None)


def test_shows_what_was_asked_and_answered(iris: Subject) -> None:
    (asked,) = iris.asked({"inputs": [["ü" * 3000]]})
    assert asked["request"].startswith('{"inputs": [["')
    assert len(asked["request"]) == 2001
    assert json.loads(asked["answer"])["error"] == "Please provide numerical values in inputs"


def test_knows_the_servers_api_key(tmp_path: Path, shelf: ModelShelf) -> None:
    keys = tmp_path / "keys"
    keys.write_text("# ours\nfirst-key-of-two\nsecond-key-of-two\n")
    for tested in start(tmp_path, shelf.folder("mlflow2-iris-columns"), CAISSON_API_KEY_FILE=str(keys)):
        assert [each["problem"] for each in tested.report()["asked"]] == [None]


def test_a_server_that_is_gone_is_no_crash(tmp_path: Path, shelf: ModelShelf) -> None:
    for tested in start(tmp_path, shelf.folder("raises")):
        (asked,) = tested.asked({"inputs": [["exit"]], "path": "/predict"})
        assert asked["problem"] is not None
        tested._server.stop()  # noqa: SLF001 - a server that went away
        (asked,) = tested.asked({"inputs": [["x"]]})
        assert (asked["status"], asked["problem"]) == (
            None,
            "the server broke the connection off (ConnectionRefusedError)",
        )
