"""A model that does what its input says: answers, sleeps, hangs, holds the global lock, leaks memory, fails, leaves."""

import os
import re
import sys
import time

import mlflow
from mlflow.pyfunc import PythonModel

LEAKED = []
LEAK_BYTES = 32 * 1024 * 1024


class Unruly(PythonModel):
    def predict(self, context, model_input, params=None):
        how = str(model_input["how"].iloc[0])
        if how == "sleep":
            time.sleep(1.5)
        elif how == "hang":
            while True:
                time.sleep(3600)
        elif how == "hold":
            # A regular expression that takes ages, in C code that never lets another thread run.
            re.match(r"(a+)+$", "a" * 60 + "b")
        elif how == "leak":
            LEAKED.append(bytearray(os.urandom(1024)) * (LEAK_BYTES // 1024))
        elif how == "fail":
            raise RuntimeError("the model does not want to")
        elif how == "exit":
            sys.exit("the model wants to leave")
        elif how == "os_exit":
            os._exit(3)
        return [how] * len(model_input)


mlflow.models.set_model(Unruly())
