"""How many workers and threads fit into a container."""

from __future__ import annotations

from typing import Optional

import pytest

from caisson_server.process.sizing import Limits, most_workers, native_threads, separate_workers, sharing_workers

MB = 1 << 20
GB = 1 << 30


@pytest.mark.parametrize(
    "asked, cpus, has_gpu, expected", [(None, 4, False, 4), (None, 4, True, 1), (7, 4, False, 7), (3, 1, True, 3)]
)
def test_most_workers(asked: Optional[int], cpus: int, *, has_gpu: bool, expected: int) -> None:
    assert most_workers(asked, Limits(cpus, GB, has_gpu)) == expected


@pytest.mark.parametrize(
    "asked, memory, worker, expected",
    [
        (None, 8 * GB, 200 * MB, 8),
        (None, GB, 200 * MB, 4),
        (None, GB, 600 * MB, 1),
        (None, GB, 3 * GB, 1),
        (None, GB, 0, 8),
        (6, GB, 600 * MB, 6),
    ],
)
def test_separate_workers(asked: Optional[int], memory: int, worker: int, expected: int) -> None:
    assert separate_workers(asked, Limits(8, memory, has_gpu=False), worker) == expected


@pytest.mark.parametrize(
    "asked, memory, supervisor, expected",
    [
        (None, 8 * GB, 100 * MB, 8),
        # 0.8 of it without the 100 MB, in parts of 32 MB.
        (None, 400 * MB, 100 * MB, 6),
        (None, GB, 600 * MB, 1),
        (None, GB, 2 * GB, 1),
        (12, GB, 2 * GB, 12),
    ],
)
def test_sharing_workers(asked: Optional[int], memory: int, supervisor: int, expected: int) -> None:
    assert sharing_workers(asked, Limits(8, memory, has_gpu=False), supervisor) == expected


@pytest.mark.parametrize("cpus, workers, expected", [(8, 1, 8), (8, 3, 2), (8, 8, 1), (2, 16, 1)])
def test_native_threads(cpus: int, workers: int, expected: int) -> None:
    assert native_threads(Limits(cpus, GB, has_gpu=False), workers) == expected
