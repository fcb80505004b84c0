"""The command line of serve.py."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn, Sequence

from ..errors import ConfigurationError

MODEL_FOLDER = Path("/opt/ml/model")
SAGEMAKER_PORT = 8080


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(message)


def parse_arguments(arguments: Sequence[str], image_file: Path) -> argparse.Namespace:
    """The arguments; `image_file` is the default of its option. Raises ConfigurationError for unknown ones."""
    parser = _Parser(prog="serve.py", description="serves the MLflow model of this image")
    parser.add_argument("command", nargs="?", choices=("serve",), help=f"as SageMaker: port {SAGEMAKER_PORT}")
    parser.add_argument("--image-file", type=Path, default=image_file, help="image.json")
    parser.add_argument("--model-folder", type=Path, default=MODEL_FOLDER)
    # What a server that starts itself anew hands over; see process/resume.py.
    parser.add_argument("--resume", default=None, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)
