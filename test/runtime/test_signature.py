"""Signatures of MLmodel files, read without MLflow, are what MLflow reads."""

from __future__ import annotations

import json

import pytest
from mlflow.models.model import Model

from caisson_server.errors import StartupError
from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.signature.parse import parse_signature
from caisson_server.signature.types import ColumnSpec, DataType
from support.models import ModelShelf


@pytest.mark.parametrize(
    "model",
    [
        "iris_unsigned",
        "iris_named",
        "iris_tensor",
        "iris_params",
        "describe_all_types",
        "describe_nested",
        "describe_tensors",
        "describe_images",
        "describe_unnamed",
        "describe_one_array",
        "describe_params",
        "returns",
        "type_hints",
    ],
)
def test_reads_what_mlflow_reads(shelf: ModelShelf, model: str) -> None:
    folder = shelf.folder(model)
    ours = parse_signature(read_mlmodel(folder))
    theirs = Model.load(str(folder))
    schema = theirs.get_input_schema()
    assert repr(ours.inputs) == repr(schema)
    assert ours.from_type_hint == bool(theirs._is_signature_from_type_hint())  # noqa: SLF001
    params = theirs.get_params_schema()
    assert ours.parameters == tuple(param.name for param in params.params if params is not None) if params else True
    if ours.inputs is not None:
        assert ours.inputs.labels == schema.input_names()
        assert ours.inputs.required_labels == schema.required_input_names()


def test_old_optional_columns() -> None:
    inputs = json.dumps([{"type": "double", "name": "a"}, {"type": "string", "name": "b", "optional": True}])
    signature = parse_signature({"signature": {"inputs": inputs, "outputs": None}})
    assert signature.inputs is not None
    assert signature.inputs.columns == (
        ColumnSpec(DataType.DOUBLE, "a", required=True),
        ColumnSpec(DataType.STRING, "b", required=False),
    )


@pytest.mark.parametrize("text, reason", [(None, "cannot read"), ("a: [", "is not YAML"), ("- 1", "mapping")])
def test_broken_mlmodel(tmp_path_factory: pytest.TempPathFactory, text: str, reason: str) -> None:
    folder = tmp_path_factory.mktemp("broken")
    if text is not None:
        (folder / "MLmodel").write_text(text)
    with pytest.raises(StartupError, match=reason):
        read_mlmodel(folder)
