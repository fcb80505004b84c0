"""Requests to `/predict`, and what its refusals begin with."""

from __future__ import annotations

from typing import Any, Callable

NO_INPUTS = 'Please provide an array of "inputs"'
NOT_NUMERICAL = "Please provide numerical values in inputs"
NOT_FITTING = "Please provide values in inputs that fit the model's signature"
BAD_JSON = "Please provide valid JSON"
ROW = [5.1, 3.5, 1.4, 0.2]
OTHER = [6.7, 3.0, 5.2, 2.3]
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
RECORD = dict(zip(NAMES, ROW))
IRIS = ["iris_unsigned", "iris_named", "iris_tensor", "iris_params"]
Servers = Callable[[str], Any]


def predict(client: Any, inputs: Any, **more: Any) -> Any:
    return client.post("/predict", json={"inputs": inputs, **more})


def refusal(response: Any) -> Any:
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error", "detail"}
    return body["error"], body["detail"]


def described(servers: Servers, model: str, inputs: Any) -> Any:
    response = predict(servers(model), inputs)
    assert response.status_code == 200, response.text
    return response.json()["predictions"]["input"]
