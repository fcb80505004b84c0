"""Every environment variable that the server reads, with its meaning for the user of the image."""

from __future__ import annotations

from typing import Mapping

VARIABLES: Mapping[str, str] = {
    "PORT": "the port to listen on; default 5001, and 8080 with the argument `serve`",
    "SAGEMAKER_BIND_TO_PORT": "the port to listen on with the argument `serve`; set by SageMaker, wins over PORT there",
    "MLFLOW_MODEL_URI": "the model; needed by an image that was built with --load-at-start, and checked by the others",
    "MLFLOW_TRACKING_URI": "the store of the model, for MLflow's client; needed for runs:/ and models:/ URIs",
    "MLFLOW_REGISTRY_URI": "the store of registered models, where it is another one",
    "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "seconds that a request may take before a 504; default 60",
    "SERVING_MODEL_CONFIG": "a JSON object that overrides the model's own model_config",
    "MLFLOW_MODELS_WORKERS": "processes that predict; default: as many as the container's CPUs and memory allow",
    "SAGEMAKER_MODEL_SERVER_WORKERS": "the same by SageMaker's name; MLFLOW_MODELS_WORKERS wins",
    "OMP_NUM_THREADS": "threads of native libraries in each worker; default: the container's CPUs / workers",
    "OPENBLAS_NUM_THREADS": "the same, for OpenBLAS alone",
    "MKL_NUM_THREADS": "the same, for MKL alone",
    "CAISSON_LOADER": "`auto` (default) loads common flavors without MLflow; `pyfunc` loads every model by MLflow",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "MLflow's own; when it is false, MLflow loads the model and refuses pickles",
    "MLFLOW_DISABLE_SCHEMA_DETAILS": "MLflow's own; when it is true, MLflow loads the model and words the errors",
    "CAISSON_BATCHING": "`auto` (default) predicts concurrent requests together where that is safe; `on` or `off`",
    "CAISSON_BATCH_MILLISECONDS": "how long a request may wait for others to be predicted with; default 10",
    "CAISSON_QUEUE_SIZE": "requests that may wait in each worker before a 503; default 256",
    "CAISSON_DRAIN_DELAY": "seconds between SIGTERM and the end of new connections; default 0",
    "CAISSON_METRICS_PORT": "a port of its own for /metrics; default: the same port as everything else",
    "CAISSON_LOG_FORMAT": "`text` (default) or `json`",
    "CAISSON_ACCESS_LOG": "`on` (default) or `off`: one line for each request",
    "CAISSON_API_KEY_FILE": "a file with API keys; requests without one of them are refused, health routes excepted",
    "CAISSON_CORS_ORIGINS": "origins whose web pages may ask, separated by commas; `*` is everyone",
    "CAISSON_MODEL_NAME": "the model's name in /v2/models/<name>; default: taken from the model's URI",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "an OpenTelemetry collector (OTLP over HTTP); traces go to <it>/v1/traces",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "the collector's whole URL for traces; wins",
    "OTEL_EXPORTER_OTLP_HEADERS": "headers for the collector, `name=value` separated by commas",
    "OTEL_SERVICE_NAME": "the service's name in traces; default caisson",
    "OTEL_TRACES_SAMPLER_ARG": "the share of requests that is traced, 0 to 1; default 1",
}
