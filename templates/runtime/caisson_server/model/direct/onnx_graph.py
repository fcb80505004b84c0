"""Data of a request to the inputs of an ONNX graph, and its outputs to predictions."""

from __future__ import annotations

import sys
from typing import Any, Dict

import numpy as np

from ...protocol.errors import INTERNAL_ERROR, RequestError


class Graph:
    """A graph that takes what MLflow's wrapper takes: a DataFrame, an array or a dictionary of arrays."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._types = {given.name: given.type for given in session.get_inputs()}
        self._outputs = [output.name for output in session.get_outputs()]

    def predict(self, data: Any) -> Any:
        """A DataFrame for a DataFrame, else a dictionary by the outputs' names.

        Raises RequestError for an array where the graph has several inputs, TypeError, and what onnxruntime raises.
        """
        feed = self._with_singles(self._feed(data))
        results = dict(zip(self._outputs, self._session.run(self._outputs, feed)))
        pandas = _pandas_of(data)
        if pandas is None:
            return results
        # An output can be a list, of dictionaries of probabilities for instance.
        return pandas.DataFrame.from_dict({name: np.asarray(result).reshape(-1) for name, result in results.items()})

    def _feed(self, data: Any) -> Dict[str, Any]:
        if isinstance(data, dict):
            return data
        names = list(self._types)
        if isinstance(data, np.ndarray):
            if len(names) != 1:
                raise _cannot_map(names)
            return {names[0]: data}
        if _pandas_of(data) is None:
            raise TypeError(f"Input should be a dictionary or a numpy array or a pandas.DataFrame, got '{type(data)}'")
        if len(names) > 1:
            return {name: data[name].values for name in names}
        return {names[0]: data.values}

    def _with_singles(self, feed: Dict[str, Any]) -> Dict[str, Any]:
        """JSON has doubles only; where the graph wants singles, they are cast."""
        for name, kind in self._types.items():
            value = feed.get(name)
            if kind == "tensor(float)" and value is not None and value.dtype == np.float64:
                feed[name] = value.astype(np.float32)
        return feed


def _pandas_of(data: Any) -> Any:
    """The pandas module when the data are a DataFrame, else None. Nothing is one where pandas was never imported."""
    pandas = sys.modules.get("pandas")
    return pandas if pandas is not None and isinstance(data, pandas.DataFrame) else None


def _cannot_map(names: Any) -> RequestError:
    return RequestError(
        "Unable to map numpy array input to the expected model "
        "input. "
        "Numpy arrays can only be used as input for MLflow ONNX "
        "models that have a single input. This model requires "
        f"{len(names)} inputs. Please pass in data as either a "
        "dictionary or a DataFrame with the following tensors"
        f": {names}.",
        error_code="INTERNAL_ERROR",
        fields=INTERNAL_ERROR,
        status=500,
    )
