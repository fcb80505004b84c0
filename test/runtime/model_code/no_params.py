"""A predict without `params`."""

import mlflow
from mlflow.pyfunc import PythonModel


class NoParams(PythonModel):
    def predict(self, context, model_input):
        return len(model_input)


mlflow.models.set_model(NoParams())
