"""Azure ML's `/score` over real models: `input_data` in, bare predictions out."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

import pytest

from caisson_server.azureml.dialect import AzureDialect
from caisson_server.model.load import load_model
from caisson_server.model.options import LoadOptions
from caisson_server.scoring.invocations import InvocationsDialect
from caisson_server.scoring.port import Call
from caisson_server.scoring.scorer import Scorer
from caisson_server.web.answer import BAD_INPUT, MODEL_ERROR, OK, Answer
from support.models import IRIS_COLUMNS, ModelShelf

ROW = [5.1, 3.5, 1.4, 0.2]
OTHER = [6.7, 3.0, 5.2, 2.3]
RECORD = dict(zip(IRIS_COLUMNS, ROW))
SPLIT = {"columns": IRIS_COLUMNS, "index": [0, 1], "data": [ROW, OTHER]}
NO_INPUT_DATA = 'Please provide "input_data"'
NOT_NUMERICAL = "Please provide numerical values in inputs"
NOT_FITTING = "Please provide values in inputs that fit the model's signature"
BAD_JSON = "Please provide valid JSON"

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(shelf: ModelShelf) -> Ask:
    models: Dict[str, Any] = {}

    def post(
        name: str, body: Any, make: Any = AzureDialect, content_type: Optional[str] = "application/json"
    ) -> Answer:
        if name not in models:
            models[name] = load_model(shelf.folder(name), LoadOptions())
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer: Answer = Scorer(models[name]).score(make(models[name], _hide), Call(raw, content_type, "id", {}))
        return answer

    return post


def _hide(text: str) -> str:
    return text.replace("/opt/ml", "<path>")


def predictions(answer: Answer) -> Any:
    assert (answer.status, answer.outcome, answer.content_type) == (200, OK, "application/json"), answer.body
    return json.loads(answer.body)


def refusal(answer: Answer) -> Any:
    assert (answer.status, answer.outcome) == (400, BAD_INPUT), answer.body
    body = json.loads(answer.body)
    assert set(body) == {"error", "detail"}
    return body["error"], body["detail"]


@pytest.mark.parametrize("model", ["iris_named", "iris_params", "iris_tensor", "iris_unsigned"])
@pytest.mark.parametrize(
    "data",
    [
        SPLIT,
        {"columns": IRIS_COLUMNS, "data": [ROW, OTHER]},
        {"columns": [0, 1, 2, 3], "index": [0, 1], "data": [ROW, OTHER]},
        [ROW, OTHER],
    ],
    ids=["split", "no index", "numbered", "rows"],
)
def test_tables(ask: Ask, model: str, data: Any) -> None:
    if model in ("iris_named", "iris_params") and isinstance(data, dict) and data["columns"] == [0, 1, 2, 3]:
        assert refusal(ask(model, {"input_data": data}))[1] == "row 1, column 1 (sepal_length): the value is missing"
    else:
        assert predictions(ask(model, {"input_data": data})) == [0, 2]


def test_records_and_columns(ask: Ask) -> None:
    assert predictions(ask("iris_named", {"input_data": [RECORD, RECORD]})) == [0, 0]
    assert predictions(ask("iris_named", {"input_data": {name: [value] for name, value in RECORD.items()}})) == [0]


def test_columns_of_a_split_are_found_by_name(ask: Ask) -> None:
    turned = {"columns": IRIS_COLUMNS[::-1], "index": [5], "data": [OTHER[::-1]]}
    assert predictions(ask("iris_named", {"input_data": turned})) == [2]
    more = {"columns": ["more", *IRIS_COLUMNS], "data": [["x", *OTHER]]}
    assert predictions(ask("iris_named", {"input_data": more})) == [2]


def test_named_tensors_and_names_without_a_signature(ask: Ask) -> None:
    image = [[1, 2], [3, 4]]
    by_name = predictions(ask("describe_tensors", {"input_data": {"image": [image], "id": [7]}}))["input"]
    assert by_name["image"][:2] == ["float32", [1, 2, 2]]
    split = {"columns": ["id", "image"], "data": [[7, image]]}
    assert predictions(ask("describe_tensors", {"input_data": split}))["input"] == by_name
    found = predictions(ask("describe", {"input_data": {"columns": ["a", "b"], "data": [[1, "x"]]}}))["input"]
    assert found["a"] == ["int64", "1"]
    assert predictions(ask("type_hints", {"input_data": {"columns": ["text", "limit"], "data": [["a", 2]]}})) == ["a/2"]


def test_columns_called_data_are_columns(ask: Ask) -> None:
    found = predictions(ask("describe", {"input_data": {"data": [1, 2], "index": [3, 4]}}))["input"]
    assert found == {"data": ["int64", "1", "2"], "index": ["int64", "3", "4"]}


@pytest.mark.parametrize("place", ["beside", "within", "both"])
def test_params(ask: Ask, place: str) -> None:
    body: Any = {"input_data": ["a"], "params": {"top": 9}}
    if place == "within":
        body = {"input_data": body}
    if place == "both":
        body = {"input_data": {**body, "params": {"top": 1}}, "params": {"top": 9}}
    assert "'top': 9" in predictions(ask("describe_params", body))["params"]


def test_params_are_checked(ask: Ask) -> None:
    error, detail = refusal(ask("describe_params", {"input_data": ["a"], "params": {"top": "x"}}))
    assert error == "Please provide params that fit the model's signature"
    assert "top" in detail


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("frame", [{"a": 1, "b": "x", "c": 0.5}, {"a": 2, "b": None, "c": 1.5}]),
        ("array_with_nan", [[1.0, None], [None, None]]),
        ("text", "hello"),
        ("number", 3),
        ("none", None),
    ],
)
def test_the_answer_is_the_predictions_alone(ask: Ask, kind: str, expected: Any) -> None:
    assert predictions(ask("returns", {"input_data": [1], "params": {"kind": kind}})) == expected


@pytest.mark.parametrize(
    "body, error, detail",
    [
        (b"", BAD_JSON, "Expecting value: line 1 column 1 (char 0)"),
        (b'{"input_data": [', BAD_JSON, "Expecting value: line 1 column 17 (char 16)"),
        (b'{"input_data": ' + b"[" * 100_000, BAD_JSON, "the body is nested too deeply"),
        (b"[1]", NO_INPUT_DATA, 'the body is a list, send {"input_data": …}'),
        (b"null", NO_INPUT_DATA, 'the body is null, send {"input_data": …}'),
        (b"{}", NO_INPUT_DATA, 'the body has nothing and no "input_data"'),
        (b'{"inputs": [[1]]}', NO_INPUT_DATA, "the body has 'inputs' and no \"input_data\""),
        (b'{"input_data": null}', NO_INPUT_DATA, "input_data is null"),
        (b'{"input_data": []}', NO_INPUT_DATA, "input_data is empty"),
        (b'{"input_data": {"input_data": {}}}', NO_INPUT_DATA, "input_data is empty"),
    ],
)
def test_bodies_without_input_data(ask: Ask, body: bytes, error: str, detail: str) -> None:
    assert refusal(ask("iris_named", body)) == (error, detail)


@pytest.mark.parametrize(
    "change, detail",
    [
        ({"columns": "abcd"}, "columns and data of input_data are not both lists"),
        ({"data": {"a": 1}}, "columns and data of input_data are not both lists"),
        ({"columns": [*IRIS_COLUMNS[:3], None]}, "columns of input_data has null, which is no name"),
        ({"columns": [*IRIS_COLUMNS[:3], True]}, "columns of input_data has true, which is no name"),
        ({"columns": [*IRIS_COLUMNS[:3], "sepal_width"]}, "columns of input_data has 'sepal_width' twice"),
        ({"columns": IRIS_COLUMNS[:3]}, "row 1: has 4 values, there are 3 columns"),
        ({"data": [ROW, [1]]}, "row 2: has 1 value, there are 4 columns"),
        ({"data": [ROW, 5]}, "row 2: 5 is not a list"),
        ({"data": [ROW, [1, "x", 3, 4]]}, "row 2, column 2 (sepal_width): 'x' is not a number"),
    ],
)
def test_tables_that_are_none(ask: Ask, change: Any, detail: str) -> None:
    assert refusal(ask("iris_named", {"input_data": {**SPLIT, **change}})) == (NOT_NUMERICAL, detail)


def test_a_table_without_rows(ask: Ask) -> None:
    answer = ask("iris_named", {"input_data": {**SPLIT, "data": []}})
    assert refusal(answer) == (NO_INPUT_DATA, "the data of input_data is empty")


def test_inputs_that_the_model_refuses(ask: Ask) -> None:
    error, detail = refusal(ask("raises", {"input_data": ["value"]}))
    assert (error, detail) == (NOT_FITTING, "the model refused them: bad value in <path>/model/secret/weights.bin")
    assert refusal(ask("iris_unsigned", {"input_data": [["a", 1, 2, 3]]})) == (
        NOT_NUMERICAL,
        "row 1, column 1: 'a' is not a number",
    )


@pytest.mark.parametrize("how", ["runtime", "exit", "internal"])
def test_a_model_that_breaks_is_not_the_clients_fault(ask: Ask, how: str) -> None:
    answer = ask("raises", {"input_data": [how]})
    assert (answer.status, answer.outcome) == (500, MODEL_ERROR)
    assert set(json.loads(answer.body)) == {"error", "detail"}


def test_predictions_that_json_cannot_say(ask: Ask) -> None:
    answer = ask("returns", {"input_data": [1], "params": {"kind": "set"}})
    assert (answer.status, answer.outcome) == (500, MODEL_ERROR)
    assert set(json.loads(answer.body)) == {"error", "detail"}


def test_invocations_know_no_input_data(ask: Ask) -> None:
    answer = ask("iris_named", {"input_data": SPLIT}, InvocationsDialect)
    assert (answer.status, json.loads(answer.body)["error_code"]) == (400, "BAD_REQUEST")
