"""Parquet bodies where nothing is installed that reads them, as in images without MLflow."""

from __future__ import annotations

import importlib.util
from typing import Any, Optional

import pytest

from caisson_server.protocol.errors import UnsupportedMediaTypeError
from caisson_server.protocol.tables import frame_from_parquet


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without_engines(name: str, package: Optional[str] = None) -> Any:
        return None if name in ("pyarrow", "fastparquet") else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without_engines)
    with pytest.raises(UnsupportedMediaTypeError, match=r"pyarrow is not installed.*--requirement pyarrow"):
        frame_from_parquet(b"PAR1")
