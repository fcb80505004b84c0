"""The threads of native libraries: what the user has set stays, and the rest fits the container."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

from caisson_server.process import native

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@pytest.mark.parametrize(
    "given, kinds, after",
    [
        ({}, ("openmp", "blas"), ("4", "4", "4")),
        ({"OMP_NUM_THREADS": "9"}, (), ("9", None, None)),
        ({"OPENBLAS_NUM_THREADS": "9"}, ("openmp",), ("4", "9", None)),
        ({"MKL_NUM_THREADS": "9"}, ("openmp",), ("4", None, "9")),
        ({"OMP_NUM_THREADS": " "}, ("openmp", "blas"), ("4", "4", "4")),
    ],
)
def test_native_threads_that_the_user_has_set_stay(
    monkeypatch: pytest.MonkeyPatch, given: Any, kinds: Any, after: Any
) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    os.environ.update(given)
    assert native.free_kinds(given) == kinds
    native.limit_threads(4, kinds)
    assert tuple(os.environ.get(name) for name in NAMES) == after


@pytest.mark.parametrize(
    "value, number", [("3", 3), (" 4,2", 4), ("", None), ("many", None), ("-1", None), ("99999", None)]
)
def test_how_many_native_threads_the_user_allows(value: str, number: Optional[int]) -> None:
    assert native.threads_by_user({"OMP_NUM_THREADS": value, "MKL_NUM_THREADS": "7"}) == number
    assert native.threads_by_user({}) is None


def test_more_native_threads_for_libraries_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    pytest.importorskip("numpy").ones((2, 2))
    for name in NAMES:
        monkeypatch.setenv(name, "1")
    with threadpoolctl.threadpool_limits(limits=1):
        native.allow_threads(2, ("openmp",))()
        assert {pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"} == {1}
        native.allow_threads(2, ("openmp", "blas"))()
        assert {pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"} == {2}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert native.allow_threads(2, ()) is native.nothing


def test_without_threadpoolctl_libraries_keep_their_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "1")
    (tmp_path / "threadpoolctl.py").write_text("raise ImportError('not here')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "threadpoolctl", raising=False)
    native.allow_threads(2, ("openmp", "blas"))()
