"""Fails in the way that the first cell of its input names."""

import sys

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.pyfunc import PythonModel

SECRET_PATH = "/opt/ml/model/secret/weights.bin"  # noqa: S105


def fail(how):
    if how == "value":
        raise ValueError(f"bad value in {SECRET_PATH}")
    if how == "runtime":
        raise RuntimeError(f"cannot open {SECRET_PATH}")
    if how == "exit":
        sys.exit(3)
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "invalid":
        raise MlflowException.invalid_parameter_value("the model says no")
    if how == "denied":
        raise MlflowException("not for you", error_code=PERMISSION_DENIED, stack_trace="File x, line 1")
    if how == "internal":
        raise MlflowException("the model broke")
    return [how]


class Raises(PythonModel):
    def predict(self, context, model_input, params=None):
        return fail(model_input.iloc[0, 0])


mlflow.models.set_model(Raises())
