"""`/predict`, caisson's own protocol, over real models."""

from __future__ import annotations

import base64
from typing import Any, Callable, List

import pytest

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
        (b'{"inputs": [[' + b"9" * 5000 + b"]]}", "a number in the body has too many digits"),
    ],
)
def test_bad_json(servers: Servers, body: bytes, detail: str) -> None:
    assert refusal(servers("iris_named").post("/predict", content=body)) == (BAD_JSON, detail)


@pytest.mark.parametrize("model", IRIS)
@pytest.mark.parametrize("depth", [10, 70, 900])
def test_deep_nesting_is_refused(servers: Servers, model: str, depth: int) -> None:
    body = b'{"inputs": ' + b"[" * depth + b"1" + b"]" * depth + b"}"
    assert refusal(servers(model).post("/predict", content=body))[0] in {NOT_NUMERICAL, BAD_JSON}


def test_many_rows(servers: Servers) -> None:
    assert predict(servers("iris_named"), [ROW, OTHER] * 5000).json() == {"predictions": [0, 2] * 5000}


def test_text_columns(servers: Servers) -> None:
    client = servers("text_features")
    assert predict(client, [["Rome", "s"], ["Oslo", "m"]]).json() == {"predictions": [0, 1]}
    assert refusal(predict(client, [["Rome", "s"], ["Oslo", 5]])) == (
        NOT_FITTING,
        "row 2, column 2 (size): 5 is not text",
    )


ALL = [True, 1, 2**40, 0.5, 1.5, "é", base64.b64encode(b"hi").decode(), "2020-01-02T03:04:05"]


def described(servers: Servers, model: str, inputs: Any) -> Any:
    response = predict(servers(model), inputs)
    assert response.status_code == 200, response.text
    return response.json()["predictions"]["input"]


def test_every_type_arrives_as_its_column_says(servers: Servers) -> None:
    columns = described(servers, "describe_all_types", [ALL])
    assert {name: column[0] for name, column in columns.items()} == {
        "flag": "bool",
        "small": "int32",
        "big": "int64",
        "single": "float32",
        "real": "float64",
        "text": columns["text"][0],
        "blob": "object",
        "when": "datetime64[ns]",
    }
    assert columns["text"] == [columns["text"][0], "'é'"]
    assert columns["blob"][1] == "b'hi'"
    assert columns["when"][1] == "Timestamp('2020-01-02 03:04:05')"


def test_optional_columns_may_be_left_out_or_null(servers: Servers) -> None:
    columns = described(servers, "describe_all_types", [[*ALL, 2.5, None], [*ALL, None, "n"]])
    assert columns["extra"] == ["float64", "2.5", "nan"]
    assert [columns["note"][1] in {"None", "nan"}, columns["note"][2]] == [True, "'n'"]
    assert "note" not in described(servers, "describe_all_types", [[*ALL, 2.5, None]])


def test_dates_with_a_zone_become_utc(servers: Servers) -> None:
    row = [*ALL[:7], "2020-01-02T03:04:05+02:00"]
    assert described(servers, "describe_all_types", [row])["when"][1] == "Timestamp('2020-01-02 01:04:05')"


@pytest.mark.parametrize(
    "position, value, reason",
    [
        (0, "yes", "column 1 (flag): 'yes' is not true or false"),
        (0, 2, "column 1 (flag): 2 is not true or false"),
        (1, 1.5, "column 2 (small): 1.5 is not a whole number"),
        (1, 2**40, "column 2 (small): 1099511627776 does not fit into int32"),
        (1, None, "column 2 (small): null is not a whole number"),
        (2, 2**70, "column 3 (big): 1180591620717411303424 does not fit into int64"),
        (3, 1e300, "column 4 (single): 1e+300 is too large for float32"),
        (4, [1], "column 5 (real): a list is not a number"),
        (5, None, "column 6 (text): null is not text"),
        (6, "***", "column 7 (blob): '***' is not base64 text"),
        (6, 5, "column 7 (blob): 5 is not base64 text"),
        (7, "yesterday-ish", "column 8 (when): 'yesterday-ish' is not a date and time"),
        (7, 5, "column 8 (when): 5 is not a date and time"),
    ],
)
def test_every_type_refuses_other_values(servers: Servers, position: int, value: Any, reason: str) -> None:
    wrong = [*ALL]
    wrong[position] = value
    assert refusal(predict(servers("describe_all_types"), [ALL, wrong])) == (NOT_FITTING, f"row 2, {reason}")


