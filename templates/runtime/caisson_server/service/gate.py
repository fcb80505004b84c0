"""Who may ask, by API keys and origins."""

from __future__ import annotations

from typing import Mapping, Optional

from ..access.api_keys import ApiKeys
from ..access.cors import Cors, Headers
from ..startup.settings import Settings
from ..web.answer import Answer
from ..web.request import Request


class KeyGate:
    """Satisfies web.app.Gate."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError for a file of keys that cannot be used."""
        self._keys = None if settings.api_key_file is None else ApiKeys(settings.api_key_file)
        cors = Cors(settings.cors_origins)
        self.preflight = cors.preflight
        self.headers_for = cors.headers_for

    def allows(self, headers: Mapping[bytes, bytes]) -> bool:
        """See Gate."""
        return self._keys is None or self._keys.allows(headers)


class OpenGate:
    """Lets everybody in, and no web page."""

    def allows(self, headers: Mapping[bytes, bytes]) -> bool:
        """See Gate."""
        del headers
        return True

    def preflight(self, request: Request) -> Optional[Answer]:
        """See Gate."""
        del request
        return None

    def headers_for(self, origin: Optional[bytes]) -> Headers:
        """See Gate."""
        del origin
        return ()
