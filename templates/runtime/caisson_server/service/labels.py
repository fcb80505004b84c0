"""The paths of all routes, as metrics and traces call them. Imports nothing heavy: the supervisor needs them."""

from __future__ import annotations

from typing import Tuple

from ..openinference.paths import INFER, LIVE, MODEL, MODEL_READY, READY, SERVER

PREDICT = "/predict"
SCORE = "/score"
INVOCATIONS = "/invocations"
METRICS = "/metrics"
OPENAPI = "/openapi.json"
DOCS = "/docs"
PINGS = ("/ping", "/health")
VERSION = "/version"
HEALTH_LIVE = "/health/live"
HEALTH_READY = "/health/ready"

OPEN_INFERENCE = {
    SERVER: "/v2",
    LIVE: "/v2/health/live",
    READY: "/v2/health/ready",
    MODEL: "/v2/models/{name}",
    MODEL_READY: "/v2/models/{name}/ready",
    INFER: "/v2/models/{name}/infer",
}
#: Every label of a route, for metrics, which are made before any model is known.
LABELS: Tuple[str, ...] = (
    *(INVOCATIONS, PREDICT, SCORE, METRICS, OPENAPI, DOCS, *PINGS, VERSION, HEALTH_LIVE, HEALTH_READY),
    *OPEN_INFERENCE.values(),
)
