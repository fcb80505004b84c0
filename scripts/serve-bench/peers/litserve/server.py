"""The iris model behind LitServe, loaded with no MLflow."""

import os

import litserve
import numpy as np
import skops.io


class Iris(litserve.LitAPI):
    def setup(self, device):
        self.model = skops.io.load("/opt/ml/model/model.skops")

    def decode_request(self, request):
        return np.asarray(request["inputs"])

    def predict(self, rows):
        return self.model.predict(rows)

    def encode_response(self, predictions):
        return {"predictions": predictions.tolist()}


if __name__ == "__main__":
    server = litserve.LitServer(Iris(), accelerator="cpu", workers_per_device=os.cpu_count())
    server.run(port=8080, generate_client_file=False)
