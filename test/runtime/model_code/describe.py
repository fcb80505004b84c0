"""Returns what its input is: types and values as text, and the parameters."""

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc import PythonModel


def describe(value):
    if isinstance(value, pd.DataFrame):
        return {str(name): [str(column.dtype), *map(repr, column)] for name, column in value.items()}
    if isinstance(value, np.ndarray):
        return [str(value.dtype), list(value.shape), repr(value.tolist())]
    if isinstance(value, dict):
        return {name: describe(item) for name, item in value.items()}
    if isinstance(value, list):
        return [describe(item) for item in value]
    return [type(value).__name__, repr(value)]


class Describe(PythonModel):
    def predict(self, context, model_input, params=None):
        return {"input": describe(model_input), "params": repr(params)}


mlflow.models.set_model(Describe())
