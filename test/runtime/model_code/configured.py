"""Returns its model_config."""

import mlflow
from mlflow.pyfunc import PythonModel


class Configured(PythonModel):
    def predict(self, context, model_input, params=None):
        return dict(context.model_config)


mlflow.models.set_model(Configured())
