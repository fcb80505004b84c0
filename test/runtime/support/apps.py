"""The two applications that are compared: MLflow's own and caisson's, around one saved model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow.pyfunc
from mlflow.pyfunc import scoring_server
from starlette.testclient import TestClient

from caisson_server.model.pyfunc import load_pyfunc
from caisson_server.redaction import path_hider
from caisson_server.scoring import ModelScorer
from caisson_server.startup.settings import MODEL_FOLDER
from caisson_server.web.app import Application
from caisson_server.web.pool import PredictionPool
from caisson_server.web.state import ServerState


@dataclass(frozen=True)
class Pair:
    mlflow: Any
    caisson: Any


def application(folder: Path, timeout: float = 60.0) -> Application:
    """caisson's application with the model of the folder loaded."""
    state = ServerState()
    state.scorer = ModelScorer(load_pyfunc(folder, None), path_hider([folder, MODEL_FOLDER]))
    return Application(state, PredictionPool(), timeout)


def client(app: Any) -> Any:
    return TestClient(app, raise_server_exceptions=False)


def pair(folder: Path) -> Pair:
    reference = scoring_server.init(mlflow.pyfunc.load_model(str(folder)))
    return Pair(client(reference), client(application(folder)))
