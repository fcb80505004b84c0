"""`/predict`, caisson's own protocol, over real models."""

from __future__ import annotations

from typing import Any

import pytest

from support.predicting import (
    IRIS,
    OTHER,
    RECORD,
    ROW,
    Servers,
    predict,
    refusal,
)


@pytest.mark.parametrize("model", IRIS)
def test_rows_are_predicted(servers: Servers, model: str) -> None:
    response = predict(servers(model), [ROW, OTHER])
    assert (response.status_code, response.json()) == (200, {"predictions": [0, 2]})


@pytest.mark.parametrize("model", IRIS)
def test_one_row_may_stand_alone(servers: Servers, model: str) -> None:
    assert predict(servers(model), ROW).json() == {"predictions": [0]}


@pytest.mark.parametrize("model", IRIS)
def test_whole_numbers_are_numbers(servers: Servers, model: str) -> None:
    assert predict(servers(model), [[5, 3, 1, 0], [6.7, 3, 5.2, 2.3]]).json() == {"predictions": [0, 2]}


@pytest.mark.parametrize("model", IRIS)
@pytest.mark.parametrize("content_type", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_content_type_does_not_matter(servers: Servers, model: str, content_type: Any) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    response = servers(model).post("/predict", content=b'{"inputs": [[5.1, 3.5, 1.4, 0.2]]}', headers=headers)
    assert response.json() == {"predictions": [0]}


@pytest.mark.parametrize("model", ["iris_named", "iris_params"])
@pytest.mark.parametrize(
    "inputs",
    [
        [RECORD, {**RECORD, "more": "ignored"}],
        [dict(reversed(list(RECORD.items())))] * 2,
        {name: [value, value] for name, value in RECORD.items()},
    ],
    ids=["records", "records in another order", "columns"],
)
def test_named_columns_take_objects(servers: Servers, model: str, inputs: Any) -> None:
    assert predict(servers(model), inputs).json() == {"predictions": [0, 0]}


def test_one_record_may_stand_alone(servers: Servers) -> None:
    assert predict(servers("iris_named"), RECORD).json() == {"predictions": [0]}


def test_multiple_outputs_keep_their_shape(servers: Servers) -> None:
    predictions = predict(servers("multi_output"), [[5.1, 3.5], [6.7, 3.0]]).json()["predictions"]
    assert [len(row) for row in predictions] == [2, 2]


def test_many_rows(servers: Servers) -> None:
    assert predict(servers("iris_named"), [ROW, OTHER] * 5000).json() == {"predictions": [0, 2] * 5000}


def test_params(servers: Servers) -> None:
    response = predict(servers("describe_params"), ["a"], params={"top": 9})
    assert "'top': 9" in response.json()["predictions"]["params"]
    error, detail = refusal(predict(servers("describe_params"), ["a"], params={"top": "x"}))
    assert error == "Please provide params that fit the model's signature"
    assert "top" in detail


@pytest.mark.parametrize("kind", ["frame_with_nan", "array_with_nan", "list_with_nan"])
def test_nan_is_null(servers: Servers, kind: str) -> None:
    response = predict(servers("returns"), [1], params={"kind": kind})
    assert response.status_code == 200
    assert "null" in response.text
    assert not {"NaN", "Infinity"} & set(response.text.replace("-", " ").replace(",", " ").replace("]", " ").split())
