"""ONNX graphs."""

# ruff: noqa: PLC0415 - a library is imported by those who save a model of it

from __future__ import annotations

from typing import Any, List, Mapping, Optional

import pandas as pd
from mlflow.models import ModelSignature, infer_signature

from .common import Save, iris_classes, iris_table, of_flavor


def _onnx_of(model: Any, inputs: List[Any], **options: Any) -> Any:
    from skl2onnx import to_onnx

    return to_onnx(model, initial_types=inputs, target_opset=15, **options)


def _onnx_tensor(signature: Optional[ModelSignature] = None) -> Any:
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.linear_model import LogisticRegression

    table = iris_table().to_numpy().astype("float32")
    model = LogisticRegression(max_iter=500).fit(table, iris_classes())
    graph = _onnx_of(model, [("X", FloatTensorType([None, 4]))], options={"zipmap": False})
    return graph, signature or infer_signature(table)


def _onnx_named_tensor() -> Any:
    graph, _ = _onnx_tensor()
    return graph, infer_signature({"X": iris_table().to_numpy().astype("float32")})


def _onnx_columns() -> Any:
    graph, _ = _onnx_tensor()
    return graph, infer_signature(iris_table())


def _onnx_regressor() -> Any:
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.linear_model import LinearRegression

    table = iris_table()
    model = LinearRegression().fit(table.to_numpy(), iris_classes())
    return _onnx_of(model, [("X", FloatTensorType([None, 4]))]), infer_signature(table)


def _onnx_dictionaries() -> Any:
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=500).fit(iris_table().to_numpy(), iris_classes())
    options = {"onnx_session_options": {"intra_op_num_threads": 1, "execution_mode": "sequential"}}
    return _onnx_of(model, [("X", FloatTensorType([None, 4]))]), None, options


def _onnx_of_two_inputs(*, signature: bool) -> Any:
    from onnx import TensorProto, helper

    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None]) for name in ("a", "b")]
    output = helper.make_tensor_value_info("total", TensorProto.FLOAT, [None])
    graph = helper.make_graph([helper.make_node("Add", ["a", "b"], ["total"])], "sum", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    columns = infer_signature(pd.DataFrame({"a": [1.5], "b": [2.5]}))
    return model, columns if signature else None


ONNX_MODELS: Mapping[str, Save] = {
    "onnx_tensor": of_flavor("onnx", _onnx_tensor),
    "onnx_named_tensor": of_flavor("onnx", _onnx_named_tensor),
    "onnx_columns": of_flavor("onnx", _onnx_columns),
    "onnx_regressor": of_flavor("onnx", _onnx_regressor),
    "onnx_dictionaries": of_flavor("onnx", _onnx_dictionaries),
    "onnx_two_inputs": of_flavor("onnx", lambda: _onnx_of_two_inputs(signature=True)),
    "onnx_two_inputs_unsigned": of_flavor("onnx", lambda: _onnx_of_two_inputs(signature=False)),
}
