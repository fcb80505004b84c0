"""The usual requests of the usual models need neither pandas nor MLflow: 100 MB and seconds of a start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

from support.models import ModelShelf

_SERVER = Path(__file__).resolve().parents[2] / "templates" / "runtime"
_NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
_ROW = [5.1, 3.5, 1.4, 0.2]
_RECORD = dict(zip(_NAMES, _ROW))

#: Prints the answers and which of the heavy packages were imported.
_PROGRAM = """
import json, sys
from pathlib import Path
from caisson_server.model.load import load_model
from caisson_server.model.options import LoadOptions
from caisson_server.scoring.batching_choice import decide_batching
from caisson_server.scoring.invocations import InvocationsDialect
from caisson_server.scoring.port import Call
from caisson_server.scoring.predict import PredictDialect
from caisson_server.scoring.scorer import Scorer

folder = Path(sys.argv[1])
model = load_model(folder, LoadOptions())
decide_batching(model, folder, "auto")
dialects = {"/invocations": InvocationsDialect(model, str), "/predict": PredictDialect(model, str)}
calls = [
    (dialects[path], Call(json.dumps(body).encode(), "application/json", "1", {}))
    for path, body in json.loads(sys.argv[2])
]
scorer = Scorer(model)
answers = [scorer.score(*call) for call in calls]
assert scorer.score_together(calls) == answers
heavy = [name for name in ("pandas", "mlflow", "pyarrow") if name in sys.modules]
print(json.dumps({"answers": [json.loads(answer.body) for answer in answers], "heavy": heavy}))
"""


def run(folder: Path, *requests: Any) -> Dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(_SERVER)}
    command = [sys.executable, "-c", _PROGRAM, str(folder), json.dumps(requests)]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    found: Dict[str, Any] = json.loads(ended.stdout)
    return found


def test_rows_by_name(shelf: ModelShelf) -> None:
    found = run(
        shelf.folder("iris_named"),
        ("/invocations", {"dataframe_split": {"columns": _NAMES, "data": [_ROW]}}),
        ("/invocations", {"dataframe_split": {"columns": _NAMES, "data": [_ROW] * 3}}),
        ("/invocations", {"dataframe_records": [_RECORD, _RECORD]}),
        ("/invocations", {"inputs": [_RECORD]}),
        ("/invocations", {"inputs": {name: [value] for name, value in _RECORD.items()}}),
        ("/invocations", {"instances": [_RECORD]}),
        ("/predict", {"inputs": [_ROW, _ROW]}),
        ("/predict", {"inputs": _ROW}),
    )
    assert [len(answer["predictions"]) for answer in found["answers"]] == [1, 3, 2, 1, 1, 1, 2, 1]
    assert found["heavy"] == []


def test_arrays(shelf: ModelShelf) -> None:
    found = run(
        shelf.folder("iris_tensor"),
        ("/invocations", {"inputs": [_ROW] * 2}),
        ("/predict", {"inputs": [_ROW]}),
        ("/invocations", {"inputs": [[1]]}),
        ("/predict", {"inputs": [["x"]]}),
    )
    assert [answer.get("predictions") for answer in found["answers"]] == [[0, 0], [0], None, None]
    assert found["heavy"] == []


def test_what_needs_pandas_still_works(shelf: ModelShelf) -> None:
    split = {"columns": _NAMES[::-1], "data": [_ROW[::-1]]}
    found = run(shelf.folder("iris_named"), ("/invocations", {"dataframe_split": split}))
    assert found["answers"] == [{"predictions": [0]}]
    assert "pandas" in found["heavy"]
    assert "mlflow" not in found["heavy"]


_DEFERRED = """
import sys
from caisson_server.model.direct.deferred import deferred
with deferred():
    {inside}
names = ("pandas", "pandas.core", "scipy.stats", "scipy.stats._stats_py")
print([name for name in names if name in sys.modules])
{after}
"""
_PANDAS = "['pandas', 'pandas.core']"
_STATS = "['scipy.stats', 'scipy.stats._stats_py']"
_SAME = "import scipy, scipy.stats\nassert scipy.stats is sys.modules['scipy.stats']\n"


@pytest.mark.parametrize(
    "inside, after, loaded",
    [
        ("import pandas as pd", "assert pd.DataFrame().empty\nimport pandas\nassert pandas.Series is pd.Series", "[]"),
        ("import pandas\n    print(pandas.__version__[:0], end='')", "", "[]"),
        ("import pandas\n    pandas.Series", "import pandas", _PANDAS),
        ("from pandas import DataFrame", "DataFrame()", _PANDAS),
        ("import pandas.api.types", "assert pandas.api is sys.modules['pandas'].api", _PANDAS),
        ("import sklearn.linear_model, sklearn.preprocessing, sklearn.ensemble", "", "[]"),
        ("from scipy.stats import rankdata, chi2", "assert list(rankdata([3, 1])) == [2, 1]\nchi2(2).cdf(0)", "[]"),
        ("import scipy.stats as stats", _SAME + "assert stats.norm is scipy.stats.norm", "[]"),
        ("from scipy import stats", _SAME + "assert stats.norm is scipy.stats.norm", "[]"),
        ("from scipy.stats import norm", _SAME + "assert norm is scipy.stats.norm", _STATS),
        ("import scipy.stats.mstats", _SAME + "assert scipy.stats.mstats is sys.modules['scipy.stats.mstats']", _STATS),
    ],
)
def test_modules_are_put_off_until_they_are_used(inside: str, after: str, loaded: str) -> None:
    program = _DEFERRED.format(inside=inside, after=after)
    environment = {**os.environ, "PYTHONPATH": str(_SERVER)}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (ended.stdout.strip(), ended.stderr) == (loaded, "")