def test_nested_columns(servers: Servers) -> None:
    row = {"numbers": [1, 2.5], "thing": {"a": 1}, "labels": {"k": "v"}}
    columns = described(servers, "describe_nested", [row, list(row.values())][:1])
    assert columns["numbers"][1] == "[1.0, 2.5]"
    positional = described(servers, "describe_nested", [list(row.values())])
    assert positional["thing"] == columns["thing"]
    error, detail = refusal(predict(servers("describe_nested"), [{**row, "thing": {"b": "x"}}]))
    assert (error, detail) == (NOT_FITTING, "row 1, column 2 (thing): 'a' is missing")


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"numbers": [1, "x"]}, "column 1 (numbers): item 2: 'x' is not a number"),
        ({"numbers": 1}, "column 1 (numbers): 1 is not a list"),
        ({"thing": {"a": 1, "zz": 1}}, "column 2 (thing): 'zz' is not known"),
        ({"thing": {"a": "x"}}, "column 2 (thing): 'a': 'x' is not a whole number"),
        ({"thing": 3}, "column 2 (thing): 3 is not an object"),
        ({"labels": {"k": 1}}, "column 3 (labels): 'k': 1 is not text"),
        ({"labels": []}, "column 3 (labels): a list is not an object"),
        ({"matrix": [[1], [2, 0.5]]}, "column 4 (matrix): item 2: item 2: 0.5 is not a whole number"),
    ],
)
def test_nested_columns_refuse_other_values(servers: Servers, change: Any, reason: str) -> None:
    row = {"numbers": [1, 2.5], "thing": {"a": 1}, "labels": {"k": "v"}}
    assert refusal(predict(servers("describe_nested"), [row, {**row, **change}])) == (NOT_FITTING, f"row 2, {reason}")


def test_named_tensors(servers: Servers) -> None:
    image = [[1, 2], [3, 4]]
    by_name = described(servers, "describe_tensors", {"image": [image, image], "id": [7, 8]})
    assert by_name["image"][:2] == ["float32", [2, 2, 2]]
    assert by_name["id"][:2] == ["int64", [2]]
    assert described(servers, "describe_tensors", [{"image": image, "id": 7}, {"image": image, "id": 8}]) == by_name
    assert refusal(predict(servers("describe_tensors"), {"image": [image]})) == (NOT_NUMERICAL, "input 'id' is missing")
    assert refusal(predict(servers("describe_tensors"), {"image": [[[1, 2], [3, "x"]]], "id": [1]})) == (
        NOT_NUMERICAL,
        "input 'image', row 1, position [2, 2]: 'x' is not a number",
    )


def test_tensors_of_rank_four(servers: Servers) -> None:
    image = [[[1], [2]], [[3], [4]]]
    assert described(servers, "describe_images", [image, image])[:2] == ["uint8", [2, 2, 2, 1]]
    assert described(servers, "describe_images", image)[:2] == ["uint8", [1, 2, 2, 1]]
    error, detail = refusal(predict(servers("describe_images"), [[[[1], [2]], [[3], [400]]]]))
    assert (error, detail) == (NOT_NUMERICAL, "row 1, position [2, 2, 1]: 400 does not fit into uint8")


def test_models_of_one_column_take_bare_values(servers: Servers) -> None:
    texts = ["a", "b"]
    shapes: List[Any] = [texts, [["a"], ["b"]], [{"text": "a"}, {"text": "b"}], {"text": texts}]
    for inputs in shapes:
        assert described(servers, "describe_one_text", inputs)["text"][1:] == ["'a'", "'b'"]
    assert described(servers, "describe_one_text", "a")["text"][1:] == ["'a'"]
    shapes = [[[1.5, 2], [3]], [[[1.5, 2]], [[3]]], [{"v": [1.5, 2]}, {"v": [3]}]]
    for inputs in shapes:
        assert described(servers, "describe_one_array", inputs)["v"] == ["object", "[1.5, 2.0]", "[3.0]"]


def test_unnamed_columns(servers: Servers) -> None:
    assert described(servers, "describe_unnamed", [[1, 2]]) == {"0": ["float64", "1.0"], "1": ["int64", "2"]}
    assert refusal(predict(servers("describe_unnamed"), [[1, 2.5]])) == (
        NOT_NUMERICAL,
        "row 1, column 2: 2.5 is not a whole number",
    )


def test_without_a_signature_arrays_pass_through(servers: Servers) -> None:
    assert described(servers, "describe", [[1, 2], [3, 4]]) == ["int64", [2, 2], "[[1, 2], [3, 4]]"]
    assert described(servers, "describe", [1.5, 2]) == ["float64", [2], "[1.5, 2.0]"]
    assert described(servers, "describe", [["a", 1]]) == ["object", [1, 2], "[['a', 1]]"]
    assert described(servers, "describe", [{"a": 1}])["a"][1:] == ["1"]
    assert described(servers, "describe", {"a": [[1], [2]]})["a"][:2] == ["int64", [2, 1]]


def test_type_hints_get_what_came(servers: Servers) -> None:
    assert predict(servers("type_hints"), [{"text": "a", "limit": 2}]).json() == {"predictions": ["a/2"]}
    assert refusal(predict(servers("type_hints"), [{"limit": 2}]))[0] == NOT_FITTING


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
