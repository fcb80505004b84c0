"""What `/predict` refuses, and in which words."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from support.predicting import (
    BAD_JSON,
    IRIS,
    NAMES,
    NO_INPUTS,
    NOT_FITTING,
    NOT_NUMERICAL,
    RECORD,
    ROW,
    Servers,
    predict,
    refusal,
)


@pytest.mark.parametrize(
    "model, inputs, detail",
    [
        ("iris_named", [ROW, [1, 2, "abc", 3]], "row 2, column 3 (petal_length): 'abc' is not a number"),
        ("iris_tensor", [ROW, [1, 2, "abc", 3]], "row 2, column 3: 'abc' is not a number"),
        ("iris_unsigned", [ROW, [1, 2, "abc", 3]], "row 2, column 3: 'abc' is not a number"),
        ("iris_named", [["5.1", 3.5, 1.4, 0.2]], "row 1, column 1 (sepal_length): '5.1' is not a number"),
        ("iris_tensor", [["5.1", 3.5, 1.4, 0.2]], "row 1, column 1: '5.1' is not a number"),
        ("iris_named", ["a", "b", "c", "d"], "row 1, column 1 (sepal_length): 'a' is not a number"),
        ("iris_tensor", ["a", "b", "c", "d"], "row 1: 'a' is not a number"),
        ("iris_unsigned", ["a", "b", "c", "d"], "row 1: 'a' is not a number"),
        (
            "iris_named",
            "abc",
            "row 1: has 1 value, the model takes 4: sepal_length, sepal_width, petal_length, petal_width",
        ),
        ("iris_tensor", "abc", "row 1: 'abc' is not a number"),
        ("iris_unsigned", "abc", "row 1: 'abc' is not a number"),
        (
            "iris_named",
            [[1, 2, 3]],
            "row 1: has 3 values, the model takes 4: sepal_length, sepal_width, petal_length, petal_width",
        ),
        (
            "iris_named",
            [ROW, [1]],
            "row 2: has 1 value, the model takes 4: sepal_length, sepal_width, petal_length, petal_width",
        ),
        ("iris_tensor", [[1, 2, 3]], "row 1: has 3 values, the model takes 4"),
        ("iris_tensor", [1, 2, 3], "row 1: has 3 values, the model takes 4"),
        ("iris_tensor", [ROW, [1, 2, 3, 4, 5]], "row 2: has 5 values, the model takes 4"),
        ("iris_unsigned", [ROW, [1]], "row 2: has 1 value, those before it have 4"),
        ("iris_named", [ROW, 5], "row 2: 5 is not a row of 4: sepal_length, sepal_width, petal_length, petal_width"),
        ("iris_tensor", [ROW, 5], "row 2: 5 stands where lists do"),
        ("iris_named", [[[1], [2], [3], [4]]], "row 1, column 1 (sepal_length): a list is not a number"),
        ("iris_tensor", [[[1], [2], [3], [4]]], "the shape is (1, 4, 1), the model takes (any, 4)"),
        ("iris_named", [[10**400, 1, 2, 3]], "row 1, column 1 (sepal_length): an integer of this size is too large"),
        ("iris_tensor", [[1, 2, 3, {"a": 1}]], "row 1, column 4: an object is not a number"),
        ("iris_named", [RECORD, {"sepal_length": 1}], "row 2, column 2 (sepal_width): the value is missing"),
        ("iris_named", [RECORD, 7], "row 2: 7 is not an object as other rows are"),
        (
            "iris_named",
            {**{name: [1] for name in NAMES}, "petal_width": [1, 2]},
            "the columns have different numbers of rows: [1, 2]",
        ),
        ("iris_named", {"sepal_length": [1]}, "column 2 (sepal_width): the values are missing"),
        ("iris_tensor", [RECORD], "row 1: the model's input has no names, send each row as a list"),
    ],
)
def test_numeric_models_say_where_a_value_is_wrong(servers: Servers, model: str, inputs: Any, detail: str) -> None:
    assert refusal(predict(servers(model), inputs)) == (NOT_NUMERICAL, detail)


@pytest.mark.parametrize("model", IRIS)
def test_missing_values_are_refused_with_the_models_words(servers: Servers, model: str) -> None:
    error, detail = refusal(predict(servers(model), [[None, 3.5, 1.4, 0.2]]))
    assert error == NOT_NUMERICAL
    assert "NaN" in detail or "null is not a number" in detail


def test_unsigned_model_refuses_a_wrong_number_of_columns(servers: Servers) -> None:
    error, detail = refusal(predict(servers("iris_unsigned"), [[1, 2, 3]]))
    assert error == NOT_NUMERICAL
    assert "3 features" in detail


@pytest.mark.parametrize("model", IRIS)
@pytest.mark.parametrize(
    "body, detail",
    [
        (b"{}", 'the body is {}, send {"inputs": [...]}'),
        (b'{"instances": [[1]], "x": 2}', "the body has 'instances', 'x' and no \"inputs\""),
        (b'{"inputs": null}', "inputs is null"),
        (b'{"inputs": []}', "inputs is empty"),
        (b'{"inputs": {}}', "inputs is empty"),
        (b"[[1, 2, 3, 4]]", 'the body is a list, send {"inputs": [...]}'),
        (b"3", 'the body is 3, send {"inputs": [...]}'),
        (b"null", 'the body is null, send {"inputs": [...]}'),
    ],
)
def test_no_inputs(servers: Servers, model: str, body: bytes, detail: str) -> None:
    assert refusal(servers(model).post("/predict", content=body)) == (NO_INPUTS, detail)


@pytest.mark.parametrize(
    "body, detail",
    [
        (b"", "line 1, column 1: Expecting value"),
        (b'{"inputs": [[1, 2', "line 1, column 18: Expecting ',' delimiter"),
        (b'{"inputs":\n [[1, 2]]', "line 2, column 10: Expecting ',' delimiter"),
        (b'{"inputs": "\xff"}', "the body is not UTF-8 text"),
        (b"[" * 100_000, "the body is nested too deeply"),
        pytest.param(
            b'{"inputs": [[' + b"9" * 5000 + b"]]}",
            "a number in the body has too many digits",
            id="digits",
            marks=pytest.mark.skipif(
                not hasattr(sys, "get_int_max_str_digits"), reason="this Python reads numbers of any length"
            ),
        ),
    ],
)
def test_bad_json(servers: Servers, body: bytes, detail: str) -> None:
    assert refusal(servers("iris_named").post("/predict", content=body)) == (BAD_JSON, detail)


@pytest.mark.parametrize("model", IRIS)
@pytest.mark.parametrize("depth", [10, 70, 900])
def test_deep_nesting_is_refused(servers: Servers, model: str, depth: int) -> None:
    body = b'{"inputs": ' + b"[" * depth + b"1" + b"]" * depth + b"}"
    assert refusal(servers(model).post("/predict", content=body))[0] in {NOT_NUMERICAL, BAD_JSON}


@pytest.mark.parametrize("how", ["value", "invalid", "denied"])
def test_inputs_that_the_model_refuses(servers: Servers, how: str) -> None:
    error, detail = refusal(predict(servers("raises"), [how]))
    assert error == NOT_FITTING
    assert "/opt" not in detail


@pytest.mark.parametrize("how", ["runtime", "exit", "interrupt", "internal"])
def test_a_model_that_breaks_is_not_the_clients_fault(servers: Servers, how: str) -> None:
    response = predict(servers("raises"), [how])
    assert (response.status_code, set(response.json())) == (500, {"error", "detail"})
    assert predict(servers("raises"), ["fine"]).json() == {"predictions": ["fine"]}


def test_predictions_that_json_cannot_say(servers: Servers) -> None:
    response = predict(servers("returns"), [1], params={"kind": "set"})
    assert (response.status_code, set(response.json())) == (500, {"error", "detail"})
