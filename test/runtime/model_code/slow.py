"""Sleeps or burns CPU in pure Python for as many seconds as the input says."""

import time

import mlflow
from mlflow.pyfunc import PythonModel


class Slow(PythonModel):
    def predict(self, context, model_input, params=None):
        how, seconds = model_input.iloc[0]
        end = time.monotonic() + float(seconds)
        if how == "sleep":
            time.sleep(float(seconds))
        while time.monotonic() < end:
            pass
        return [how]


mlflow.models.set_model(Slow())
