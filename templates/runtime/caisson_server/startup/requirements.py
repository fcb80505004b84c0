"""Whether the packages that a model asks for are installed, in the versions that it asks for."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Iterable, Iterator, List, Optional

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import StartupError

REQUIREMENTS_FILE = "requirements.txt"

STAND_INS = {"mlflow": "mlflow-skinny"}
"""What an image holds in place of a package: the part of mlflow that serving needs, of the same versions."""


def check_requirements(folder: Path) -> None:
    """Compare the model's requirements.txt with what is installed; a model without one passes.

    Raises StartupError naming every package that is missing or of another version.
    """
    path = folder / REQUIREMENTS_FILE
    if not path.is_file():
        return
    problems = unsatisfied(path.read_text(encoding="utf-8").splitlines())
    if problems:
        raise StartupError(
            f"the image cannot satisfy the model's requirements: {', '.join(problems)}; build an image for this model"
        )


def unsatisfied(lines: Iterable[str]) -> List[str]:
    """What is wrong, one text for each requirement: `numpy==2.4.6 (installed: 1.26.4)`."""
    return [problem for problem in map(_problem, _requirements(lines)) if problem is not None]


def _requirements(lines: Iterable[str]) -> Iterator[Requirement]:
    """The named requirements; options, paths and URLs say nothing that could be compared."""
    for line in lines:
        text = line.split(" #")[0].split(" --")[0].strip()
        if not text or text.startswith(("#", "-")):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


def _problem(requirement: Requirement) -> Optional[str]:
    wanted = f"{requirement.name}{requirement.specifier}"
    installed = _installed(requirement.name)
    if installed is None:
        return f"{wanted} (missing)"
    if requirement.specifier.contains(installed, prereleases=True):
        return None
    return f"{wanted} (installed: {installed})"


def _installed(name: str) -> Optional[str]:
    """The version of a package that is installed, or of its stand-in."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        stand_in = STAND_INS.get(name.lower())
        return None if stand_in is None else _installed(stand_in)
