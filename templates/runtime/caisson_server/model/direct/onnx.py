"""The `onnx` flavor: a graph that onnxruntime runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..port import RowWise
from .flavor import Flavor, NotDirectError, Predictor, SavedModel, check_predicts, file_of


def _path(saved: SavedModel) -> Path:
    return file_of(saved, saved.pyfunc.get("data"))


def _check(saved: SavedModel) -> None:
    check_predicts(saved)
    if _path(saved).parent != saved.folder:
        raise NotDirectError("its data do not lie beside its MLmodel file")


def _load(saved: SavedModel) -> Predictor:
    from .onnx_graph import Graph  # noqa: PLC0415 - imports numpy
    from .onnx_session import open_session  # noqa: PLC0415

    graph = Graph(open_session(_path(saved), saved.flavor))
    predict: Any = graph.predict
    reason = "an ONNX graph may look at several rows"
    return Predictor(lambda data, _params: predict(data), RowWise(certain=False, reason=reason))


#: A fork is not safe: a session starts its threads when it is made, and a forked child has none of them.
ONNX = Flavor("onnx", _check, _load, shares_memory=False)
