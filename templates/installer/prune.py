"""Removes what well-known packages carry and no server needs: `python prune.py FOLDER`, the lib of an environment.

Only packages that are named here lose anything: what an unknown package calls `tests` may be part of it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Dict, Iterator, Tuple

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


def prune(folder: Path) -> None:
    """Remove them below every site-packages of the folder."""
    for site in _site_packages(folder):
        for package, surplus in _PACKAGES.items():
            root = site / package
            for path in [*_test_suites(root), *(root / name for name in surplus)]:
                shutil.rmtree(path, ignore_errors=True)


def _site_packages(folder: Path) -> Iterator[Path]:
    return folder.glob("python*/site-packages")


def _test_suites(root: Path) -> Iterator[Path]:
    return root.rglob(_TEST_SUITE)


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
