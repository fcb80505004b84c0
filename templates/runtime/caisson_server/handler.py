"""The user's own code around `/predict`: a file with `pre(inputs)`, `post(predictions)`, or both."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Optional

from .errors import StartupError

#: Not the file's own name, which may be that of a module.
_MODULE = "caisson_handler"
_WANTED = "it must define pre(inputs), post(predictions), or both"

Step = Callable[[Any], Any]


@dataclass(frozen=True)
class Handler:
    """What the file defines; None for what it does not."""

    #: Takes the value of `inputs` as it came, returns what the model is asked with.
    pre: Optional[Step]
    #: Takes the predictions, returns what is answered.
    post: Optional[Step]


def load_handler(path: Path) -> Handler:
    """Run the file and take its functions. Modules in its folder may be imported by it, from now on by everybody.

    Raises StartupError when it cannot be run, or does not define what it must.
    """
    module = _run(path)
    handler = Handler(_step(module, "pre", path), _step(module, "post", path))
    if handler.pre is None and handler.post is None:
        raise StartupError(f"the handler '{path.name}' defines neither pre nor post: {_WANTED}")
    return handler


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    if spec is None or spec.loader is None:
        raise StartupError(f"the handler '{path.name}' is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    # As Python does for a file that it runs: its neighbours come first.
    sys.path.insert(0, str(path.parent))
    # Dataclasses and pickle look for the module there.
    sys.modules[_MODULE] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise StartupError(f"cannot load the handler '{path.name}': {_reason(error, path)}") from error
    return module


def _reason(error: BaseException, path: Path) -> str:
    """What was raised, and by which line of the file."""
    if isinstance(error, FileNotFoundError) and error.filename == str(path):
        return "there is no such file"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    where = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {error}{where}"


def _step(module: ModuleType, name: str, path: Path) -> Optional[Step]:
    step = getattr(module, name, None)
    if step is None:
        return None
    problem = _problem(step)
    if problem:
        raise StartupError(f"{name} in the handler '{path.name}' {problem}: {_WANTED}")
    found: Step = step
    return found


def _problem(step: Any) -> Optional[str]:
    if not callable(step):
        return f"is {type(step).__name__}, not a function"
    if inspect.iscoroutinefunction(step):
        return "is asynchronous"
    try:
        inspect.signature(step).bind(None)
    except ValueError:
        # Some built-in functions do not tell what they take.
        return None
    except TypeError:
        return "does not take one argument"
    return None
