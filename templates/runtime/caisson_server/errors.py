"""Why a start fails. The text becomes the line `caisson failed: …`."""

from __future__ import annotations


class StartupError(Exception):
    """The server cannot start with this model."""

    exit_code = 1


class ConfigurationError(StartupError):
    """The server cannot start as it was told to: an environment variable or argument is wrong."""

    exit_code = 2
