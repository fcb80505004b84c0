"""The environment variables and arguments of the server. Nothing else in this package reads the environment.

MLflow's client, which the server uses to load models, reads its own variables besides (for the tracking store, artifact
stores and their credentials). VARIABLES describes all that the server itself reads.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Tuple

from ..errors import ConfigurationError
from ..model.options import SWITCHES
from . import values
from .arguments import MODEL_FOLDER, SAGEMAKER_PORT, parse_arguments
from .otel import OtelSettings, read_otel
from .variables import VARIABLES

__all__ = ["DEFAULT_PORT", "MODEL_FOLDER", "SAGEMAKER_PORT", "VARIABLES", "Settings", "read_settings"]

DEFAULT_PORT = 5001
_DEFAULT_TIMEOUT = 60.0
_DEFAULT_BATCH_MILLISECONDS = 10.0
_DEFAULT_QUEUE_SIZE = 256
_LONGEST_QUEUE = 1_000_000


@dataclass(frozen=True)
class Settings:
    """What the server was told, checked. All durations are in seconds."""

    port: int = DEFAULT_PORT
    request_timeout: float = _DEFAULT_TIMEOUT
    #: MLFLOW_MODEL_URI; None when absent or empty.
    model_uri: Optional[str] = None
    #: Whether a tracking store or a registry is named.
    names_store: bool = False
    model_config: Optional[Mapping[str, Any]] = None
    image_file: Path = Path("/opt/caisson/image.json")
    model_folder: Path = MODEL_FOLDER
    #: None: the server decides.
    workers: Optional[int] = None
    #: "auto" or "pyfunc".
    loader: str = "auto"
    #: MLflow's variables that keep a model from being loaded without it, as they are set.
    mlflow_switches: Mapping[str, str] = field(default_factory=dict)
    #: "auto", "on" or "off".
    batching: str = "auto"
    #: The longest that a request waits for others to be predicted with.
    batch_seconds: float = _DEFAULT_BATCH_MILLISECONDS / 1000
    queue_size: int = _DEFAULT_QUEUE_SIZE
    drain_delay: float = 0.0
    metrics_port: Optional[int] = None
    #: "text" or "json".
    log_format: str = "text"
    access_log: bool = True
    api_key_file: Optional[Path] = None
    #: Origins in lower case; ("*",) is everyone, () is nobody.
    cors_origins: Tuple[str, ...] = ()
    #: CAISSON_MODEL_NAME; None: derived from the model's URI.
    model_name: Optional[str] = None
    otel: Optional[OtelSettings] = None
    #: What the server handed to itself when it started anew.
    resume: Optional[str] = None


def read_settings(environ: Mapping[str, str], arguments: Sequence[str], image_file: Path) -> Settings:
    """Read and check everything at once. Raises ConfigurationError quoting the wrong value."""
    options = parse_arguments(arguments, image_file)
    port = _port(environ, options)
    return Settings(
        port=port,
        request_timeout=_or(
            _DEFAULT_TIMEOUT,
            values.number(environ, "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT", above=0, what="a number of seconds"),
        ),
        model_uri=values.text(environ, "MLFLOW_MODEL_URI"),
        names_store=any([environ.get("MLFLOW_TRACKING_URI", ""), environ.get("MLFLOW_REGISTRY_URI", "")]),
        model_config=values.json_object(environ, "SERVING_MODEL_CONFIG"),
        image_file=options.image_file,
        model_folder=options.model_folder,
        workers=_workers(environ),
        loader=values.choice(environ, "CAISSON_LOADER", ("auto", "pyfunc")),
        mlflow_switches={name: environ[name] for name in SWITCHES if values.text(environ, name)},
        batching=values.choice(environ, "CAISSON_BATCHING", ("auto", "on", "off")),
        batch_seconds=_batch_seconds(environ),
        queue_size=_queue_size(environ),
        drain_delay=_or(0.0, values.number(environ, "CAISSON_DRAIN_DELAY", what="a number of seconds")),
        metrics_port=_metrics_port(environ, port),
        log_format=values.choice(environ, "CAISSON_LOG_FORMAT", ("text", "json")),
        access_log=values.choice(environ, "CAISSON_ACCESS_LOG", ("on", "off")) == "on",
        api_key_file=_path(environ, "CAISSON_API_KEY_FILE"),
        cors_origins=values.origins(environ, "CAISSON_CORS_ORIGINS"),
        model_name=values.text(environ, "CAISSON_MODEL_NAME"),
        otel=read_otel(environ),
        resume=options.resume,
    )


def _or(default: float, value: Optional[float]) -> float:
    """Zero is a value."""
    return default if value is None else value


def _port(environ: Mapping[str, str], options: argparse.Namespace) -> int:
    """SageMaker sends requests to SAGEMAKER_BIND_TO_PORT where it sets it, whatever else the image is told."""
    asked = values.port(environ, "PORT")
    bound = values.port(environ, "SAGEMAKER_BIND_TO_PORT")
    if options.command == "serve":
        return bound or asked or SAGEMAKER_PORT
    return asked or DEFAULT_PORT


def _metrics_port(environ: Mapping[str, str], port: int) -> Optional[int]:
    metrics_port = values.port(environ, "CAISSON_METRICS_PORT")
    if metrics_port == port:
        raise ConfigurationError(f"CAISSON_METRICS_PORT is '{port}', but that is the port of everything else")
    return metrics_port


def _workers(environ: Mapping[str, str]) -> Optional[int]:
    by_mlflow = values.workers(environ, "MLFLOW_MODELS_WORKERS")
    return values.workers(environ, "SAGEMAKER_MODEL_SERVER_WORKERS") if by_mlflow is None else by_mlflow


def _batch_seconds(environ: Mapping[str, str]) -> float:
    milliseconds = values.number(environ, "CAISSON_BATCH_MILLISECONDS", what="a number of milliseconds")
    return _or(_DEFAULT_BATCH_MILLISECONDS, milliseconds) / 1000


def _queue_size(environ: Mapping[str, str]) -> int:
    size = values.whole_number(environ, "CAISSON_QUEUE_SIZE", highest=_LONGEST_QUEUE, what="a number of requests")
    return _DEFAULT_QUEUE_SIZE if size is None else size


def _path(environ: Mapping[str, str], name: str) -> Optional[Path]:
    value = values.text(environ, name)
    return None if value is None else Path(value)
