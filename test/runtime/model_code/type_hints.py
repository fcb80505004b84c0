"""Validates its input itself, by a type hint."""

from typing import List

import mlflow
from mlflow.pyfunc import PythonModel
from pydantic import BaseModel


class Question(BaseModel):
    text: str
    limit: int = 3


class Answers(PythonModel):
    def predict(self, model_input: List[Question], params=None) -> List[str]:
        return [f"{question.text}/{question.limit}" for question in model_input]


mlflow.models.set_model(Answers())
