"""Which classes of a skops file are scikit-learn's own estimators, without importing all of scikit-learn."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Dict, List

import pytest
import sklearn.utils

from caisson_server.model.direct.skops_estimators import estimators_of

_RIDGE = {"__module__": "sklearn.linear_model._ridge", "__class__": "Ridge"}
_FOREST = {"__module__": "sklearn.ensemble._forest", "__class__": "RandomForestClassifier"}


@pytest.fixture(autouse=True)
def _not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "skops.io", raising=False)


def names(folder: Path, schema: Any) -> List[str]:
    """What `all_estimators` tells while a file with this schema is read."""
    path = folder / "model.skops"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", schema if isinstance(schema, str) else json.dumps(schema))
    with estimators_of(path):
        return sorted(name for name, _class in sklearn.utils.all_estimators())


def test_those_of_the_file(tmp_path: Path) -> None:
    schema = {**_RIDGE, "content": [{"a": _FOREST}, {"__module__": "builtins", "__class__": "dict"}]}
    assert names(tmp_path, schema) == ["RandomForestClassifier", "Ridge"]


@pytest.mark.parametrize(
    "other",
    [
        {"__module__": "sklearn.base", "__class__": "BaseEstimator"},
        {"__module__": "sklearn.tree._tree", "__class__": "Tree"},
        {"__module__": "sklearn.ensemble._forest", "__class__": "_generate_sample_indices"},
        {"__module__": "sklearn.linear_model._ridge", "__class__": "NoSuch"},
        {"__module__": "sklearn.no_such._module", "__class__": "Ridge"},
        {"__module__": "sklearn.svm._ridge", "__class__": "Ridge"},
        {"__module__": "sklearn.utils.estimator_checks", "__class__": "Ridge"},
        {"__module__": "sklearn.feature_selection._base", "__class__": "SelectorMixin"},
    ],
    ids=lambda other: str(other["__class__"]),
)
def test_anything_doubtful_leaves_all_to_skops(tmp_path: Path, other: Dict[str, str]) -> None:
    assert len(names(tmp_path, [_RIDGE, other])) > 100


@pytest.mark.parametrize("schema", ["", "{", "[" * 100_000, "3"])
def test_broken_files_are_left_to_skops(tmp_path: Path, schema: str) -> None:
    expected = 0 if schema == "3" else 100
    assert (len(names(tmp_path, schema)) >= expected) is True


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_text("hello")
    with estimators_of(tmp_path / "model.skops"):
        assert len(sklearn.utils.all_estimators()) > 100
