"""What is told of a request: the caller's trace, sampling, the span's fields and OTLP's JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

import caisson_server
from caisson_server.startup.otel import OtelSettings
from caisson_server.telemetry.otlp import encode_span
from caisson_server.telemetry.span import Span, Stage, request_attributes
from caisson_server.telemetry.traceparent import Parent, parent_of
from caisson_server.telemetry.tracer import Tracer
from caisson_server.web.answer import Answer
from caisson_server.web.request import Request
from support.collector import FakeCollector, running

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


def parent(traceparent: str, **others: bytes) -> Optional[Parent]:
    return parent_of({b"traceparent": traceparent.encode(), **{name.encode(): text for name, text in others.items()}})


def test_the_callers_trace() -> None:
    assert parent(TRACEPARENT) == Parent(TRACE, SPAN, is_sampled=True)
    assert parent(f" {TRACEPARENT} ", tracestate=b" a=1,b=2 ") == Parent(TRACE, SPAN, is_sampled=True, state="a=1,b=2")


@pytest.mark.parametrize("flags, expected", [("00", False), ("01", True), ("02", False), ("03", True), ("ff", True)])
def test_the_callers_flag(flags: str, expected: bool) -> None:  # noqa: FBT001
    found = parent(f"00-{TRACE}-{SPAN}-{flags}")
    assert found is not None
    assert found.is_sampled is expected


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "00",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01-",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}x-{SPAN}-01",
        f"{TRACE}-{SPAN}-01",
    ],
)
def test_what_names_no_trace(traceparent: str) -> None:
    assert parent(traceparent) is None


def test_later_versions_may_say_more() -> None:
    assert parent(f"01-{TRACE}-{SPAN}-01-more") == parent(f"cc-{TRACE}-{SPAN}-01") == parent(TRACEPARENT)


@pytest.mark.parametrize("state", [b"a=" + b"x" * 600, b"a=\xff"])
def test_a_state_that_is_not_fit_is_left_out(state: bytes) -> None:
    assert parent(TRACEPARENT, tracestate=state) == Parent(TRACE, SPAN, is_sampled=True)


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    with running(FakeCollector()) as found:
        yield found


def request(method: str = "POST", target: bytes = b"/predict?secret=1", **headers: str) -> Request:
    encoded = {name.replace("_", "-").encode(): text.encode("latin-1") for name, text in headers.items()}
    return Request(method, target, {b"x-request-id": b"abc-1", **encoded}, time.perf_counter() - 0.25)


def recorded(collector: FakeCollector, *requests: Request, ratio: float = 1.0) -> List[Dict[str, Any]]:
    tracer = Tracer(OtelSettings(collector.url, sample_ratio=ratio), "0.1.0", {})
    for asked in requests:
        tracer.record(asked, "/predict", Answer(200, b"body"))
    tracer.close(10)
    return collector.spans


def test_a_trace_goes_on(collector: FakeCollector) -> None:
    (span,) = recorded(collector, request(traceparent=TRACEPARENT, tracestate="a=1"), ratio=0)
    assert (span["traceId"], span["parentSpanId"], span["traceState"]) == (TRACE, SPAN, "a=1")
    assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
    assert span["spanId"] != SPAN
    assert span["flags"] == 0x301


def test_a_caller_that_does_not_record_is_not_recorded(collector: FakeCollector) -> None:
    assert recorded(collector, request(traceparent=f"00-{TRACE}-{SPAN}-00")) == []


def test_a_new_trace(collector: FakeCollector) -> None:
    first, second = recorded(collector, request(), request(traceparent="nonsense"))
    for span in (first, second):
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert "parentSpanId" not in span
        assert "traceState" not in span
        assert span["flags"] == 0x101
    assert first["traceId"] != second["traceId"]


def test_the_share_of_traces(collector: FakeCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    tracer = Tracer(OtelSettings(collector.url, sample_ratio=0.25), "0.1.0", {})
    # By the lower half of the id.
    for lower, expected in ((0, True), ((1 << 62) - 1, True), (1 << 62, False), ((1 << 64) - 1, False)):
        new_id = b"\xff" * 8 + lower.to_bytes(8, "big")
        monkeypatch.setattr(os, "urandom", lambda _size, new_id=new_id: new_id)
        assert tracer._new_trace().is_sampled is expected  # noqa: SLF001
    monkeypatch.undo()
    assert 800 < sum(tracer._new_trace().is_sampled for _ in range(4000)) < 1200  # noqa: SLF001
    assert not Tracer(OtelSettings("", sample_ratio=0), "", {})._new_trace().is_sampled  # noqa: SLF001


def test_the_fields_of_a_span(collector: FakeCollector) -> None:
    before = time.time_ns()
    (span,) = recorded(collector, request(host="example.org:5001", user_agent="curl/8"))
    after = time.time_ns()
    assert (span["name"], span["kind"], span["status"]) == ("POST /predict", 2, {})
    assert before <= int(span["endTimeUnixNano"]) <= after
    assert 0.24e9 < int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) < 5e9
    assert {pair["key"]: pair["value"] for pair in span["attributes"]} == {
        "http.request.method": {"stringValue": "POST"},
        "url.path": {"stringValue": "/predict"},
        "url.scheme": {"stringValue": "http"},
        "http.route": {"stringValue": "/predict"},
        "http.response.status_code": {"intValue": "200"},
        "server.address": {"stringValue": "example.org"},
        "server.port": {"intValue": "5001"},
        "user_agent.original": {"stringValue": "curl/8"},
        "caisson.request_id": {"stringValue": "abc-1"},
        "caisson.outcome": {"stringValue": "ok"},
    }


def test_stages_are_children(collector: FakeCollector) -> None:
    tracer = Tracer(OtelSettings(collector.url), "0.1.0", {})
    asked = request(traceparent=TRACEPARENT)
    start = asked.started
    stages = (Stage("queue", start + 0.05, start + 0.1), Stage("predict", start + 0.1, start + 0.2))
    tracer.record(asked, "/predict", Answer(200, b""), stages)
    tracer.close(10)
    whole, queue, predict = collector.spans
    assert [span["name"] for span in (whole, queue, predict)] == ["POST /predict", "queue", "predict"]
    for stage in (queue, predict):
        assert (stage["traceId"], stage["parentSpanId"], stage["kind"]) == (TRACE, whole["spanId"], 1)
        assert stage["flags"] == 0x101
    assert len({whole["spanId"], queue["spanId"], predict["spanId"]}) == 3
    begin = int(whole["startTimeUnixNano"])
    assert int(queue["startTimeUnixNano"]) - begin == pytest.approx(0.05e9, abs=1000)
    assert queue["endTimeUnixNano"] == predict["startTimeUnixNano"]
    assert int(predict["endTimeUnixNano"]) - begin == pytest.approx(0.2e9, abs=1000)


@pytest.mark.parametrize(
    "status, outcome, error",
    [
        (200, "ok", ""),
        (400, "bad_input", ""),
        (404, "bad_input", ""),
        (400, "model_error", "model_error"),
        (503, "overload", "overload"),
        (504, "timeout", "timeout"),
        (500, "bad_input", "500"),
    ],
)
def test_what_is_an_error(collector: FakeCollector, status: int, outcome: str, error: str) -> None:
    tracer = Tracer(OtelSettings(collector.url), "0.1.0", {})
    tracer.record(request(), "/predict", Answer(status, b"", outcome=outcome))
    tracer.close(10)
    (span,) = collector.spans
    attributes = {pair["key"]: pair["value"] for pair in span["attributes"]}
    assert span["status"] == ({"code": 2, "message": error} if error else {})
    assert attributes.get("error.type") == ({"stringValue": error} if error else None)


@pytest.mark.parametrize(
    "host, expected",
    [
        ("example.org", ("example.org", None)),
        ("[::1]:5001", ("[::1]", 5001)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("", (None, None)),
        ("a b", (None, None)),
        ("x:y", (None, None)),
        ("x" * 300, (None, None)),
    ],
)
def test_the_servers_name(host: str, expected: Any) -> None:
    attributes = request_attributes(request(host=host), "/predict", Answer(200, b""))
    assert (attributes.get("server.address"), attributes.get("server.port")) == expected


def test_odd_requests(collector: FakeCollector) -> None:
    tracer = Tracer(OtelSettings(collector.url), "0.1.0", {})
    tracer.record(request("BREW", b"/" + b"x" * 5000, user_agent="y" * 5000 + "\xff"), "", Answer(404, b""))
    tracer.close(10)
    (span,) = collector.spans
    attributes = {pair["key"]: pair["value"].get("stringValue") for pair in span["attributes"]}
    assert span["name"] == "HTTP"
    assert attributes["http.request.method"] == "_OTHER"
    assert attributes["http.request.method_original"] == "BREW"
    assert len(attributes["url.path"] or "") == len(attributes["user_agent.original"] or "") == 1024
    assert "http.route" not in attributes


def test_a_known_method_without_a_route(collector: FakeCollector) -> None:
    tracer = Tracer(OtelSettings(collector.url), "0.1.0", {})
    tracer.record(request("GET", b"/x"), "", Answer(404, b"", outcome="bad_input"))
    tracer.close(10)
    assert collector.spans[0]["name"] == "GET"


def test_whose_spans_they_are(collector: FakeCollector) -> None:
    settings = OtelSettings(collector.url, service_name="iris")
    tracer = Tracer(settings, "0.1.0", {"caisson.model_uri": "models:/iris/1", "service.name": "not this"})
    tracer.record(request(), "/predict", Answer(200, b""))
    tracer.close(10)
    (resource_spans,) = json.loads(collector.posts[0].body)["resourceSpans"]
    attributes = {pair["key"]: pair["value"] for pair in resource_spans["resource"]["attributes"]}
    assert attributes["service.name"] == {"stringValue": "iris"}
    assert attributes["caisson.model_uri"] == {"stringValue": "models:/iris/1"}
    assert attributes["process.pid"] == {"intValue": str(os.getpid())}
    assert attributes["telemetry.sdk.version"] == {"stringValue": "0.1.0"}
    assert resource_spans["scopeSpans"][0]["scope"] == {"name": "caisson", "version": "0.1.0"}


def test_who_wants_no_traces_pays_nothing() -> None:
    code = "import sys, caisson_server.telemetry.tracer; print('urllib.request' in sys.modules, 'ssl' in sys.modules)"
    folder = Path(caisson_server.__file__).parent.parent
    out = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert out.stdout == "False False\n"


def test_no_text_breaks_the_json() -> None:
    hostile = '"\\\n\u2028\x00\udcff'
    span = Span(TRACE, SPAN, "", False, hostile, hostile, 1, 1, 2, {"a": hostile}, hostile)
    assert json.loads(encode_span(span))["attributes"] == [{"key": "a", "value": {"stringValue": hostile}}]
