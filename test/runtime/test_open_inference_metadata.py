"""The GET routes of the Open Inference Protocol, and the model's name in all of them."""

from __future__ import annotations

import sys
from subprocess import run
from typing import Any, Optional

import pytest

from caisson_server.model.mlmodel import read_mlmodel
from caisson_server.openapi.description import output_schema
from caisson_server.openinference import metadata
from caisson_server.openinference.identity import Identity, identify
from caisson_server.openinference.paths import paths
from caisson_server.signature.parse import parse_signature
from support.models import ModelShelf


@pytest.mark.parametrize(
    "uri, name, version",
    [
        ("models:/iris/7", "iris", "7"),
        ("models:/iris/latest", "iris", None),
        ("models:/iris@champion", "iris", None),
        ("models:/a@b@champion", "a@b", None),
        ("models:/iris/7/sub/folder", "iris", "7"),
        ("models://profile@databricks/main.default.iris/3", "main.default.iris", "3"),
        ("models:/m-0123456789abcdef", "m-0123456789abcdef", None),
        ("models:/", "model", None),
        ("runs:/0a1b2c/iris_model", "iris_model", None),
        ("s3://bucket/a/tree?x=/y#z", "tree", None),
        ("/opt/ml/model", "model", None),
        ("file:///opt/ml/tree/", "tree", None),
        ("iris", "iris", None),
        (".", "model", None),
        ("a/..", "model", None),
        ("s3://", "model", None),
        ("", "model", None),
    ],
)
def test_the_name_comes_from_the_uri(uri: str, name: str, version: Optional[str]) -> None:
    assert identify(uri) == Identity(name, version)
    assert identify(uri, "given") == Identity("given", version)


def test_names_are_fit_for_urls() -> None:
    assert identify("a\udcff/b\udcff").name == "b?"


def test_paths() -> None:
    assert paths(Identity("a b")) == {
        "/v2": "server",
        "/v2/": "server",
        "/v2/health/live": "live",
        "/v2/health/ready": "ready",
        "/v2/models/a b": "model",
        "/v2/models/a b/ready": "model_ready",
        "/v2/models/a b/infer": "infer",
    }
    versioned = paths(Identity("iris", "7"))
    assert versioned["/v2/models/iris/versions/7"] == "model"
    assert versioned["/v2/models/iris/versions/7/infer"] == "infer"
    assert versioned["/v2/models/iris/versions/7/ready"] == "model_ready"


def test_bodies_of_the_server() -> None:
    assert metadata.server_metadata("1.2.3") == {
        "name": "caisson",
        "version": "1.2.3",
        "extensions": ["binary_tensor_data"],
    }
    assert metadata.server_live() == {"live": True}
    assert metadata.server_ready() == {"ready": True}
    assert metadata.model_ready(Identity("iris", "7")) == {"name": "iris", "ready": True}


def model_metadata(shelf: ModelShelf, name: str, identity: Identity) -> Any:
    mlmodel = read_mlmodel(shelf.folder(name))
    loader = mlmodel["flavors"]["python_function"]["loader_module"]
    return metadata.model_metadata(identity, parse_signature(mlmodel), output_schema(mlmodel), loader)


def test_a_model_of_tensors(shelf: ModelShelf) -> None:
    assert model_metadata(shelf, "iris_tensor", Identity("iris", "7")) == {
        "name": "iris",
        "versions": ["7"],
        "platform": "mlflow_sklearn",
        "inputs": [{"name": "input-0", "datatype": "FP64", "shape": [-1, 4]}],
        "outputs": [{"name": "output-0", "datatype": "INT64", "shape": [-1]}],
    }


def test_a_model_of_columns(shelf: ModelShelf) -> None:
    found = model_metadata(shelf, "describe_all_types", Identity("x"))
    assert (found["platform"], found["outputs"], "versions" in found) == ("mlflow_pyfunc", [], False)
    assert {column["name"]: column["datatype"] for column in found["inputs"]} == {
        "flag": "BOOL",
        "small": "INT32",
        "big": "INT64",
        "single": "FP32",
        "real": "FP64",
        "text": "BYTES",
        "blob": "BYTES",
        "when": "BYTES",
        "extra": "FP64",
        "note": "BYTES",
    }
    assert found["inputs"][6] == {
        "name": "blob",
        "datatype": "BYTES",
        "shape": [-1],
        "parameters": {"content_type": "base64"},
    }


def test_nested_columns_and_named_tensors(shelf: ModelShelf) -> None:
    nested = model_metadata(shelf, "describe_nested", Identity("x"))["inputs"]
    assert {(column["datatype"], column["parameters"]["content_type"]) for column in nested} == {("BYTES", "pd_json")}
    assert model_metadata(shelf, "describe_tensors", Identity("x"))["inputs"] == [
        {"name": "image", "datatype": "FP32", "shape": [-1, 2, 2]},
        {"name": "id", "datatype": "INT64", "shape": [-1]},
    ]
    assert model_metadata(shelf, "describe_text_tensor", Identity("x"))["inputs"][0]["datatype"] == "BYTES"


def test_a_model_without_a_signature(shelf: ModelShelf) -> None:
    found = model_metadata(shelf, "iris_unsigned", Identity("x"))
    assert (found["inputs"], found["outputs"]) == ([], [])


def test_metadata_need_neither_numpy_nor_pandas() -> None:
    code = (
        "import sys; from caisson_server.openinference import metadata, paths, identity;"
        " print([name for name in ('numpy', 'pandas') if name in sys.modules])"
    )
    done = run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "[]"
