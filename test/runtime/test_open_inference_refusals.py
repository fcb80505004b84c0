"""Requests that `/v2/models/<name>/infer` refuses: always 400, with the input and the place in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from caisson_server.web.answer import MODEL_ERROR
from support.models import IRIS_COLUMNS, ModelShelf
from support.open_inference import Asker, error_of, outputs_of, tensor

ROW = [5.1, 3.5, 1.4, 0.2]
GOOD = tensor("x", [1, 4], "FP64", ROW)
KNOWN = "'sepal_length', 'sepal_width', 'petal_length', 'petal_width'"
DATATYPES = "BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES"


@pytest.fixture(scope="module")
def asker(shelf: ModelShelf) -> Asker:
    return Asker(shelf)


@pytest.mark.parametrize(
    "body, reason",
    [
        (b"", "the body is not JSON"),
        (b'{"inputs": [', "the body is not JSON"),
        (b'{"inputs": "\xff"}', "the body is not JSON"),
        (b'{"inputs": ' + b"[" * 100_000, "the body is nested too deeply"),
        (b"[1]", "the body is a list, not an object"),
        (b"3", "the body is 3, not an object"),
        (b"{}", "the body has no list of inputs"),
        (b'{"inputs": []}', "the body has no list of inputs"),
        (b'{"inputs": {"x": 1}}', "the body has no list of inputs"),
        (b'{"inputs": [5]}', "input 1: has no name"),
        (b'{"inputs": [{"name": 5}]}', "input 1: has no name"),
    ],
)
def test_bodies(asker: Asker, body: bytes, reason: str) -> None:
    assert error_of(asker.post("iris_named", body)) == reason


@pytest.mark.parametrize(
    "members, reason",
    [
        ({"id": 5}, "id is 5, not text"),
        ({"parameters": [1]}, "parameters is a list, not an object"),
        ({"outputs": {"name": "x"}}, "outputs is an object, not a list"),
        ({"outputs": ["x"]}, "output 1: has no name"),
        ({"outputs": [{"name": "a"}, {"name": "a"}]}, "output 'a': is there twice"),
        ({"outputs": [{"name": "a", "parameters": 5}]}, "output 'a': parameters is 5, not an object"),
        (
            {"outputs": [{"name": "output-0", "parameters": {"classification": 2}}]},
            "output 'output-0': this server has no extension for 'classification'",
        ),
        ({"outputs": [{"name": "nobody"}]}, "output 'nobody': is not known, the model gives 'output-0'"),
    ],
)
def test_members_beside_the_inputs(asker: Asker, members: Any, reason: str) -> None:
    assert error_of(asker.infer("iris_named", [GOOD], **members)) == reason


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"datatype": "FP8"}, f"the datatype is 'FP8', use one of {DATATYPES}"),
        ({"datatype": None}, f"the datatype is null, use one of {DATATYPES}"),
        ({"datatype": ["FP64"]}, f"the datatype is a list, use one of {DATATYPES}"),
        ({"shape": 4}, "the shape is 4, not a list of numbers"),
        ({"shape": None}, "the shape is null, not a list of numbers"),
        ({"shape": [-1, 4]}, "the shape has -1, which is no length"),
        ({"shape": [1.0, 4]}, "the shape has 1.0, which is no length"),
        ({"shape": [True, 4]}, "the shape has true, which is no length"),
        ({"shape": ["1", 4]}, "the shape has '1', which is no length"),
        ({"shape": [2**63, 4]}, "the shape has 9223372036854775808, which is no length"),
        ({"shape": [1] * 33}, "the shape has 33 dimensions, 32 are possible"),
        ({"shape": [2**40, 2**40]}, f"has 4 values, its shape (1099511627776, 1099511627776) takes {2**80}"),
        ({"shape": [2, 4]}, "has 4 values, its shape (2, 4) takes 8"),
        ({"shape": []}, "has 4 values, its shape () takes 1"),
        ({"data": None}, "has no data"),
        ({"data": 5}, "data is 5, not a list"),
        ({"data": [[1, 2], [3]]}, "row 2: has 1 value, those before it have 2"),
        ({"data": [[1, 2], 3, 4]}, "row 2: 3 stands where lists do"),
        ({"data": [[1, 2], [3, 4]]}, "the data has the shape (2, 2), not (1, 4)"),
        ({"data": [1, 2, "a", 4]}, "row 1, column 3: 'a' is not a number"),
        ({"data": [1, 2, {}, 4]}, "row 1, column 3: an object is not a number"),
        ({"data": [1, 2, 10**400, 4]}, "row 1, column 3: an integer of this size is too large"),
        ({"datatype": "FP32", "data": [1, 2, 1e300, 4]}, "row 1, column 3: 1e+300 is too large for float32"),
        ({"datatype": "UINT8", "data": [1, 2, 400, 4]}, "row 1, column 3: 400 does not fit into uint8"),
        ({"datatype": "INT64", "data": [1, 2, 0.5, 4]}, "row 1, column 3: 0.5 is not a whole number"),
        ({"datatype": "INT64", "data": [1, 2, None, 4]}, "row 1, column 3: null is not a whole number"),
        ({"datatype": "BOOL", "data": [1, 0, 2, 0]}, "row 1, column 3: 2 is not true or false"),
        ({"datatype": "BYTES", "data": ["a", "b", 5, "c"]}, "row 1, column 3: 5 is not text"),
        ({"parameters": [1]}, "parameters is a list, not an object"),
    ],
)
@pytest.mark.parametrize("model", ["iris_named", "iris_tensor", "iris_unsigned"])
def test_tensors_that_contradict_themselves(asker: Asker, model: str, change: Any, reason: str) -> None:
    assert error_of(asker.infer(model, [{**GOOD, **change}])) == f"input 'x': {reason}"


def column(name: str, shape: Any = (1,), data: Any = (1.5,)) -> Any:
    return tensor(name, list(shape), "FP64", list(data))


COLUMNS = [column(name) for name in IRIS_COLUMNS]


@pytest.mark.parametrize(
    "inputs, reason",
    [
        (
            [*COLUMNS, column("petal")],
            f"input 'petal': is not known, the model takes {KNOWN}",
        ),
        (COLUMNS[:3], "input 'petal_width' is missing"),
        ([*COLUMNS, COLUMNS[0]], "input 'sepal_length': is there twice"),
        ([*COLUMNS[:3], column("petal_width", [2], [1, 2])], "the inputs have different numbers of rows: 1, 2"),
        (
            [*COLUMNS[:3], column("petal_width", [1, 2], [1, 2])],
            "input 'petal_width': the shape is (1, 2), send (rows) or (rows, 1)",
        ),
        (
            [column("x", [1, 3], [1, 2, 3])],
            "row 1: has 3 values, the model takes 4: sepal_length, sepal_width, petal_length, petal_width",
        ),
        (
            [column("x", [4], ROW)],
            f"input 'x': the shape is (4), send (rows, 4) or one input for each of {KNOWN}",
        ),
        ([column("x", [0, 4], [])], "the inputs have no rows"),
        ([column(name, [0], []) for name in IRIS_COLUMNS], "the inputs have no rows"),
    ],
)
def test_columns_that_the_model_does_not_have(asker: Asker, inputs: Any, reason: str) -> None:
    assert error_of(asker.infer("iris_named", inputs)) == reason


@pytest.mark.parametrize(
    "model, inputs, reason",
    [
        ("iris_tensor", [column("x", [1, 3], [1, 2, 3])], "input 'x': the shape is (1, 3), the model takes (any, 4)"),
        ("iris_tensor", [column("x", [4], ROW)], "input 'x': the shape is (4), the model takes (any, 4)"),
        ("iris_tensor", COLUMNS, "input 'sepal_length': is not known, the model takes 'input-0'"),
        ("describe_tensors", [column("id")], "input 'image' is missing"),
        (
            "describe_tensors",
            [column("id"), column("photo")],
            "input 'photo': is not known, the model takes 'image', 'id'",
        ),
        (
            "describe_images",
            [tensor("i", [1, 2, 2, 1], "FP32", [0, 1, 2, 256])],
            "input 'i', row 1, position [2, 2, 1]: 256.0 does not fit into uint8",
        ),
        (
            "describe_one_tensor",
            [tensor("x", [1, 3], "BYTES", ["a", "b", "c"])],
            "input 'x', row 1, column 1: 'a' is not a number",
        ),
        ("describe_text_tensor", [tensor("x", [2], "INT8", [1, 2])], "input 'x', row 1: 1 is not text"),
    ],
)
def test_tensors_that_the_model_does_not_take(asker: Asker, model: str, inputs: Any, reason: str) -> None:
    assert error_of(asker.infer(model, inputs)) == reason


def test_tables_need_columns(asker: Asker) -> None:
    frame = {"parameters": {"content_type": "pd"}}
    wide = asker.infer("describe", [column("a", [1, 2], [1, 2])], **frame)
    assert error_of(wide) == "input 'a': the shape is (1, 2), send (rows) or (rows, 1)"
    uneven = asker.infer("describe", [column("a"), column("b", [2], [1, 2])], **frame)
    assert error_of(uneven) == "the inputs have different numbers of rows: 1, 2"


def test_a_model_without_a_signature_refuses_in_its_own_words(asker: Asker) -> None:
    assert "3 features" in error_of(asker.infer("iris_unsigned", [column("x", [1, 3], [1, 2, 3])]))
    texts = tensor("x", [1, 4], "BYTES", ["a", "b", "c", "d"])
    assert error_of(asker.infer("iris_unsigned", [texts])) == "row 1, column 1: 'a' is not a number"


@pytest.mark.parametrize("how", ["value", "invalid", "denied"])
def test_inputs_that_the_model_refuses(asker: Asker, how: str) -> None:
    error = error_of(asker.infer("raises", [tensor("how", [1], "BYTES", [how])]))
    assert "/opt" not in error


@pytest.mark.parametrize("how", ["runtime", "exit", "interrupt", "internal"])
def test_a_model_that_breaks_is_not_the_clients_fault(asker: Asker, how: str) -> None:
    answer = asker.infer("raises", [tensor("how", [1], "BYTES", [how])])
    assert (answer.status, answer.outcome) == (500, MODEL_ERROR)
    assert json.loads(answer.body) == {"error": "The model failed: the log has the reason under the id of this request"}
    fine = asker.infer("raises", [tensor("how", [1], "BYTES", ["fine"])])
    assert outputs_of(fine)["output-0"]["data"] == ["fine"]
