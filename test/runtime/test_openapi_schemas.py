"""The JSON Schemas of `/openapi.json`: they take what the server takes, whatever the model's names are."""

from __future__ import annotations

import json
from typing import Any, List, Tuple

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from caisson_server.openapi.description import Description
from caisson_server.openapi.document import document, document_json
from caisson_server.openinference.identity import Identity
from caisson_server.signature.types import (
    AnyType,
    ArrayType,
    ColumnSpec,
    DataType,
    MapType,
    ObjectType,
    ParameterSpec,
    Property,
    Schema,
    Signature,
    SparkVectorType,
    TensorSpec,
)
from support.descriptions import check, describe
from support.models import ModelShelf

BAD: List[Tuple[str, str, Any]] = [
    ("iris_named", "PredictRequest", {}),
    ("iris_named", "PredictRequest", {"inputs": [["a", 1, 2, 3]]}),
    ("iris_named", "PredictRequest", {"inputs": [[1, 2, 3]]}),
    ("iris_named", "PredictRequest", {"inputs": [{"sepal_length": 1}]}),
    ("iris_named", "InvocationsRequest", {"inputs": [[1, 2, 3, 4]]}),
    ("iris_named", "InvocationsRequest", {"dataframe_split": {"data": [[1, 2, 3, 4]], "more": 1}}),
    ("iris_named", "InvocationsRequest", {"nothing": 1}),
    ("iris_named", "InvocationsRequest", {"messages": [{"role": "user"}]}),
    ("iris_named", "PredictRequest", {"inputs": []}),
    ("describe_params", "PredictRequest", {"inputs": ["a"], "params": [1]}),
    ("iris_tensor", "PredictRequest", {"inputs": [[1, 2, 3, 4, 5]]}),
    ("iris_tensor", "InvocationsRequest", {"inputs": [[1, "x", 3, 4]]}),
    ("describe_images", "PredictRequest", {"inputs": [[[[1], [2]], [[3], [256]]]]}),
    ("describe_all_types", "PredictRequest", {"inputs": [[True, 1.5, 1, 1, 1, "", "", ""]]}),
    ("describe_nested", "PredictRequest", {"inputs": [{"numbers": 1, "thing": {"a": 1}, "labels": {}}]}),
    ("describe_params", "PredictRequest", {"inputs": ["a"], "params": {"top": "x"}}),
    ("type_hints", "PredictRequest", {"inputs": [{"limit": 2}]}),
    ("iris_named", "InferRequest", {"inputs": []}),
    ("iris_named", "InferRequest", {"inputs": [{"name": "x", "shape": [1], "datatype": "FP8"}]}),
]
GOOD: List[Tuple[str, str, Any]] = [
    ("iris_named", "PredictRequest", {"inputs": [1, 2, 3, None]}),
    (
        "iris_named",
        "PredictRequest",
        {"inputs": {"sepal_length": [1], "sepal_width": [1], "petal_length": [1], "petal_width": [1]}},
    ),
    ("iris_tensor", "PredictRequest", {"inputs": [1, 2, 3, 4]}),
    (
        "describe_all_types",
        "PredictRequest",
        {"inputs": [[True, 1, 1, 1, 1, "", "", ""], [True, 1, 1, 1, 1, "", "", "", 2, None]]},
    ),
    ("describe_tensors", "PredictRequest", {"inputs": [{"image": [[1, 2], [3, 4]], "id": 7}]}),
    ("describe_one_tensor", "PredictRequest", {"inputs": [[1, 2, 3]]}),
    ("describe_nested", "PredictRequest", {"inputs": [{"numbers": [], "thing": {"a": 1, "b": None}, "labels": {}}]}),
    ("describe_params", "PredictRequest", {"inputs": ["a"], "params": {"top": 1, "other": 2}}),
    ("iris_unsigned", "InvocationsRequest", {"messages": [{"role": "user"}]}),
    ("iris_unsigned", "PredictRequest", {"inputs": [1], "params": None}),
    ("iris_named", "InferRequest", {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "parameters": None}]}),
]


@pytest.mark.parametrize("model, name, body", BAD)
def test_schemas_refuse_what_the_server_refuses(shelf: ModelShelf, model: str, name: str, body: Any) -> None:
    described = document(describe(shelf.folder(model)))
    schema = {**described["components"]["schemas"][name], "components": described["components"]}
    assert not Draft202012Validator(schema).is_valid(body)


@pytest.mark.parametrize("model, name, body", GOOD)
def test_schemas_take_what_the_server_takes(shelf: ModelShelf, model: str, name: str, body: Any) -> None:
    described = document(describe(shelf.folder(model)))
    check(described["components"]["schemas"][name], body, described)


HOSTILE = [
    "</script><img onerror=alert(1)>",
    "$ref",
    "{{x}}",
    "\u202ereversed",
    "a/b~c",
    "é",
    "",
    "\ud800",
    "#/components",
]


def test_hostile_names_are_only_names() -> None:
    columns = tuple(ColumnSpec(DataType.DOUBLE, name, required=True) for name in HOSTILE)
    params = tuple(ParameterSpec(name, DataType.DOUBLE, float("nan")) for name in HOSTILE)
    signature = Signature(Schema(columns), tuple(HOSTILE), params)
    for name in HOSTILE[:-2]:
        description = Description(
            signature, Identity(name or "x", "7"), model_uri=name, loader=name, mlflow_version=name
        )
        text = document_json(description)
        assert b"NaN" not in text
        described = json.loads(text)
        validate(described)
        check(described["components"]["schemas"]["PredictRequest"], {"inputs": [[1.0] * len(HOSTILE)]}, described)
        assert not any("{" in path for path in described["paths"])


def test_every_type_has_a_schema() -> None:
    deep: Any = DataType.LONG
    for _ in range(60):
        deep = ArrayType(deep)
    types: List[Any] = [
        *DataType,
        SparkVectorType(DataType.DOUBLE),
        AnyType(),
        MapType(ObjectType((Property("$ref", AnyType(), required=True), Property("b", AnyType(), required=False)))),
        deep,
    ]
    columns = Schema(tuple(ColumnSpec(one, f"c{index}", required=bool(index % 2)) for index, one in enumerate(types)))
    validate(document(Description(Signature(columns), Identity("x"))))
    names = ["float16", "complex64", "int8", "uint64", "bool", "object", "str", "datetime64[ns]", "bytes", "integer"]
    tensors = Schema(tuple(TensorSpec(name, (-1, 2), name) for name in names))
    validate(document(Description(Signature(tensors), Identity("x"))))
    validate(document(Description(Signature(Schema((TensorSpec("float32", (), None),))), Identity("x"))))
