"""Saved input examples: read where they are good, ignored where they are not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.models import infer_signature

from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.openapi.description import Description, output_schema
from caisson_server.openapi.example import saved_example
from caisson_server.openapi.examples import examples_of
from caisson_server.openapi.saved_inputs import inputs_of, shortened
from caisson_server.openinference.identity import Identity
from caisson_server.signature.types import ColumnSpec, DataType, Schema, Signature, TensorSpec

INFO = {"artifact_path": "input_example.json", "serving_input_path": "serving.json", "type": "dataframe"}
_MODEL = str(Path(__file__).resolve().parent / "model_code" / "echo.py")
TWO = Schema((ColumnSpec(DataType.DOUBLE, "a", required=True), ColumnSpec(DataType.STRING, "b", required=True)))


def read(folder: Path, content: Any, info: Any = INFO, name: str = "serving.json") -> Any:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(raw)
    return saved_example(folder, {"saved_input_example_info": info})


@pytest.mark.parametrize(
    "example, expected",
    [
        (pd.DataFrame({"a": [1.5], "b": ["x"]}), {"dataframe_split": {"columns": ["a", "b"], "data": [[1.5, "x"]]}}),
        (pd.DataFrame([[1.5, 2.5]]), {"dataframe_split": {"data": [[1.5, 2.5]]}}),
        (np.array([[1.5, 2.5]]), {"inputs": [[1.5, 2.5]]}),
        ({"x": np.array([1.5])}, {"inputs": {"x": [1.5]}}),
        (["a"], {"inputs": ["a"]}),
        (({"a": 1}, {"top": 2}), {"inputs": {"a": 1}, "params": {"top": 2}}),
        ({"messages": [{"role": "user", "content": "hi"}]}, {"messages": [{"role": "user", "content": "hi"}]}),
    ],
    ids=["frame", "numbered frame", "array", "arrays", "list", "params", "messages"],
)
@pytest.mark.parametrize("is_old", [False, True], ids=["serving example", "bare example"])
def test_examples_as_mlflow_saves_them(tmp_path: Path, example: Any, expected: Any, is_old: Any) -> None:
    folder = tmp_path / "model"
    data = example[0] if isinstance(example, tuple) else example
    mlflow.pyfunc.save_model(
        str(folder),
        python_model=_MODEL,
        input_example=example,
        signature=infer_signature(data, params={"top": 2}),
        pip_requirements=["mlflow"],
    )
    mlmodel = read_mlmodel(folder)
    if is_old:
        (folder / "serving_input_example.json").unlink()
        if "messages" in expected:
            expected = {"inputs": expected}
    assert saved_example(folder, mlmodel) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"inputs": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"inputs": "' + b"x" * 1_000_001 + b'"}',
        3,
        [1],
        {},
        {"inputs": None},
        {"inputs": []},
        {"nothing": 1},
        {"inputs": [1], "instances": [1]},
        {"dataframe_split": [1]},
        {"dataframe_split": {"data": []}},
        {"dataframe_split": {"data": [1]}},
        {"dataframe_split": {"data": [[1]], "more": 1}},
        {"dataframe_split": {"columns": ["a", "b"], "data": [[1]]}},
        {"dataframe_split": {"columns": "a", "data": [[1]]}},
        {"dataframe_split": {"columns": [None], "data": [[1]]}},
        {"dataframe_records": {"a": 1}},
        {"dataframe_records": [1]},
        {"dataframe_records": []},
    ],
)
def test_broken_examples_are_none(tmp_path: Path, content: Any) -> None:
    assert read(tmp_path, content) is None


@pytest.mark.parametrize("info", [None, "x", [], {}, {"serving_input_path": 5}, {"serving_input_path": "absent.json"}])
def test_no_examples(tmp_path: Path, info: Any) -> None:
    assert read(tmp_path, {"inputs": [1]}, info) is None


def test_unknown_members_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, {"inputs": [1], "more": 1, "params": "x"}) == {"inputs": [1]}
    assert read(tmp_path, {"inputs": [1], "params": {"a": 1}}) == {"inputs": [1], "params": {"a": 1}}


def test_files_elsewhere_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.json").write_text('{"inputs": [1]}')
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe.json")
    for name in ("../secret.json", str(tmp_path / "secret.json"), "link.json", "loop.json", "pipe.json", "sub", "a\0b"):
        assert saved_example(folder, {"saved_input_example_info": {"serving_input_path": name}}) is None


@pytest.mark.parametrize("kind", ["sparse_matrix_csc", "text", None])
def test_bare_examples_of_other_kinds_are_none(tmp_path: Path, kind: Any) -> None:
    info = {"artifact_path": "input_example.json", "type": kind}
    assert read(tmp_path, {"data": [1], "indices": [0]}, info, "input_example.json") is None


def test_bare_arrays_of_old_versions(tmp_path: Path) -> None:
    info = {"artifact_path": "input_example.json", "type": "ndarray"}
    assert read(tmp_path, {"inputs": [[1.5]]}, info, "input_example.json") == {"inputs": [[1.5]]}
    frame = {**info, "type": "dataframe"}
    assert read(tmp_path, [1], frame, "input_example.json") is None


ROWS = [[float(index), "x"] for index in range(5)]
RECORDS = [{"a": float(index), "b": "x"} for index in range(5)]
FREE = Signature(Schema((TensorSpec("float64", (-1, 2), None),)))
FIXED = Signature(Schema((TensorSpec("float64", (5, 2), None),)))


@pytest.mark.parametrize(
    "signature, body, rows",
    [
        (Signature(TWO), {"dataframe_split": {"columns": ["a", "b"], "index": [0, 1, 2, 3, 4], "data": ROWS}}, 2),
        (Signature(TWO), {"dataframe_records": RECORDS}, 2),
        (Signature(TWO), {"inputs": RECORDS}, 2),
        (Signature(TWO), {"inputs": {"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]}}, 2),
        (FREE, {"instances": [[1, 2]] * 5}, 2),
        (FIXED, {"inputs": [[1, 2]] * 5}, 5),
        (Signature(), {"inputs": [[1, 2]] * 5}, 2),
        (Signature(), {"inputs": [1, 2, 3, 4, 5]}, 5),
        (Signature(TWO, from_type_hint=True), {"inputs": RECORDS}, 5),
    ],
)
def test_only_the_first_rows_are_shown(signature: Signature, body: Dict[str, Any], rows: int) -> None:
    inputs = inputs_of(shortened(body, signature), signature)
    lengths = {len(cells) for cells in inputs.values()} if isinstance(inputs, dict) else {len(inputs)}
    assert lengths == {rows}
    split = shortened(body, signature).get("dataframe_split")
    assert split is None or len(split["index"]) == rows


@pytest.mark.parametrize(
    "signature, body, inputs",
    [
        (Signature(TWO), {"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]}}, [[1, "x"]]),
        (Signature(TWO), {"dataframe_split": {"columns": ["b", "a"], "data": [["x", 1]]}}, [{"b": "x", "a": 1}]),
        (Signature(), {"dataframe_split": {"columns": ["b", "a"], "data": [["x", 1]]}}, [{"b": "x", "a": 1}]),
        (Signature(), {"dataframe_split": {"columns": [0, 1], "data": [["x", 1]]}}, [["x", 1]]),
        (FREE, {"dataframe_split": {"columns": ["a", "b"], "data": [[2, 1]]}}, [[2, 1]]),
        (Signature(TWO, ("t",)), {"prompt": "hi", "t": 1}, [{"prompt": "hi"}]),
        (Signature(), {"prompt": "hi"}, None),
    ],
)
def test_the_same_data_for_predict(signature: Signature, body: Dict[str, Any], inputs: Any) -> None:
    assert inputs_of(body, signature) == inputs


def test_an_example_that_is_no_table_still_shows_where_it_fits() -> None:
    found = examples_of(Description(Signature(TWO), Identity("x"), example={"inputs": [["only one"]]}))
    assert found.invocations == {"inputs": {"inputs": [["only one"]]}}
    assert found.csv is None
    assert found.infer is None


def test_saved_params_come_before_defaults(tmp_path: Path) -> None:
    del tmp_path
    example = {"inputs": {"a": [1.5], "b": ["x"]}, "params": {"t": 9}}
    found = examples_of(Description(Signature(TWO, ("t",)), Identity("x"), example=example))
    assert found.predict == {"inputs": {"a": [1.5], "b": ["x"]}, "params": {"t": 9}}
    assert found.infer is not None
    assert found.infer["parameters"] == {"t": 9}


@pytest.mark.parametrize("outputs", [None, "", "[", '[{"type": "nothing"}]', "{}", 5, '[{"name": "x"}]', "[" * 10_000])
def test_outputs_that_cannot_be_read_are_none(outputs: Any) -> None:
    assert output_schema({"signature": {"outputs": outputs}}) is None
    assert output_schema({}) is None
