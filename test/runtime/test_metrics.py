"""What the server counts, across its processes and their deaths."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Dict

import pytest

import caisson_server
from caisson_server.metrics.families import ModelInfo
from caisson_server.metrics.layout import GAUGES, OTHER, Layout
from caisson_server.metrics.shared import CONTENT_TYPE, SharedMetrics
from caisson_server.web.answer import OUTCOMES
from support.exposition import Family, parse

ROUTES = ("/predict", "/invocations", "/v2/models/{name}/infer")
REQUESTS = "caisson_requests_total"
RESPONSES = "caisson_responses_total"
DURATION = "caisson_request_duration_seconds"


def read(shared: SharedMetrics) -> Dict[str, Family]:
    return parse(shared.render())


def gauge(shared: SharedMetrics, name: str) -> float:
    return read(shared)[name].value(name)


def in_child(work: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def test_nothing_has_happened() -> None:
    families = read(SharedMetrics(2, ROUTES))
    expected = {
        frozenset({("route", route), ("outcome", outcome)}) for route in (*ROUTES, "other") for outcome in OUTCOMES
    }
    assert families[REQUESTS].samples[REQUESTS] == dict.fromkeys(expected, 0.0)
    for absent in (DURATION, RESPONSES, "caisson_model_info", "caisson_model_load_seconds"):
        assert absent not in families
    for zero in ("caisson_requests_in_flight", "caisson_queue_length", "caisson_workers"):
        assert families[zero].value(zero) == 0
    assert families["caisson_batch_requests"].value("caisson_batch_requests_count") == 0


def test_a_finished_request() -> None:
    shared = SharedMetrics(1, ROUTES)
    worker = shared.worker(0)
    worker.began()
    worker.began()
    worker.finished("/predict", "model_error", 500, 0.003)
    families = read(shared)
    assert families[REQUESTS].value(REQUESTS, route="/predict", outcome="model_error") == 1
    assert sum(families[REQUESTS].samples[REQUESTS].values()) == 1
    assert families[RESPONSES].value(RESPONSES, route="/predict", status="5xx") == 1
    assert len(families[RESPONSES].samples[RESPONSES]) == 1
    assert families["caisson_requests_in_flight"].value("caisson_requests_in_flight") == 1
    assert families[DURATION].value(f"{DURATION}_sum", route="/predict") == pytest.approx(0.003)
    assert families[DURATION].value(f"{DURATION}_bucket", route="/predict", le="0.0025") == 0
    assert families[DURATION].value(f"{DURATION}_bucket", route="/predict", le="0.005") == 1


@pytest.mark.parametrize("status", [101, 200, 204, 301, 404, 429, 500, 504, 599])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_and_status_has_its_own_number(outcome: str, status: int) -> None:
    shared = SharedMetrics(1, ROUTES)
    for route in ROUTES:
        shared.worker(0).finished(route, outcome, status, 1.0)
    families = read(shared)
    for route in ROUTES:
        assert families[REQUESTS].value(REQUESTS, route=route, outcome=outcome) == 1
        assert families[RESPONSES].value(RESPONSES, route=route, status=f"{status // 100}xx") == 1
    assert sum(families[REQUESTS].samples[REQUESTS].values()) == len(ROUTES)
    assert sum(families[RESPONSES].samples[RESPONSES].values()) == len(ROUTES)


@pytest.mark.parametrize(
    "seconds, edge", [(0, "0.0005"), (0.0005, "0.0005"), (0.00051, "0.001"), (60, "60"), (60.1, "+Inf")]
)
def test_bounds_belong_to_their_buckets(seconds: float, edge: str) -> None:
    shared = SharedMetrics(1, ROUTES)
    shared.worker(0).finished("/predict", "ok", 200, seconds)
    buckets = read(shared)[DURATION].samples[f"{DURATION}_bucket"]
    first = min(
        (float(le) for labels, count in buckets.items() if count for key, le in labels if key == "le"),
    )
    assert first == float(edge)


def test_unknown_paths_are_one_route() -> None:
    shared = SharedMetrics(1, ROUTES)
    for path in ("/x", "/y", '/"}\n', ""):
        shared.worker(0).finished(path, "bad_input", 404, 0.1)
    assert read(shared)[REQUESTS].value(REQUESTS, route="other", outcome="bad_input") == 4


def test_queue_and_batches() -> None:
    shared = SharedMetrics(2, ROUTES)
    shared.worker(0).queue_length(5)
    shared.worker(1).queue_length(2)
    shared.worker(0).queue_length(3)
    shared.worker(0).model_called(8, 8)
    shared.worker(1).model_called(1, 10_000)
    families = read(shared)
    assert families["caisson_queue_length"].value("caisson_queue_length") == 5
    requests, rows = families["caisson_batch_requests"], families["caisson_batch_rows"]
    assert requests.value("caisson_batch_requests_bucket", le="1") == 1
    assert requests.value("caisson_batch_requests_bucket", le="4") == 1
    assert requests.value("caisson_batch_requests_bucket", le="8") == 2
    assert requests.value("caisson_batch_requests_sum") == 9
    assert rows.value("caisson_batch_rows_sum") == 10_008
    assert rows.value("caisson_batch_rows_bucket", le="4096") == 1


def test_threads_that_predict_count_together() -> None:
    shared = SharedMetrics(1, ROUTES)
    worker = shared.worker(0)

    def predict() -> None:
        for _ in range(5000):
            worker.model_called(2, 3)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=predict) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    families = read(shared)
    assert families["caisson_batch_requests"].value("caisson_batch_requests_count") == 20_000
    assert families["caisson_batch_rows"].value("caisson_batch_rows_sum") == 60_000


def test_processes_count_together_and_their_counters_outlive_them() -> None:
    shared = SharedMetrics(2, ROUTES)

    def serve(index: int) -> None:
        worker = shared.worker(index)
        worker.ready(1.5 + index)
        worker.began()
        worker.began()
        worker.queue_length(7)
        worker.finished("/predict", "ok", 200, 0.25)

    in_child(lambda: serve(0))
    in_child(lambda: serve(1))
    assert gauge(shared, "caisson_workers") == 2
    assert gauge(shared, "caisson_requests_in_flight") == 2
    assert gauge(shared, "caisson_model_load_seconds") == 2.5
    shared.forget(1)
    shared.count_death()
    assert gauge(shared, "caisson_workers") == 1
    assert gauge(shared, "caisson_requests_in_flight") == 1
    assert gauge(shared, "caisson_queue_length") == 7
    assert gauge(shared, "caisson_model_load_seconds") == 1.5
    assert gauge(shared, "caisson_worker_deaths_total") == 1
    assert read(shared)[REQUESTS].value(REQUESTS, route="/predict", outcome="ok") == 2
    in_child(lambda: serve(1))
    families = read(shared)
    assert families[REQUESTS].value(REQUESTS, route="/predict", outcome="ok") == 3
    assert families[DURATION].value(f"{DURATION}_sum", route="/predict") == 0.75
    assert gauge(shared, "caisson_worker_starts_total") == 3
    assert gauge(shared, "caisson_workers") == 2


def test_a_worker_that_stops_is_not_ready() -> None:
    shared = SharedMetrics(1, ROUTES)
    shared.worker(0).ready(0.5)
    shared.worker(0).stopping()
    assert gauge(shared, "caisson_workers") == 0
    assert gauge(shared, "caisson_worker_starts_total") == 1


def test_processes_do_not_share_a_cache_line() -> None:
    for count in range(9):
        assert Layout(map(str, range(count))).size % 8 == 0


def test_forgetting_leaves_all_counters() -> None:
    layout = Layout(ROUTES)
    counters = [layout.batch_requests.start, layout.batch_rows.start]
    counters += [cells.durations.start for cells in layout.routes.values()]
    counters += [first + 1 for cells in layout.routes.values() for first in cells.answers.values()]
    assert min(counters) >= GAUGES
    assert OTHER in layout.routes


def test_start_time() -> None:
    before = time.time()
    shared = SharedMetrics(1, ROUTES)
    assert before <= gauge(shared, "process_start_time_seconds") <= time.time()


HOSTILE = 'm"} 1\nevil{x="\\n\u2603\x00'


def test_labels_are_escaped() -> None:
    info = ModelInfo("runs:/1/m", HOSTILE, "mlflow.sklearn", "direct", "3.17.2", "0.1.0", "on")
    families = parse(SharedMetrics(1, ROUTES).render(info))
    value = families["caisson_model_info"].value(
        "caisson_model_info",
        model_uri="runs:/1/m",
        model_name=HOSTILE,
        flavor="mlflow.sklearn",
        loader="direct",
        mlflow_version="3.17.2",
        caisson_version="0.1.0",
        batching="on",
    )
    assert value == 1
    assert "evil" not in families


def test_bytes_of_the_environment_that_are_not_utf_8_do_no_harm() -> None:
    info = ModelInfo("a\udcffb", "", "", "", "", "", "")
    labels = parse(SharedMetrics(1, ROUTES).render(info))["caisson_model_info"].samples["caisson_model_info"]
    assert ("model_uri", "a?b") in next(iter(labels))


def test_the_content_type_names_the_version() -> None:
    assert CONTENT_TYPE == "text/plain; version=0.0.4; charset=utf-8"


def test_the_supervisor_imports_nothing_heavy() -> None:
    code = (
        "import sys, caisson_server.metrics.shared;"
        "heavy = ('numpy', 'pandas', 'mlflow', 'http.client', 'asyncio', 'ssl');"
        "print([name for name in heavy if name in sys.modules])"
    )
    folder = Path(caisson_server.__file__).parent.parent
    out = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"
