"""The iris model behind BentoML, loaded with no MLflow, with BentoML's adaptive batching."""

import bentoml
import numpy as np
import skops.io


@bentoml.service(workers="cpu_count")
class Iris:
    def __init__(self) -> None:
        self.model = skops.io.load("/opt/ml/model/model.skops")

    @bentoml.api(batchable=True)
    def predict(self, inputs: np.ndarray) -> np.ndarray:
        return self.model.predict(inputs)
