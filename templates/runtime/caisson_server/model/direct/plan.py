"""Whether a model can be loaded without MLflow, decided by its MLmodel file alone: nothing is imported or loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Mapping

from ...protocol.errors import MismatchError
from ...signature.parse import parse_signature
from ...signature.types import DataType, Signature
from ..options import LoadOptions, changed_switch
from .catboost import CATBOOST
from .flavor import Flavor, NotDirectError, SavedModel
from .lightgbm import LIGHTGBM
from .onnx import ONNX
from .sklearn import SKLEARN
from .statsmodels import STATSMODELS
from .xgboost import XGBOOST

__all__ = ["DirectPlan", "NotDirectError", "choose_flavor", "plan_direct"]

_FLAVORS: Mapping[str, Flavor] = {
    f"mlflow.{flavor.name}": flavor for flavor in (SKLEARN, XGBOOST, LIGHTGBM, CATBOOST, ONNX, STATSMODELS)
}
#: Major versions of MLflow whose models have the form that the loaders know. Before 1.27 none was written down.
_KNOWN_FORMATS = ("", "1", "2", "3")


@dataclass(frozen=True)
class DirectPlan:
    """A model that the flavor's loader will load as MLflow would."""

    flavor: Flavor
    saved: SavedModel
    #: The version of MLflow that saved the model; empty when it is not known.
    saved_by: str


def plan_direct(folder: Path, mlmodel: Mapping[str, Any], options: LoadOptions) -> DirectPlan:
    """The plan. Raises NotDirectError where the model, or the environment, asks for more than the loaders do."""
    plan = choose_flavor(folder, mlmodel, options)
    return replace(plan, saved=replace(plan.saved, signature=_with_defaults_cast(plan.saved.signature)))


def choose_flavor(folder: Path, mlmodel: Mapping[str, Any], options: LoadOptions) -> DirectPlan:
    """The same, with the defaults of parameters as they are in JSON: casting them needs numpy."""
    pyfunc = _mapping(_mapping(mlmodel, "flavors"), "python_function")
    loader = str(pyfunc.get("loader_module"))
    if loader not in _FLAVORS:
        raise NotDirectError(f"its loader is {loader}")
    _check_demands(mlmodel, pyfunc, options)
    flavor = _FLAVORS[loader]
    saved = SavedModel(folder, pyfunc, _mapping(_mapping(mlmodel, "flavors"), flavor.name), _signature(mlmodel))
    flavor.check(saved)
    return DirectPlan(flavor, saved, str(mlmodel.get("mlflow_version") or ""))


def _check_demands(mlmodel: Mapping[str, Any], pyfunc: Mapping[str, Any], options: LoadOptions) -> None:
    version = str(mlmodel.get("mlflow_version") or "")
    metadata = mlmodel.get("metadata") or {}
    switch = changed_switch(options)
    demands = {
        f"it was saved by MLflow {version}": version.partition(".")[0] not in _KNOWN_FORMATS,
        "it has a model_config": bool(options.model_config) or bool(pyfunc.get("config")),
        "it asks for environment variables": bool(mlmodel.get("env_vars")),
        "its signature comes from a type hint": bool(mlmodel.get("is_signature_from_type_hint")),
        "its type hint comes from an example": bool(mlmodel.get("type_hint_from_example")),
        "it streams": bool(pyfunc.get("streamable")),
        "it has metadata that MLflow reads": not isinstance(metadata, Mapping) or bool(_OWN_METADATA & set(metadata)),
        f"{switch} is set": switch is not None,
    }
    for reason, is_demanded in demands.items():
        if is_demanded:
            raise NotDirectError(reason)


#: Members of `metadata` that change how MLflow loads or predicts.
_OWN_METADATA = frozenset(("dependencies_schemas", "mlflow.model.isExternal", "mlflow.model.is_external"))


def _signature(mlmodel: Mapping[str, Any]) -> Signature:
    try:
        signature = parse_signature(mlmodel)
        _check_signature(mlmodel, signature)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_understood(error) from error
    return signature


def _with_defaults_cast(signature: Signature) -> Signature:
    if signature.params is None:
        return signature
    from ...enforcement.params import with_defaults_cast  # noqa: PLC0415 - imports numpy

    try:
        return replace(signature, params=with_defaults_cast(signature.params))
    except (ValueError, KeyError, TypeError, AttributeError, MismatchError) as error:
        raise _not_understood(error) from error


def _not_understood(error: Exception) -> NotDirectError:
    return NotDirectError(f"its signature is not understood ({type(error).__name__}: {error})")


def _check_signature(mlmodel: Mapping[str, Any], signature: Signature) -> None:
    """Raise ValueError for signatures that MLflow refuses, or treats in a way of its own."""
    if signature.inputs is None:
        if (mlmodel.get("signature") or {}).get("inputs"):
            raise ValueError("no inputs")
    elif len({type(spec) for spec in signature.inputs.inputs}) > 1:
        raise ValueError("columns and tensors")
    elif len({spec.name is None for spec in signature.inputs.inputs}) > 1:
        raise ValueError("some inputs have no name")
    if any(spec.type is DataType.BINARY for spec in signature.params or ()):
        raise ValueError("a binary parameter")


def _mapping(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = parent.get(name)
    if isinstance(value, Mapping):
        return value
    raise NotDirectError(f"its MLmodel file has no '{name}'")
