"""Spans as OTLP's JSON: the message ExportTraceServiceRequest.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids are hexadecimal, 64-bit numbers are texts, and
enums are numbers.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping

from .span import Span, Value

_SCOPE = "caisson"
_STATUS_ERROR = 2
#: W3C's flags of the span's own context, and OTLP's two bits about the parent.
_SAMPLED, _KNOWS_REMOTE, _IS_REMOTE = 0x1, 0x100, 0x200


def export_request(spans: Iterable[str], resource: Mapping[str, Value], version: str) -> bytes:
    """The body of a POST with encoded spans; `resource` says whose they are, `version` is the server's."""
    whose = _to_json({"attributes": _attributes(resource)})
    scope = _to_json({"name": _SCOPE, "version": version})
    # By hand around spans that are JSON already.
    scope_spans = f'{{"scope":{scope},"spans":[{",".join(spans)}]}}'
    return f'{{"resourceSpans":[{{"resource":{whose},"scopeSpans":[{scope_spans}]}}]}}'.encode()


def encode_span(span: Span) -> str:
    """One span as a JSON object."""
    fields: Dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "flags": _SAMPLED | _KNOWS_REMOTE | (_IS_REMOTE if span.is_parent_remote else 0),
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
        "status": {"code": _STATUS_ERROR, "message": span.error} if span.error else {},
    }
    if span.parent_id:
        fields["parentSpanId"] = span.parent_id
    if span.state:
        fields["traceState"] = span.state
    return _to_json(fields)


def _attributes(attributes: Mapping[str, Value]) -> List[Dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Value) -> Dict[str, str]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
