"""Requests that are refused."""

from __future__ import annotations


class InferError(Exception):
    """A request that is answered with 400. The text, which names input and place, is the `error` of the body."""
