"""Environment variables and arguments of the server, and what its health check makes of them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Set

import pytest

import caisson_server
import healthcheck
from caisson_server.errors import ConfigurationError
from caisson_server.startup.otel import OtelSettings
from caisson_server.startup.settings import VARIABLES, Settings, read_settings

IMAGE_PATH = Path("/nowhere/image.json")
TIMEOUT = "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT"
HUGE = "9" * 5000


def settings(*arguments: str, **environ: str) -> Settings:
    return read_settings(environ, arguments, IMAGE_PATH)


def test_defaults() -> None:
    read = settings()
    assert read == Settings(image_file=IMAGE_PATH)
    assert (read.port, read.request_timeout, read.model_folder) == (5001, 60.0, Path("/opt/ml/model"))
    assert (read.batch_seconds, read.queue_size, read.drain_delay) == (0.01, 256, 0.0)


def test_empty_variables_count_as_absent() -> None:
    switches = {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "MLFLOW_DISABLE_SCHEMA_DETAILS"}
    assert settings(**dict.fromkeys(set(VARIABLES) - switches, "")) == settings()


@pytest.mark.parametrize(
    "arguments, environ, expected, checked",
    [
        ([], {}, 5001, [5001, 8080]),
        (["serve"], {}, 8080, [5001, 8080]),
        ([], {"PORT": "9000"}, 9000, [9000]),
        (["serve"], {"PORT": "80"}, 80, [80]),
        (["serve"], {"SAGEMAKER_BIND_TO_PORT": "81"}, 81, [5001, 81]),
        (["serve"], {"SAGEMAKER_BIND_TO_PORT": "81", "PORT": "80"}, 81, [80, 81]),
        ([], {"SAGEMAKER_BIND_TO_PORT": "81"}, 5001, [5001, 81]),
        ([], {"SAGEMAKER_BIND_TO_PORT": "81", "PORT": " 80 "}, 80, [80, 81]),
    ],
)
def test_ports(arguments: List[str], environ: Dict[str, str], expected: int, checked: List[int]) -> None:
    assert settings(*arguments, **environ).port == expected
    assert healthcheck.candidate_ports(environ) == checked
    assert expected in checked


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1", pytest.param(HUGE, id="huge")])
def test_the_health_check_passes_over_what_the_server_refuses(value: str) -> None:
    assert healthcheck.candidate_ports({"PORT": value, "SAGEMAKER_BIND_TO_PORT": value}) == [5001, 8080]


def test_the_health_check_needs_nothing_but_python() -> None:
    environ = {"PORT": str(unused_port())}
    command = [sys.executable, "-I", "-S", healthcheck.__file__]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "environ, quoted",
    [
        ({"PORT": "0"}, "PORT is '0', not a port between 1 and 65535"),
        ({"PORT": "65536"}, "PORT is '65536'"),
        ({"PORT": "http"}, "PORT is 'http'"),
        ({"PORT": "-1"}, "PORT is '-1'"),
        ({"PORT": "1_0"}, "PORT is '1_0'"),
        ({"PORT": "\u0665"}, "PORT is '\u0665'"),
        pytest.param({"PORT": HUGE}, "PORT is '9999", id="huge"),
        ({"SAGEMAKER_BIND_TO_PORT": "x"}, "SAGEMAKER_BIND_TO_PORT is 'x'"),
        ({"CAISSON_METRICS_PORT": "5001"}, "CAISSON_METRICS_PORT is '5001', but that is the port of everything else"),
        ({TIMEOUT: "0"}, "TIMEOUT is '0', not a number of seconds above 0"),
        ({TIMEOUT: "soon"}, "TIMEOUT is 'soon'"),
        ({TIMEOUT: "nan"}, "TIMEOUT is 'nan'"),
        ({TIMEOUT: "inf"}, "TIMEOUT is 'inf'"),
        ({"SERVING_MODEL_CONFIG": "{"}, "^SERVING_MODEL_CONFIG is not a JSON object$"),
        ({"SERVING_MODEL_CONFIG": "[1]"}, "^SERVING_MODEL_CONFIG is not a JSON object$"),
        pytest.param({"SERVING_MODEL_CONFIG": "[" * 100_000}, "^SERVING_MODEL_CONFIG is not a JSON object$", id="deep"),
        ({"MLFLOW_MODELS_WORKERS": "0"}, "MLFLOW_MODELS_WORKERS is '0', not a number of workers between 1 and 512"),
        ({"SAGEMAKER_MODEL_SERVER_WORKERS": "many"}, "SAGEMAKER_MODEL_SERVER_WORKERS is 'many'"),
        ({"CAISSON_LOADER": "fast"}, "CAISSON_LOADER is 'fast', not one of auto, pyfunc"),
        ({"CAISSON_BATCHING": "maybe"}, "CAISSON_BATCHING is 'maybe', not one of auto, on, off"),
        ({"CAISSON_BATCH_MILLISECONDS": "-1"}, "CAISSON_BATCH_MILLISECONDS is '-1', not a number of milliseconds of 0"),
        ({"CAISSON_QUEUE_SIZE": "0"}, "CAISSON_QUEUE_SIZE is '0'"),
        ({"CAISSON_DRAIN_DELAY": "5s"}, "CAISSON_DRAIN_DELAY is '5s'"),
        ({"CAISSON_LOG_FORMAT": "xml"}, "CAISSON_LOG_FORMAT is 'xml'"),
        ({"CAISSON_ACCESS_LOG": "yes"}, "CAISSON_ACCESS_LOG is 'yes', not one of on, off"),
        ({"CAISSON_CORS_ORIGINS": "https://a.org, b.org"}, "CAISSON_CORS_ORIGINS holds 'b.org'"),
    ],
)
def test_wrong_variables_are_quoted(environ: Dict[str, str], quoted: str) -> None:
    with pytest.raises(ConfigurationError, match=quoted):
        settings(**environ)


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigurationError, match="'train'"):
        settings("train")
    with pytest.raises(ConfigurationError, match="--nope"):
        settings("--nope")


def test_all_settings() -> None:
    read = settings(
        MLFLOW_MODEL_URI=" models:/iris/1 ",
        MLFLOW_REGISTRY_URI="http://store",
        **{TIMEOUT: "2.5"},
        SERVING_MODEL_CONFIG='{"a": 1}',
        MLFLOW_MODELS_WORKERS="3",
        SAGEMAKER_MODEL_SERVER_WORKERS="4",
        CAISSON_LOADER="PyFunc",
        CAISSON_BATCHING="off",
        CAISSON_BATCH_MILLISECONDS="0",
        CAISSON_QUEUE_SIZE="7",
        CAISSON_DRAIN_DELAY="0.5",
        CAISSON_METRICS_PORT="9100",
        CAISSON_LOG_FORMAT="json",
        CAISSON_ACCESS_LOG="off",
        CAISSON_API_KEY_FILE="/run/keys",
        CAISSON_CORS_ORIGINS="https://A.org, *",
        CAISSON_MODEL_NAME="iris",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318/",
    )
    assert (read.model_uri, read.names_store, read.request_timeout) == ("models:/iris/1", True, 2.5)
    assert (read.model_config, read.workers, read.loader) == ({"a": 1}, 3, "pyfunc")
    assert (read.batching, read.batch_seconds, read.queue_size) == ("off", 0.0, 7)
    assert (read.drain_delay, read.metrics_port, read.log_format) == (0.5, 9100, "json")
    assert (read.access_log, read.api_key_file) == (False, Path("/run/keys"))
    assert (read.cors_origins, read.model_name) == (("https://a.org", "*"), "iris")
    assert read.otel == OtelSettings("http://collector:4318/v1/traces")
    assert settings(SAGEMAKER_MODEL_SERVER_WORKERS="4").workers == 4


class Recording(Dict[str, str]):
    """An environment that knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def test_every_variable_that_is_read_is_documented() -> None:
    environ = Recording()
    read_settings(environ, [], IMAGE_PATH)
    # process/native.py looks at these, and native libraries themselves.
    threads = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}
    assert environ.asked | threads == set(VARIABLES)


def test_nothing_else_reads_the_environment() -> None:
    package = Path(caisson_server.__file__).parent
    users = {path.name for path in package.rglob("*.py") if re.search(r"os\.environ|getenv", path.read_text())}
    # These only set variables; serve.py hands the environment to settings.py.
    assert users == {"fetch.py", "native.py", "pyfunc.py", "temporary.py"}
