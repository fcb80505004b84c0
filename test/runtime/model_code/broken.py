"""Cannot be loaded."""

import mlflow
from mlflow.pyfunc import PythonModel


class Broken(PythonModel):
    def load_context(self, context):
        raise RuntimeError("the weights\nare gone")

    def predict(self, context, model_input, params=None):
        return [1]


mlflow.models.set_model(Broken())
