"""A handler's `pre` and `post` around `/predict`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable

import numpy as np
import pytest

from support.apps import ScoringClient
from support.fake_model import FakeModel


@pytest.fixture
def served(tmp_path: Any) -> Callable[..., ScoringClient]:
    def serve(**steps: Any) -> ScoringClient:
        return ScoringClient(FakeModel(lambda array: array.sum(axis=1)), tmp_path, SimpleNamespace(**steps))

    return serve


def raising(error: BaseException) -> Callable[[Any], Any]:
    def step(_value: Any) -> Any:
        raise error

    return step


Served = Callable[..., ScoringClient]


@pytest.mark.parametrize(
    "steps", [{}, {"pre": None, "post": None}, {"pre": lambda inputs: inputs}, {"post": lambda found: found}]
)
def test_steps_that_change_nothing(served: Served, steps: Any) -> None:
    response = served(**steps).post("/predict", json={"inputs": [[1, 2], [3, 4]]})
    assert (response.status_code, response.json()) == (200, {"predictions": [3.0, 7.0]})


def test_pre_gives_the_inputs(served: Served) -> None:
    client = served(pre=lambda inputs: [[float(word) for word in inputs["words"].split()]])
    assert client.post("/predict", json={"inputs": {"words": "1 2"}}).json() == {"predictions": [3.0]}


def test_pre_may_give_arrays(served: Served) -> None:
    client = served(pre=lambda inputs: np.array(inputs) * 2)
    assert client.post("/predict", json={"inputs": [[1, 2]]}).json() == {"predictions": [6.0]}


def test_post_gives_the_predictions(served: Served) -> None:
    client = served(post=lambda found: {"sums": found, "largest": found.max()})
    assert client.post("/predict", json={"inputs": [[1, 2], [3, 4]]}).json() == {
        "predictions": {"sums": [3.0, 7.0], "largest": 7.0}
    }


def test_post_gets_the_rows_of_its_own_request(served: Served) -> None:
    client = served(post=lambda found: [*found.tolist(), len(found)])
    bodies = [b'{"inputs": [[1, 2]]}', b'{"inputs": [[3, 4], [5, 6]]}']
    responses = client.post_together("/predict", [(body, None) for body in bodies])
    assert [one.json() for one in responses] == [{"predictions": [3.0, 1]}, {"predictions": [7.0, 11.0, 2]}]


def test_errors_speak_of_what_pre_gave(served: Served) -> None:
    client = served(pre=lambda inputs: [[inputs, "x"]])
    response = client.post("/predict", json={"inputs": 1})
    assert (response.status_code, response.json()["detail"]) == (400, "row 1, column 2 (b): 'x' is not a number")


@pytest.mark.parametrize(
    "error, detail",
    [
        (ValueError("send words in\nEnglish"), "send words in English"),
        (TypeError("no list"), "no list"),
        (KeyError("words"), "KeyError: 'words'"),
        (IndexError(), "IndexError"),
        (ValueError("cannot open /tmp/secret/file"), "cannot open <path>"),
    ],
)
def test_inputs_that_pre_refuses(served: Served, error: Exception, detail: str) -> None:
    response = served(pre=raising(error)).post("/predict", json={"inputs": [[1, 2]]})
    assert (response.status_code, response.outcome) == (400, "bad_input")
    assert response.json() == {"error": "Please provide numerical values in inputs", "detail": detail}


@pytest.mark.parametrize("error", [RuntimeError("secret"), SystemExit("secret"), KeyboardInterrupt("secret")])
def test_a_pre_that_fails(served: Served, error: BaseException, capfd: Any) -> None:
    response = served(pre=raising(error)).post("/predict", json={"inputs": [[1, 2]]})
    assert (response.status_code, response.outcome) == (500, "model_error")
    assert response.json()["error"] == "The handler failed"
    assert "secret" not in response.text
    assert "secret" in capfd.readouterr().err


@pytest.mark.parametrize("error", [ValueError("secret"), SystemExit("secret")])
def test_a_post_that_fails_is_not_the_clients_fault(served: Served, error: BaseException, capfd: Any) -> None:
    response = served(post=raising(error)).post("/predict", json={"inputs": [[1, 2]]})
    assert (response.status_code, response.outcome) == (500, "model_error")
    assert response.json()["error"] == "The handler failed"
    assert "secret" not in response.text
    assert "secret" in capfd.readouterr().err


def test_a_post_that_gives_what_json_cannot_say(served: Served) -> None:
    response = served(post=lambda _found: {1}).post("/predict", json={"inputs": [[1, 2]]})
    assert (response.status_code, response.outcome) == (500, "model_error")


def test_invocations_know_no_handler(served: Served) -> None:
    client = served(pre=raising(ValueError("no")), post=raising(ValueError("no")))
    body = b'{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}'
    assert client.post("/invocations", content=body).json() == {"predictions": [3.0]}
