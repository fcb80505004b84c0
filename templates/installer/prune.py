"""Removes what no server needs of well-known packages, and what differs each time: `python prune.py FOLDER`.

The folder is the lib of an environment, or one that packages lie in.

Only packages that are named here lose anything: what an unknown package calls `tests` may be part of it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

#: What every package below loses, wherever it lies in it: its own test suite.
_TEST_SUITE = "tests"

#: By package: what else it loses, relative to it. Only who develops with the package reads any of it.
_PACKAGES: Dict[str, Tuple[str, ...]] = {
    "catboost": (),
    "joblib": ("test",),
    "lightgbm": (),
    "matplotlib": ("mpl-data/sample_data",),
    "mlflow": ("server/js",),
    "networkx": (),
    "numpy": (),
    "onnx": ("backend/test", "test"),
    "pandas": (),
    "pyarrow": ("include", "src"),
    "scipy": (),
    "shap": (),
    "skimage": (),
    "sklearn": ("datasets/images",),
    "skops": (),
    "statsmodels": (),
    "sympy": (),
    "tensorflow": ("include",),
    "xgboost": (),
}

_CACHE_NOTE = "uv_cache.json"

#: Sources of compiled modules and types for editors. Headers stay: PyTensor compiles with those of numpy when it runs.
_SOURCES = (".pxd", ".pxi", ".pyi", ".pyx", ".tp")

#: These read none of their own sources. (scikit-image does: lazy_loader takes names out of its .pyi files.)
_WITHOUT_SOURCES = ("numpy", "pandas", "scipy", "sklearn", "statsmodels")


def prune(folder: Path) -> None:
    """Remove them below every site-packages of the folder."""
    for site in _site_packages(folder):
        for info in site.glob("*.dist-info"):
            _forget_cache(info)
        for package, surplus in _PACKAGES.items():
            root = site / package
            for path in [*_test_suites(root), *(root / name for name in surplus)]:
                shutil.rmtree(path, ignore_errors=True)
        for package in _WITHOUT_SOURCES:
            for path in _sources(site / package):
                path.unlink()


def _site_packages(folder: Path) -> List[Path]:
    return list(folder.glob("python*/site-packages")) or [folder]


def _forget_cache(info: Path) -> None:
    """Remove what uv notes of a local file: the time at which it came to this machine."""
    note = info / _CACHE_NOTE
    if not note.is_file():
        return
    note.unlink()
    record = info / "RECORD"
    lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
    record.write_text("".join(line for line in lines if _CACHE_NOTE not in line), encoding="utf-8")


def _test_suites(root: Path) -> Iterator[Path]:
    return root.rglob(_TEST_SUITE)


def _sources(root: Path) -> List[Path]:
    return [path for path in root.rglob("*") if path.suffix in _SOURCES and path.is_file()]


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
