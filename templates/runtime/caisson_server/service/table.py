"""Which path is answered by what."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Mapping

from ..openinference import metadata
from ..openinference.identity import Identity
from ..openinference.paths import INFER, LIVE, MODEL, MODEL_READY, READY, SERVER, paths
from ..web.answer import Answer, json_answer
from ..web.faults import (
    STOPPING,
    Words,
    in_mlflow_words,
    in_open_inference_words,
    in_plain_words,
    in_predict_words,
)
from ..web.request import Request
from ..web.routes import Route, page, probe, scoring
from .labels import HEALTH_LIVE, HEALTH_READY, INVOCATIONS, OPEN_INFERENCE, PINGS, PREDICT, SCORE, VERSION

Respond = Callable[[Request], Answer]
Routes = Dict[str, Route]


def probes(is_ready: Callable[[], bool], mlflow_version: str) -> Routes:
    """What tells whether the server lives and takes work."""
    ping = Answer(200, b"\n")
    version = Answer(200, mlflow_version.encode())
    routes = [probe(path, lambda _request: ping) for path in PINGS]
    routes.append(probe(VERSION, lambda _request: version))
    return {route.label: route for route in [*routes, *_health(is_ready)]}


def _health(is_ready: Callable[[], bool]) -> Iterable[Route]:
    live = json_answer(200, {"status": "live"})
    yield probe(HEALTH_LIVE, lambda _request: live)
    yield probe(HEALTH_READY, _while_ready(is_ready, {"status": "ready"}, in_plain_words))


def health_only(is_ready: Callable[[], bool]) -> Routes:
    """For a port of its own, beside /metrics."""
    return {route.label: route for route in _health(is_ready)}


def predictions(dialects: Mapping[str, Any]) -> Routes:
    """MLflow's own route, caisson's and Azure ML's, by their paths."""
    words: Mapping[str, Words] = {
        INVOCATIONS: in_mlflow_words,
        PREDICT: in_predict_words,
        SCORE: in_predict_words,
    }
    return {path: scoring(path, dialects[path], words[path]) for path in words}


def open_inference(identity: Identity, dialect: Any, is_ready: Callable[[], bool], bodies: Mapping[str, Any]) -> Routes:
    """The Open Inference Protocol; `bodies` has the metadata of SERVER and MODEL."""
    words = in_open_inference_words
    routes: Mapping[str, Callable[[str], Route]] = {
        SERVER: lambda label: page(label, _always(bodies[SERVER]), words),
        LIVE: lambda label: probe(label, _always(metadata.server_live()), words),
        READY: lambda label: probe(label, _while_ready(is_ready, metadata.server_ready(), words), words),
        MODEL: lambda label: page(label, _always(bodies[MODEL]), words),
        MODEL_READY: lambda label: probe(label, _while_ready(is_ready, metadata.model_ready(identity), words), words),
        INFER: lambda label: scoring(label, dialect, words),
    }
    return {path: routes[kind](OPEN_INFERENCE[kind]) for path, kind in paths(identity).items()}


def _always(body: Any) -> Respond:
    answer = json_answer(200, body)
    return lambda _request: answer


def _while_ready(is_ready: Callable[[], bool], body: Any, words: Words) -> Respond:
    ready = json_answer(200, body)
    stopping = words(STOPPING)
    return lambda _request: ready if is_ready() else stopping


def words_of(path: str) -> Words:
    """How faults are told on this path, without a model."""
    if path == INVOCATIONS:
        return in_mlflow_words
    if path in (PREDICT, SCORE):
        return in_predict_words
    return in_open_inference_words if path.startswith("/v2") else in_plain_words
