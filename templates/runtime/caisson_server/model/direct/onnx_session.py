"""An onnxruntime session with the providers and options that were saved with the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Mapping, Optional

from ... import log

_CPU = "CPUExecutionProvider"
#: What MLflow asks for when the model says nothing.
_PROVIDERS = ("CUDAExecutionProvider", _CPU)


def open_session(path: Path, flavor: Mapping[str, Any]) -> Any:
    """The session. Providers that this machine lacks are left out, with a note. Raises what onnxruntime raises."""
    import onnxruntime  # noqa: PLC0415 - of the model's environment

    options = _session_options(onnxruntime, flavor.get("onnx_session_options") or {})
    available = onnxruntime.get_available_providers()
    wanted = _providers(flavor)
    usable = [entry for entry in wanted if _name(entry) in available] or [_CPU]
    # MLflow writes its default into every model; that this machine has no GPU is no news.
    if len(usable) < len(wanted) and wanted != list(_PROVIDERS):
        log.note(f"the ONNX model asks for {wanted}; this onnxruntime has {list(available)}")
    try:
        return onnxruntime.InferenceSession(str(path), providers=usable, sess_options=options)
    except Exception as error:
        if usable == [_CPU]:
            raise
        log.note(f"onnxruntime cannot use {usable} ({error!r}), the ONNX model runs on the CPU")
        return onnxruntime.InferenceSession(str(path), providers=[_CPU], sess_options=options)


def _providers(flavor: Mapping[str, Any]) -> List[Any]:
    providers = flavor.get("providers") or _PROVIDERS
    if isinstance(providers, str):
        providers = [providers]
    # A provider with options is a pair, which YAML made a list of.
    return [tuple(entry) if isinstance(entry, list) else entry for entry in providers]


def _name(entry: Any) -> Optional[str]:
    if isinstance(entry, tuple):
        entry = entry[0] if entry else None
    return entry if isinstance(entry, str) else None


def _session_options(onnxruntime: Any, saved: Mapping[str, Any]) -> Any:
    options = onnxruntime.SessionOptions()
    for name in ("inter_op_num_threads", "intra_op_num_threads"):
        if saved.get(name):
            setattr(options, name, saved[name])
    mode = str(saved.get("execution_mode") or "").upper()
    if mode in ("SEQUENTIAL", "PARALLEL"):
        options.execution_mode = getattr(onnxruntime.ExecutionMode, f"ORT_{mode}")
    if saved.get("graph_optimization_level"):
        level = saved["graph_optimization_level"]
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel(level)
    for key, value in (saved.get("extra_session_config") or {}).items():
        options.add_session_config_entry(key, value)
    return options
