"""OpenTelemetry's own variables, as far as the server follows them: OTLP over HTTP, traces only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple
from urllib.parse import unquote, urlsplit

from ..errors import ConfigurationError
from ..redaction import strip_user_info
from . import values

DEFAULT_SERVICE = "caisson"


@dataclass(frozen=True)
class OtelSettings:
    """Where traces go."""

    #: The whole URL, path included.
    traces_url: str
    #: They often hold a token, so they are never shown.
    headers: Tuple[Tuple[str, str], ...] = field(default=(), repr=False)
    service_name: str = DEFAULT_SERVICE
    #: The share of requests that is traced, 0 to 1.
    sample_ratio: float = 1.0


def read_otel(environ: Mapping[str, str]) -> Optional[OtelSettings]:
    """None when no collector is named. Raises ConfigurationError for a wrong value, with or without a collector."""
    traces_url = _url(environ, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    base = _url(environ, "OTEL_EXPORTER_OTLP_ENDPOINT")
    headers = _headers(environ, "OTEL_EXPORTER_OTLP_HEADERS")
    service = values.text(environ, "OTEL_SERVICE_NAME") or DEFAULT_SERVICE
    ratio = _ratio(environ, "OTEL_TRACES_SAMPLER_ARG")
    if traces_url is None and base is not None:
        traces_url = base.rstrip("/") + "/v1/traces"
    return None if traces_url is None else OtelSettings(traces_url, headers, service, ratio)


def _url(environ: Mapping[str, str], name: str) -> Optional[str]:
    value = values.text(environ, name)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0):
            return value
    except ValueError:
        pass
    raise ConfigurationError(f"{name} is '{strip_user_info(value)}', not an http or https URL")


def _headers(environ: Mapping[str, str], name: str) -> Tuple[Tuple[str, str], ...]:
    parts = [part for part in environ.get(name, "").split(",") if part.strip()]
    pairs = []
    for part in parts:
        key, equals, value = part.partition("=")
        pair = (unquote(key.strip()), unquote(value.strip()))
        if not equals or not pair[0] or any(character in "".join(pair) for character in "\r\n"):
            # A value is often a token, so nothing is quoted.
            raise ConfigurationError(f"{name} is not a list of name=value separated by commas")
        pairs.append(pair)
    return tuple(pairs)


def _ratio(environ: Mapping[str, str], name: str) -> float:
    ratio = values.number(environ, name, what="a share")
    if ratio is None:
        return 1.0
    if ratio > 1:
        raise ConfigurationError(f"{name} is '{environ.get(name, '')}', not a share between 0 and 1")
    return ratio
