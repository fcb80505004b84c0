"""Takes three seconds to load."""

import time

import mlflow
from mlflow.pyfunc import PythonModel


class SlowToLoad(PythonModel):
    def load_context(self, context):
        time.sleep(3)

    def predict(self, context, model_input, params=None):
        return [1]


mlflow.models.set_model(SlowToLoad())
