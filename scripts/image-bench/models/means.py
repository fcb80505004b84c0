"""A Python function that needs pandas and nothing else: the mean of each row."""

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel


class Means(PythonModel):
    def predict(self, context, model_input, params=None):
        return pd.DataFrame(model_input).mean(axis="columns")


mlflow.models.set_model(Means())
