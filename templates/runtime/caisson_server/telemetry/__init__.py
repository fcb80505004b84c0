"""OpenTelemetry traces by OTLP over HTTP, without OpenTelemetry's SDK.

tracer.py       Tracer: one span for each request that is sampled
traceparent.py  the caller's trace, as W3C's headers tell it
span.py         a span, and what the semantic conventions want to be said of a request
otlp.py         spans as OTLP's JSON
exporter.py     a thread that sends them
collector.py    one POST to the collector
"""
