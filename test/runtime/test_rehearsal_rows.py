"""The rows that batching is rehearsed with: those of the model's example, or made for its signature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

from caisson_server.scoring.rehearsal_rows import NoRowsError, rehearsal_rows
from caisson_server.scoring.variation import varied
from caisson_server.signature.types import ColumnSpec, DataType, Schema, Signature, TensorSpec
from support.fake_model import folder_of, signature_of

SERVING = {"artifact_path": "input_example.json", "serving_input_path": "serving.json", "type": "dataframe"}


def test_rows_of_the_serving_example(tmp_path: Path) -> None:
    example = {"dataframe_split": {"columns": ["a", "b"], "data": [[1.5, "x"], [2.5, "y"]]}, "params": {"top": 3}}
    bodies = [json.loads(body) for body in rehearsal_rows(folder_of(tmp_path, SERVING, serving=example), Signature())]
    assert len(bodies) == 32
    assert all(body["params"] == {"top": 3} and body["dataframe_split"]["columns"] == ["a", "b"] for body in bodies)
    rows = [body["dataframe_split"]["data"][0] for body in bodies]
    assert rows[:2] == [[1.5, "x"], [2.5, "y"]]
    assert {text for _, text in rows} == {"x", "y"}
    assert len({number for number, _ in rows}) > 25
    assert max(len(repr(number)) for number, _ in rows) > 15


@pytest.mark.parametrize(
    "example, first",
    [
        ({"inputs": [[1.5, 2], [3.5, 4]]}, {"inputs": [[1.5, 2]]}),
        ({"inputs": {"a": [1.5, 2.5], "b": ["x", "y"]}}, {"inputs": {"a": [1.5], "b": ["x"]}}),
        ({"inputs": [{"a": 1.5}]}, {"inputs": [{"a": 1.5}]}),
        ({"inputs": ["x", "y"]}, {"inputs": ["x"]}),
        ({"dataframe_split": {"data": [[1.5]]}}, {"dataframe_split": {"data": [[1.5]]}}),
    ],
)
def test_forms_of_examples(tmp_path: Path, example: Any, first: Any) -> None:
    bodies = rehearsal_rows(folder_of(tmp_path, SERVING, serving=example), Signature())
    assert json.loads(bodies[0]) == first
    assert bodies == rehearsal_rows(tmp_path, Signature())


@pytest.mark.parametrize(
    "info, example, first",
    [
        (
            {"artifact_path": "input_example.json", "type": "dataframe", "pandas_orient": "split"},
            {"columns": ["a"], "data": [[1.5]]},
            {"dataframe_split": {"columns": ["a"], "data": [[1.5]]}},
        ),
        (
            {"artifact_path": "input_example.json", "type": "ndarray", "format": "tf-serving"},
            {"inputs": [[1.5]]},
            {"inputs": [[1.5]]},
        ),
    ],
)
def test_examples_of_older_models(tmp_path: Path, info: Any, example: Any, first: Any) -> None:
    bodies = rehearsal_rows(folder_of(tmp_path, info, input_example=example), Signature())
    assert json.loads(bodies[0]) == first


@pytest.mark.parametrize("example", ["{", "[1]", '"x"', {"prompt": "x"}, {"inputs": []}, {"inputs": {"a": 1}}, {}])
def test_examples_that_are_of_no_use(tmp_path: Path, example: Any) -> None:
    folder = folder_of(tmp_path, SERVING, serving=example)
    with pytest.raises(NoRowsError, match="it has neither an input example nor a signature"):
        rehearsal_rows(folder, Signature())
    assert len(rehearsal_rows(folder, signature_of(DataType.DOUBLE))) == 32


def test_an_example_that_is_gone(tmp_path: Path) -> None:
    assert len(rehearsal_rows(folder_of(tmp_path, SERVING), signature_of(DataType.DOUBLE))) == 32


def test_rows_for_columns(tmp_path: Path) -> None:
    bodies = rehearsal_rows(folder_of(tmp_path), signature_of(DataType.DOUBLE, DataType.INTEGER, DataType.FLOAT))
    tables = [json.loads(body)["dataframe_split"] for body in bodies]
    assert all(table["columns"] == ["a", "b", "c"] for table in tables)
    rows = [table["data"][0] for table in tables]
    assert all([type(value) for value in row] == [float, int, float] for row in rows)
    assert len({tuple(row) for row in rows}) == 32
    assert any(row[0] < 0 for row in rows)
    unnamed = Signature(Schema((ColumnSpec(DataType.LONG, None, required=True),)))
    assert "columns" not in json.loads(rehearsal_rows(tmp_path, unnamed)[0])["dataframe_split"]


def test_rows_for_tensors(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    image = TensorSpec("float32", (-1, 2, 3), None)
    first = json.loads(rehearsal_rows(folder, Signature(Schema((image,))))[0])["inputs"]
    assert np.array(first).shape == (1, 2, 3)
    named = Schema((TensorSpec("float64", (-1, 2), "x"), TensorSpec("uint8", (-1,), "y")))
    last = json.loads(rehearsal_rows(folder, Signature(named))[-1])["inputs"]
    assert {name: np.array(value).shape for name, value in last.items()} == {"x": (1, 2), "y": (1,)}
    assert type(last["y"][0]) is int


@pytest.mark.parametrize(
    "schema",
    [
        Schema((TensorSpec("str", (-1, 2), None),)),
        Schema((TensorSpec("float64", (5, 2), None),)),
        Schema((TensorSpec("float64", (-1, -1), None),)),
        Schema((TensorSpec("float64", (-1, 1000, 1000), None),)),
        Schema((ColumnSpec(DataType.STRING, "a", required=True),)),
        Schema((ColumnSpec(DataType.DOUBLE, "a", required=False),)),
    ],
    ids=repr,
)
def test_signatures_that_no_rows_are_made_for(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(NoRowsError, match="it has no input example"):
        rehearsal_rows(folder_of(tmp_path), Signature(schema))


def test_variation_keeps_kinds() -> None:
    rows: List[Any] = [
        {"a": 1.5, "b": 2, "c": "x", "d": None, "e": True, "f": [0.0, 3]},
        {"a": 2.5, "b": 3, "c": "y", "d": None, "e": False, "f": [0.0, 4]},
    ]
    for number in range(2, 20):
        row = varied(rows, number)
        assert [type(value) for value in row.values()] == [float, int, str, type(None), bool, list]
        assert [type(item) for item in row["f"]] == [float, int]
        assert row["f"][0] != 0.0
    assert varied([[1.5]], 5) == varied([[1.5]], 5) != varied([[1.5]], 6)
