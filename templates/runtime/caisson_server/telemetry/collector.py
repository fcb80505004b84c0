"""One POST to the collector. Proxies and certificate authorities are those of the system."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from base64 import b64encode
from typing import Any, Dict, Tuple
from urllib.parse import unquote, urlsplit

_TIMEOUT_SECONDS = 5.0
_LONGEST_ANSWER = 65536
#: What OTLP wants to be sent again.
_PASSING_STATUSES = frozenset((429, 502, 503, 504))


class CollectorError(Exception):
    """The spans did not arrive; `is_passing` says whether it makes sense to send them again."""

    def __init__(self, reason: str, *, is_passing: bool) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The headers often hold a token, which is for this collector and no other."""

    def redirect_request(self, *_arguments: Any, **_options: Any) -> None:
        return None


class Collector:
    """Takes OTLP at `url`. For one thread."""

    def __init__(self, url: str, headers: Tuple[Tuple[str, str], ...], version: str) -> None:
        self._url, authorization = _without_user_info(url)
        self._headers = {
            "User-Agent": f"caisson/{version}",
            **authorization,
            **dict(headers),
            "Content-Type": "application/json",
        }
        self._opener = urllib.request.build_opener(_NoRedirects)

    def send(self, body: bytes) -> None:
        """Raises CollectorError when the collector does not take it within 5 s."""
        request = urllib.request.Request(self._url, body, self._headers, method="POST")  # noqa: S310 - checked: http(s)
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                answer.read(_LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            error.close()
            raise CollectorError(f"HTTP {error.code}", is_passing=error.code in _PASSING_STATUSES) from error
        except ValueError as error:
            # Its text may quote a header.
            raise CollectorError("the URL or a header is not fit for HTTP", is_passing=False) from error
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error))
            raise CollectorError(reason or type(error).__name__, is_passing=True) from error


def _without_user_info(url: str) -> Tuple[str, Dict[str, str]]:
    """urllib takes `user:password@` for a part of the host's name, so it becomes a header."""
    parts = urlsplit(url)
    user_info, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    token = b64encode(unquote(user_info).encode()).decode("ascii")
    return parts._replace(netloc=host).geturl(), {"Authorization": f"Basic {token}"}
