"""Predictions that no answer can hold."""

from __future__ import annotations


class UnwritableError(Exception):
    """What a model returned is nothing that JSON can say. Raised from the encoder's own exception."""

    def __init__(self) -> None:
        super().__init__("The predictions of the model cannot be written as JSON.")

    @property
    def reason(self) -> BaseException:
        """The encoder's exception, for the log."""
        return self.__cause__ or self
