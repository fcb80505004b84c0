"""Whether a request holds one of the API keys."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from pathlib import Path
from typing import Iterator, List, Mapping, Optional

from .. import log
from ..errors import ConfigurationError
from .key_file import Version, current_version, read_keys

_CHECK_SECONDS = 1.0
_BEARER = b"bearer "


class ApiKeys:
    """The keys of a file, which is read again when it changes. For one thread."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError when the file cannot be read, or holds something else than keys."""
        self._path = path
        keys, version = read_keys(path)
        self._digests = _digests(keys)
        self._version: Optional[Version] = version
        self._check_at = time.monotonic() + _CHECK_SECONDS

    def allows(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the headers, by names in lower case, hold a key.

        `Authorization: Bearer KEY`, `X-API-Key: KEY`, or `api-key: KEY` as clients of Azure send it.
        """
        if time.monotonic() >= self._check_at:
            self._refresh()
        is_allowed = False
        for candidate in _candidates(headers):
            digest = sha256(candidate).digest()
            for known in self._digests:
                # All of them, and digests instead of keys: how long this takes tells nothing of any key.
                is_allowed |= hmac.compare_digest(digest, known)
        return is_allowed

    def _refresh(self) -> None:
        """Read a file that has changed; a broken one leaves the keys as they are."""
        self._check_at = time.monotonic() + _CHECK_SECONDS
        version = current_version(self._path)
        if version == self._version:
            return
        # Also of a broken file, so that each version is complained about once.
        self._version = version
        try:
            keys, self._version = read_keys(self._path)
        except ConfigurationError as error:
            log.note(f"the API keys stay as they were: {error}", log.WARNING)
            return
        self._digests = _digests(keys)
        log.note(f"read the API keys again: {len(keys)} now")


def _digests(keys: List[bytes]) -> List[bytes]:
    return [sha256(key).digest() for key in keys]


def _candidates(headers: Mapping[bytes, bytes]) -> Iterator[bytes]:
    authorization = headers.get(b"authorization", b"")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        yield authorization[len(_BEARER) :].strip()
    for name in (b"x-api-key", b"api-key"):
        key = headers.get(name)
        if key is not None:
            yield key.strip()
