"""The environment variables and arguments of the server. Nothing else in this package reads the environment.

MLflow's client, which the server uses to load models, reads its own variables besides (for the tracking store, artifact
stores and their credentials).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, NoReturn, Optional, Sequence

from ..errors import ConfigurationError

#: Every variable that the server reads, with its meaning.
VARIABLES: Mapping[str, str] = {
    "PORT": "the port to listen on; default 5001, and 8080 with the argument `serve`",
    "MLFLOW_MODEL_URI": "the model; needed by an image that was built with --load-at-start, and checked by the others",
    "MLFLOW_TRACKING_URI": "the store of the model, for MLflow's client; needed for runs:/ and models:/ URIs",
    "MLFLOW_REGISTRY_URI": "the store of registered models, where it is another one",
    "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "seconds that a request may take before a 504; default 60",
    "SERVING_MODEL_CONFIG": "a JSON object that overrides the model's own model_config",
}

DEFAULT_PORT = 5001
SAGEMAKER_PORT = 8080
_HIGHEST_PORT = 65535
_DEFAULT_TIMEOUT = 60.0

MODEL_FOLDER = Path("/opt/ml/model")


@dataclass(frozen=True)
class Settings:
    """What the server was told, checked."""

    port: int
    #: Seconds.
    request_timeout: float
    #: MLFLOW_MODEL_URI; None when absent or empty.
    model_uri: Optional[str]
    #: Whether a tracking store or a registry is named.
    names_store: bool
    model_config: Optional[Mapping[str, Any]]
    image_file: Path
    model_folder: Path


def read_settings(environ: Mapping[str, str], arguments: Sequence[str], image_file: Path) -> Settings:
    """Read and check everything at once. Raises ConfigurationError quoting the wrong value."""
    options = _parse_arguments(arguments, image_file)
    default_port = SAGEMAKER_PORT if options.command == "serve" else DEFAULT_PORT
    return Settings(
        port=_port(environ.get("PORT", ""), default_port),
        request_timeout=_timeout(environ.get("MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", "")),
        model_uri=environ.get("MLFLOW_MODEL_URI", "").strip() or None,
        names_store=any([environ.get("MLFLOW_TRACKING_URI", ""), environ.get("MLFLOW_REGISTRY_URI", "")]),
        model_config=_model_config(environ.get("SERVING_MODEL_CONFIG", "")),
        image_file=options.image_file,
        model_folder=options.model_folder,
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(message)


def _parse_arguments(arguments: Sequence[str], image_file: Path) -> argparse.Namespace:
    parser = _Parser(prog="serve.py", description="serves the MLflow model of this image")
    parser.add_argument("command", nargs="?", choices=("serve",), help=f"as SageMaker: port {SAGEMAKER_PORT}")
    parser.add_argument("--image-file", type=Path, default=image_file, help="image.json")
    parser.add_argument("--model-folder", type=Path, default=MODEL_FOLDER)
    return parser.parse_args(arguments)


def _port(text: str, default: int) -> int:
    if not text.strip():
        return default
    if text.strip().isdecimal() and 0 < int(text) <= _HIGHEST_PORT:
        return int(text)
    raise ConfigurationError(f"PORT is '{text}', not a port between 1 and {_HIGHEST_PORT}")


def _timeout(text: str) -> float:
    if not text.strip():
        return _DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds < float("inf"):
        return seconds
    raise ConfigurationError(f"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT is '{text}', not a number of seconds above 0")


def _model_config(text: str) -> Optional[Dict[str, Any]]:
    if not text.strip():
        return None
    try:
        config = json.loads(text)
    except ValueError:
        config = None
    if isinstance(config, dict):
        return config
    # The value may hold secrets, so it is not quoted.
    raise ConfigurationError("SERVING_MODEL_CONFIG is not a JSON object")
