"""What a model returns, as tensors of the Open Inference Protocol."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from caisson_server.openinference.outputs import OutputTensor, tensors_of
from caisson_server.signature.types import ColumnSpec, DataType, Schema, TensorSpec
from support.models import ModelShelf
from support.open_inference import Asker, outputs_of, tensor

TWO = Schema((ColumnSpec(DataType.DOUBLE, "low", required=True), ColumnSpec(DataType.DOUBLE, "high", required=True)))
NAMED = Schema((TensorSpec("float64", (-1,), "price"),))
UNNAMED = Schema((TensorSpec("float64", (-1,), None),))
NAN = float("nan")
_RETURNS = (Path(__file__).resolve().parent / "model_code" / "returns.py").read_text()
#: pandas 3 refuses to make that frame.
_NOT_MADE = {"frame_with_dates"}
KINDS = re.findall(r'^    "(\w+)": lambda', _RETURNS, re.MULTILINE)


@pytest.fixture(scope="module")
def asker(shelf: ModelShelf) -> Asker:
    return Asker(shelf)


def summary(one: OutputTensor) -> Tuple[Any, ...]:
    return one.name, one.datatype, one.array.shape, one.array.reshape(-1).tolist()


@pytest.mark.parametrize(
    "value, datatype, shape, data",
    [
        (np.array([[1, 2], [3, 4]]), "INT64", (2, 2), [1, 2, 3, 4]),
        (np.array([1.5], dtype="float16"), "FP16", (1,), [1.5]),
        (np.array([1.5], dtype="float32"), "FP32", (1,), [1.5]),
        (np.array([1.5], dtype="longdouble"), "FP64", (1,), [1.5]),
        (np.array([200], dtype="uint8"), "UINT8", (1,), [200]),
        (np.array([True, False]), "BOOL", (2,), [True, False]),
        (np.array(["a", "bc"]), "BYTES", (2,), ["a", "bc"]),
        (np.array([b"a", b"bc"]), "BYTES", (2,), [b"a", b"bc"]),
        (np.array(5), "INT64", (1,), [5]),
        (np.array([]), "FP64", (0,), []),
        (np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"), "BYTES", (2,), ["2020-01-01", None]),
        (np.array([1, None, 2], dtype=object), "FP64", (3,), [1.0, NAN, 2.0]),
        (np.array([[1, 2]], dtype=object), "INT64", (1, 2), [1, 2]),
        (
            np.array([1, "a", None, dt.date(2020, 1, 2)], dtype=object),
            "BYTES",
            (4,),
            ["1", '"a"', "null", '"2020-01-02"'],
        ),
        ([1, 2, 3], "INT64", (3,), [1, 2, 3]),
        ([[1, 2.5], [3, 4]], "FP64", (2, 2), [1.0, 2.5, 3.0, 4.0]),
        ([np.float32(0.5), np.float32(1)], "FP64", (2,), [0.5, 1.0]),
        ([np.array([1, 2]), np.array([3, 4])], "INT64", (2, 2), [1, 2, 3, 4]),
        ([True], "BOOL", (1,), [True]),
        (["a", None], "BYTES", (2,), ["a", None]),
        ([1, "a"], "BYTES", (2,), ["1", '"a"']),
        ([{"é": 1}, {"b": [2]}], "BYTES", (2,), ['{"é": 1}', '{"b": [2]}']),
        ([[1], [2, 3]], "BYTES", (2,), ["[1]", "[2, 3]"]),
        ([2**70], "FP64", (1,), [2.0**70]),
        ([None], "BYTES", (1,), [None]),
        ([], "FP64", (0,), []),
        ((1, 2), "INT64", (2,), [1, 2]),
        (5, "INT64", (1,), [5]),
        (np.float64(0.5), "FP64", (1,), [0.5]),
        ("text", "BYTES", (1,), ["text"]),
        (None, "BYTES", (1,), [None]),
        ({}, "BYTES", (1,), ["{}"]),
        (csr_matrix(np.eye(2)), "FP64", (2, 2), [1.0, 0.0, 0.0, 1.0]),
    ],
)
def test_one_output(value: Any, datatype: str, shape: Any, data: List[Any]) -> None:
    (found,) = tensors_of(value, None)
    assert summary(found)[:3] == ("output-0", datatype, shape)
    np.testing.assert_equal(found.array.reshape(-1).tolist(), data)


@pytest.mark.parametrize("value", [{1, 2}, object(), [object()], np.array([1 + 2j]), np.array([object()])])
def test_what_json_cannot_say_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError):
        tensors_of(value, None)


@pytest.mark.parametrize("schema, name", [(NAMED, "price"), (UNNAMED, "output-0"), (None, "output-0"), (TWO, "low")])
def test_names_come_from_the_signature(schema: Any, name: str) -> None:
    assert [one.name for one in tensors_of(np.array([1.0]), schema)] == [name]
    assert [one.name for one in tensors_of(pd.Series([1.0]), schema)] == [name]


def test_a_series_keeps_its_own_name() -> None:
    assert summary(tensors_of(pd.Series([1.5], name="weight"), NAMED)[0]) == ("weight", "FP64", (1,), [1.5])


def test_columns_of_a_table_are_outputs_where_the_signature_says_so() -> None:
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert [summary(one) for one in tensors_of(table, TWO)] == [
        ("low", "FP64", (2,), [1.0, 3.0]),
        ("high", "FP64", (2,), [2.0, 4.0]),
    ]
    assert [one.name for one in tensors_of(table, NAMED)] == ["price"]
    assert [one.name for one in tensors_of(np.ones((2, 3)), TWO)] == ["low"]


def test_a_frame_gives_an_output_for_each_column() -> None:
    frame = pd.DataFrame(
        {
            "a": [1, 2],
            "b": ["x", None],
            3: [0.5, NAN],
            "when": pd.to_datetime(["2020-01-01", None]),
            "kind": pd.Categorical(["u", "v"]),
            "maybe": pd.array([1, None], dtype="Int64"),
            "there": pd.array([1, 2], dtype="Int64"),
            "zone": pd.to_datetime(["2020-01-01", "2021-01-01"]).tz_localize("UTC"),
        }
    )
    found = {one.name: summary(one)[1:] for one in tensors_of(frame, None)}
    assert found["a"] == ("INT64", (2,), [1, 2])
    assert found["b"] == ("BYTES", (2,), ["x", None])
    assert found["3"][:2] == ("FP64", (2,))
    assert found["when"][2][1] is None
    assert found["when"][2][0].startswith("2020-01-01T00:00:00")
    assert found["kind"] == ("BYTES", (2,), ["u", "v"])
    np.testing.assert_equal(found["maybe"], ("FP64", (2,), [1.0, NAN]))
    assert found["there"] == ("INT64", (2,), [1, 2])
    assert found["zone"][2][0] == "2020-01-01T00:00:00+00:00"


def test_a_dictionary_gives_an_output_for_each_key() -> None:
    value = {"mean": np.array([0.5]), "classes": ["a", "b"], 3: {"deep": [1]}}
    assert [summary(one) for one in tensors_of(value, None)] == [
        ("mean", "FP64", (1,), [0.5]),
        ("classes", "BYTES", (2,), ["a", "b"]),
        ("3", "BYTES", (1,), ['{"deep": [1]}']),
    ]


def ask_for(asker: Asker, kind: str, **members: Any) -> Dict[str, Any]:
    parameters = {"kind": kind, **members.pop("parameters", {})}
    return outputs_of(asker.infer("returns", [tensor("x", [1], "INT64", [1])], parameters=parameters, **members))


def test_no_numbers_are_null(asker: Asker) -> None:
    output = ask_for(asker, "array_with_nan")["output-0"]
    assert output == {"datatype": "FP64", "shape": [2, 2], "data": [1.0, None, None, None]}


def test_bytes_are_base64(asker: Asker) -> None:
    output = ask_for(asker, "array_of_bytes")["output-0"]
    assert (output["data"], output["parameters"]) == (["YQ==", "YmM="], {"content_type": "base64"})


def test_wanted_outputs_come_in_the_order_of_the_request(asker: Asker) -> None:
    assert list(ask_for(asker, "frame")) == ["a", "b", "c"]
    assert list(ask_for(asker, "frame", outputs=[{"name": "c"}, {"name": "a"}])) == ["c", "a"]
    assert list(ask_for(asker, "frame", outputs=[])) == ["a", "b", "c"]


def test_outputs_that_json_cannot_say_are_the_models_fault(asker: Asker) -> None:
    answer = asker.infer("returns", [tensor("x", [1], "INT64", [1])], parameters={"kind": "set"})
    assert answer.status == 500
    assert list(json.loads(answer.body)) == ["error"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"set", "complex"} - _NOT_MADE))
def test_every_kind_of_return_value_has_outputs_that_tell_their_shape(asker: Asker, kind: str) -> None:
    outputs = ask_for(asker, kind)
    assert outputs
    for output in outputs.values():
        assert len(output["data"]) == np.prod(output["shape"])
