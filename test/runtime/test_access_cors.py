"""CORS: which web pages may read the answers."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Tuple

import pytest

from caisson_server.access.cors import Cors
from caisson_server.web.answer import Answer
from caisson_server.web.request import Request

SHOP = b"https://shop.example.org"
ALLOWED = ("https://shop.example.org", "http://localhost:3000")


def preflight(cors: Cors, **headers: bytes) -> Optional[Answer]:
    asked = {b"origin": SHOP, b"access-control-request-method": b"POST"}
    asked.update({name.replace("_", "-").encode(): value for name, value in headers.items()})
    return cors.preflight(Request("OPTIONS", b"/predict", asked, 0.0))


def names(headers: Any) -> Dict[bytes, bytes]:
    found = dict(headers)
    assert len(found) == len(headers)
    return found


@pytest.mark.parametrize("origin", [SHOP, b"HTTPS://Shop.example.org", b"http://localhost:3000"])
def test_an_allowed_page(origin: bytes) -> None:
    assert names(Cors(ALLOWED).headers_for(origin)) == {
        b"access-control-allow-origin": origin,
        b"access-control-expose-headers": b"X-Request-ID",
        b"vary": b"Origin",
    }


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"",
        b"null",
        b"http://shop.example.org",
        b"https://shop.example.org:8443",
        b"https://shop.example.org.evil.org",
        b"https://evil-shop.example.org",
        b"http://localhost",
        b"*",
        b"\xff",
    ],
)
def test_other_pages_and_no_page_get_nothing_but_a_hint_for_caches(origin: Optional[bytes]) -> None:
    assert Cors(ALLOWED).headers_for(origin) == ((b"vary", b"Origin"),)


def test_everybody() -> None:
    everybody: Tuple[str, ...] = ("*", "https://shop.example.org")
    for origin in (SHOP, b"null", b"https://any.org"):
        assert names(Cors(everybody).headers_for(origin)) == {
            b"access-control-allow-origin": b"*",
            b"access-control-expose-headers": b"X-Request-ID",
        }
    assert Cors(everybody).headers_for(None) == ()


def test_nobody() -> None:
    assert Cors(()).headers_for(SHOP) == ()
    assert preflight(Cors(())) is None


@pytest.mark.parametrize(
    "configured, sent",
    [
        ("https://a.org:443", b"https://a.org"),
        ("http://a.org:80", b"http://a.org"),
        ("https://a.org", b"https://a.org:443"),
        ("http://[::1]:3000", b"http://[::1]:3000"),
    ],
)
def test_ports(configured: str, sent: bytes) -> None:
    assert len(Cors((configured,)).headers_for(sent)) == 3


def test_other_ports_are_other_origins() -> None:
    assert len(Cors(("http://a.org:443",)).headers_for(b"http://a.org")) == 1


@pytest.mark.parametrize("origins, allowed", [(ALLOWED, SHOP), (("*",), b"*")])
def test_a_preflight_is_answered(origins: Tuple[str, ...], allowed: bytes) -> None:
    answer = preflight(Cors(origins))
    assert answer is not None
    headers = names(answer.headers)
    assert (answer.status, answer.body, answer.outcome) == (200, b"", "ok")
    assert headers[b"access-control-allow-origin"] == allowed
    assert headers[b"access-control-max-age"] == b"600"
    assert b"POST" in headers[b"access-control-allow-methods"].split(b", ")
    allowed_headers = headers[b"access-control-allow-headers"].lower().split(b", ")
    assert {b"authorization", b"x-api-key", b"content-type", b"x-request-id"} <= set(allowed_headers)
    assert b"access-control-allow-credentials" not in headers
    assert (b"vary" in headers) is (origins == ALLOWED)


def test_a_preflight_of_another_page_is_refused() -> None:
    answer = preflight(Cors(ALLOWED), origin=b"https://evil.org")
    assert answer is not None
    assert (answer.status, answer.outcome) == (403, "bad_input")
    assert json.loads(answer.body) == {"detail": "This origin is not among CAISSON_CORS_ORIGINS"}
    assert answer.headers == ((b"vary", b"Origin"),)


@pytest.mark.parametrize(
    "method, headers",
    [
        ("POST", {b"origin": SHOP, b"access-control-request-method": b"POST"}),
        ("OPTIONS", {b"origin": SHOP}),
        ("OPTIONS", {b"access-control-request-method": b"POST"}),
        ("OPTIONS", {}),
    ],
)
def test_what_is_no_preflight(method: str, headers: Dict[bytes, bytes]) -> None:
    assert Cors(ALLOWED).preflight(Request(method, b"/predict", headers, 0.0)) is None
