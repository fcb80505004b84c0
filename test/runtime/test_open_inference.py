"""`/v2/models/<name>/infer` over real models: what reaches the model."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict, List

import pytest

from support.models import IRIS_COLUMNS, ModelShelf
from support.open_inference import Asker, error_of, outputs_of, seen_by_model, tensor

ROW = [5.1, 3.5, 1.4, 0.2]
OTHER = [6.7, 3.0, 5.2, 2.3]
IRIS = ["iris_named", "iris_tensor", "iris_unsigned", "iris_params"]
TABLE = tensor("x", [2, 4], "FP64", [*ROW, *OTHER])
CLASSES = {"output-0": {"datatype": "INT64", "shape": [2], "data": [0, 2]}}


@pytest.fixture(scope="module")
def asker(shelf: ModelShelf) -> Asker:
    return Asker(shelf)


@pytest.mark.parametrize("model", IRIS)
@pytest.mark.parametrize(
    "table",
    [TABLE, tensor("input-0", [2, 4], "FP64", [ROW, OTHER]), tensor("x", [2, 4], "FP32", [ROW, OTHER])],
    ids=["flat", "nested", "singles"],
)
def test_one_tensor_of_all_columns(asker: Asker, model: str, table: Any) -> None:
    assert outputs_of(asker.infer(model, [table])) == CLASSES


@pytest.mark.parametrize("shape", [[2], [2, 1]])
@pytest.mark.parametrize("names", [IRIS_COLUMNS, IRIS_COLUMNS[::-1]])
def test_one_tensor_for_each_column(asker: Asker, shape: List[int], names: List[str]) -> None:
    values = dict(zip(IRIS_COLUMNS, zip(ROW, OTHER)))
    inputs = [tensor(name, shape, "FP64", list(values[name])) for name in names]
    assert outputs_of(asker.infer("iris_named", inputs)) == CLASSES


def test_the_clients_id_comes_back(asker: Asker) -> None:
    assert json.loads(asker.infer("iris_named", [TABLE], id="42").body)["id"] == "42"
    assert json.loads(asker.infer("iris_named", [TABLE]).body)["id"] == "request-7"


def test_null_members_are_absent_ones(asker: Asker) -> None:
    inputs = [{**TABLE, "parameters": None}]
    assert outputs_of(asker.infer("iris_named", inputs, id=None, parameters=None, outputs=None)) == CLASSES


ALL: Dict[str, Any] = {
    "flag": ("BOOL", True),
    "small": ("INT32", 1),
    "big": ("INT64", 2**40),
    "single": ("FP32", 0.5),
    "real": ("FP64", 1.5),
    "text": ("BYTES", "é"),
    "blob": ("BYTES", base64.b64encode(b"hi").decode()),
    "when": ("BYTES", "2020-01-02T03:04:05"),
}


def all_types(**changes: Any) -> List[Dict[str, Any]]:
    return [tensor(name, [1], datatype, [value]) for name, (datatype, value) in {**ALL, **changes}.items()]


def test_every_type_arrives_as_its_column_says(asker: Asker) -> None:
    columns = seen_by_model(asker.infer("describe_all_types", all_types()))
    assert {name: column[0] for name, column in columns.items() if name != "text"} == {
        "flag": "bool",
        "small": "int32",
        "big": "int64",
        "single": "float32",
        "real": "float64",
        "blob": "object",
        "when": "datetime64[ns]",
    }
    assert (columns["text"][1], columns["blob"][1]) == ("'é'", "b'hi'")
    assert columns["when"][1] == "Timestamp('2020-01-02 03:04:05')"


def test_optional_columns_may_be_absent_or_null(asker: Asker) -> None:
    columns = seen_by_model(asker.infer("describe_all_types", all_types(extra=("FP64", 2.5))))
    assert columns["extra"] == ["float64", "2.5"]
    assert "note" not in columns
    assert "note" not in seen_by_model(asker.infer("describe_all_types", all_types(note=("BYTES", None))))


@pytest.mark.parametrize(
    "name, given, reason",
    [
        ("flag", ("INT64", 2), "row 1, column 1 (flag): 2 is not true or false"),
        ("small", ("FP64", 1.5), "row 1, column 2 (small): 1.5 is not a whole number"),
        ("small", ("INT64", 2**40), "row 1, column 2 (small): 1099511627776 does not fit into int32"),
        ("real", ("BYTES", "1.5"), "row 1, column 5 (real): '1.5' is not a number"),
        ("text", ("INT8", 5), "row 1, column 6 (text): 5 is not text"),
        ("blob", ("BYTES", "***"), "row 1, column 7 (blob): '***' is not base64 text"),
        ("when", ("BYTES", "yesterday-ish"), "row 1, column 8 (when): 'yesterday-ish' is not a date and time"),
    ],
)
def test_values_that_do_not_fit_their_column(asker: Asker, name: str, given: Any, reason: str) -> None:
    assert error_of(asker.infer("describe_all_types", all_types(**{name: given}))) == reason


NESTED = {
    "numbers": tensor("numbers", [2], "BYTES", ["[1, 2.5]", "[3]"]),
    "thing": tensor("thing", [2, 1], "BYTES", ['{"a": 1}', '{"a": 2, "b": "x"}'], content_type="pd_json"),
    "labels": tensor("labels", [2], "BYTES", ['{"k": "v"}', "{}"]),
}


def test_nested_columns_are_json_texts(asker: Asker) -> None:
    inputs = [*NESTED.values(), tensor("anything", [2], "INT64", [5, 6])]
    columns = seen_by_model(asker.infer("describe_nested", inputs))
    assert columns["numbers"][1:] == ["[1.0, 2.5]", "[3.0]"]
    assert columns["labels"][1:] == ["{'k': 'v'}", "{}"]
    assert "'b': 'x'" in columns["thing"][2]
    assert columns["anything"][1:] == ["5", "6"]


def test_nested_columns_refuse_what_is_no_json(asker: Asker) -> None:
    inputs = {**NESTED, "thing": tensor("thing", [2], "BYTES", ['{"a": 1}', "{"])}
    assert error_of(asker.infer("describe_nested", list(inputs.values()))) == "input 'thing', row 2: '{' is not JSON"


def test_array_columns_may_be_tensors(asker: Asker) -> None:
    array = seen_by_model(asker.infer("describe_one_array", [tensor("v", [2, 2], "FP64", [1, 2, 3, 4])]))
    assert array["v"][1:] == ["[1.0, 2.0]", "[3.0, 4.0]"]
    inputs = {**NESTED, "matrix": tensor("matrix", [2, 2, 1], "INT64", [1, 2, 3, 4])}
    columns = seen_by_model(asker.infer("describe_nested", list(inputs.values())))
    assert columns["matrix"][1:] == ["[[1], [2]]", "[[3], [4]]"]


def test_unnamed_columns_have_the_names_of_mlserver(asker: Asker) -> None:
    columns = [tensor("input-1", [2], "INT32", [3, 4]), tensor("input-0", [2], "FP64", [1, 2])]
    expected = {"0": ["float64", "1.0", "2.0"], "1": ["int64", "3", "4"]}
    assert seen_by_model(asker.infer("describe_unnamed", columns)) == expected
    assert seen_by_model(asker.infer("describe_unnamed", [tensor("x", [2, 2], "INT64", [1, 3, 2, 4])])) == expected


def test_named_tensors(asker: Asker) -> None:
    inputs = [tensor("id", [2], "INT8", [7, 8]), tensor("image", [2, 2, 2], "FP64", list(range(8)))]
    found = seen_by_model(asker.infer("describe_tensors", inputs))
    assert found["image"][:2] == ["float32", [2, 2, 2]]
    assert found["id"] == ["int64", [2], "[7, 8]"]


@pytest.mark.parametrize("name", ["x", "input-0", "whatever"])
def test_the_only_tensor_needs_no_name(asker: Asker, name: str) -> None:
    found = seen_by_model(asker.infer("describe_one_tensor", [tensor(name, [1, 3], "FP32", [1, 2, 3])]))
    assert found["x"] == ["float64", [1, 3], "[[1.0, 2.0, 3.0]]"]


def test_tensors_of_whole_numbers_and_text(asker: Asker) -> None:
    image = [tensor("input-0", [1, 2, 2, 1], "FP32", [0, 1, 2, 255])]
    assert seen_by_model(asker.infer("describe_images", image))[:2] == ["uint8", [1, 2, 2, 1]]
    texts = seen_by_model(asker.infer("describe_text_tensor", [tensor("input-0", [2], "BYTES", ["a", "é"])]))
    assert texts == ["<U1", [2], "['a', 'é']"]


def test_without_a_signature_one_input_is_an_array(asker: Asker) -> None:
    found = seen_by_model(asker.infer("describe", [tensor("x", [2, 2], "INT16", [1, 2, 3, 4])]))
    assert found == ["int16", [2, 2], "[[1, 2], [3, 4]]"]
    assert seen_by_model(asker.infer("describe", [tensor("x", [2], "BYTES", ["a", "bc"])])) == [
        "<U2",
        [2],
        "['a', 'bc']",
    ]


def test_without_a_signature_several_inputs_are_a_table_or_arrays(asker: Asker) -> None:
    columns = [tensor("a", [2], "INT64", [1, 2]), tensor("b", [2, 1], "BYTES", ["x", "y"])]
    assert seen_by_model(asker.infer("describe", columns))["a"] == ["int64", "1", "2"]
    arrays = [tensor("a", [2], "INT64", [1, 2]), tensor("b", [1, 2], "FP32", [1, 2])]
    assert seen_by_model(asker.infer("describe", arrays))["b"] == ["float32", [1, 2], "[[1.0, 2.0]]"]


def test_the_content_type_pd_makes_a_table(asker: Asker) -> None:
    column = [tensor("a", [2], "INT64", [1, 2])]
    assert seen_by_model(asker.infer("describe", column)) == ["int64", [2], "[1, 2]"]
    found = seen_by_model(asker.infer("describe", column, parameters={"content_type": "pd"}))
    assert found == {"a": ["int64", "1", "2"]}
    inputs = [tensor(name, [1], "FP64", [value]) for name, value in zip(IRIS_COLUMNS, ROW)]
    answer = asker.infer("iris_tensor", inputs, parameters={"content_type": "pd"})
    assert outputs_of(answer)["output-0"]["data"] == [0]


def test_type_hints_get_values_of_json(asker: Asker) -> None:
    answer = asker.infer("type_hints", [tensor("input-0", [1], "BYTES", ['{"text": "a", "limit": 2}'])])
    assert outputs_of(answer)["output-0"]["data"] == ["a/2"]
    fields = [tensor("text", [1], "BYTES", ["a"]), tensor("limit", [1], "INT64", [2])]
    assert outputs_of(asker.infer("type_hints", fields))["output-0"]["data"] == ["a/2"]


def test_params_are_the_parameters_that_the_model_knows(asker: Asker) -> None:
    inputs = [tensor("text", [1], "BYTES", ["a"])]
    answer = asker.infer("describe_params", inputs, parameters={"top": 9, "content_type": "pd", "other": 1})
    params = outputs_of(answer)["params"]["data"][0]
    assert "'top': 9" in params
    assert "other" not in params
    assert "top" in error_of(asker.infer("describe_params", inputs, parameters={"top": "x"}))
