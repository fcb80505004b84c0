"""A thread that sends spans to the collector, so that no request ever waits for it."""

from __future__ import annotations

import time
from collections import deque
from typing import Deque, List, Mapping, Sequence

from .. import log
from ..background import Background
from ..startup.otel import OtelSettings
from .collector import Collector, CollectorError
from .otlp import encode_span, export_request
from .span import Span, Value

_MOST_WAITING = 4096
_BATCH = 512
_BATCH_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_NOTE_SECONDS = 60.0
_ENCODED_AT_ONCE = 64
_BREATH_SECONDS = 0.0002


class Exporter:
    """Sends 512 spans at a time, or what there is after a second.

    What does not fit in the queue is dropped, and the log tells how much that was.
    """

    def __init__(self, settings: OtelSettings, resource: Mapping[str, Value], version: str) -> None:
        """`resource`: attributes of whose spans they are; `version` is the server's."""
        self._url = settings.traces_url
        self._collector = Collector(settings.traces_url, settings.headers, version)
        self._resource = resource
        self._version = version
        self._waiting: Deque[Span] = deque()
        #: Of the thread: what the collector has not taken yet.
        self._batch: List[Span] = []
        self._pause = _FIRST_PAUSE_SECONDS
        self._dropped = 0
        #: Spans that were dropped because the collector does not want them.
        self._refused = 0
        self._reported = 0
        self._note_at = 0.0
        self._thread = Background("traces", self._export, _BATCH_SECONDS)

    def add(self, spans: Sequence[Span]) -> None:
        """The spans of one request. For one thread."""
        if len(self._waiting) + len(spans) > _MOST_WAITING:
            self._dropped += len(spans)
            return
        self._waiting.extend(spans)
        if len(self._waiting) >= _BATCH:
            self._thread.hurry()
        if not self._thread.is_called:
            self._thread.call()

    def close(self, seconds: float) -> None:
        """Send what waits. Returns after so many seconds, whether or not it could be sent."""
        self._thread.close(seconds)

    def _export(self) -> None:
        """All whole batches, then what is left. A smaller one before would make many small ones."""
        is_whole = True
        while is_whole and (self._batch or self._waiting):
            while self._waiting and len(self._batch) < _BATCH:
                self._batch.append(self._waiting.popleft())
            is_whole = len(self._batch) == _BATCH
            self._deliver()

    def _deliver(self) -> None:
        """Send the batch until it arrives, or cannot arrive any more."""
        body = export_request(self._encoded(), self._resource, self._version)
        while not self._is_sent(body):
            self._thread.rest(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        self._pause = _FIRST_PAUSE_SECONDS
        self._batch = []
        if self._dropped + self._refused > self._reported:
            self._complain("more came than it took in time")

    def _encoded(self) -> List[str]:
        encoded = []
        for number, span in enumerate(self._batch, 1):
            encoded.append(encode_span(span))
            if number % _ENCODED_AT_ONCE == 0:
                # The event loop waits for Python's lock all that time.
                time.sleep(_BREATH_SECONDS)
        return encoded

    def _is_sent(self, body: bytes) -> bool:
        """Whether there is nothing more to do for this batch."""
        try:
            self._collector.send(body)
        except CollectorError as error:
            is_hopeless = self._thread.is_closing or not error.is_passing
            self._refused += len(self._batch) if is_hopeless else 0
            self._complain(str(error))
            return is_hopeless
        return True

    def _complain(self, reason: str) -> None:
        """Once a minute at most: what is wrong with the collector is not news for long."""
        now = time.monotonic()
        if now < self._note_at:
            return
        self._note_at = now + _NOTE_SECONDS
        dropped = self._dropped + self._refused
        new, self._reported = dropped - self._reported, dropped
        log.note(f"traces do not reach '{self._url}': {reason}; {new} spans were dropped", log.WARNING)
