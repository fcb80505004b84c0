"""Saves the models of the soak test, and the iris model's own answers to all 150 flowers.

Usage: python save.py FOLDER REQUIREMENTS

FOLDER then holds `iris` (named columns and params), `unruly`, and answers.json: {"columns", "rows", "predictions", "parquet", "bombs"},
where parquet is a list of {"rows": indexes, "body": base64} and bombs, which no model takes, one of {"name", "body": base64}.
"""

import base64
import io
import json
import sys
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, Schema
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


def parquet(table, start):
    indexes = [(start + step * 7) % len(table) for step in range(start % 5 + 1)]
    return {"rows": indexes, "body": encoded(table.iloc[indexes].reset_index(drop=True))}


def bombs(columns):
    """Small files that are large tables, and tables that a reader may trip over."""
    zeros = np.zeros(5_000_000)
    tables = {
        "5,000,000 rows of another column": pd.DataFrame({"x": zeros}),
        "10,000 other columns": pd.DataFrame({f"c{at}": [0.0] for at in range(10_000)}),
        "text of a megabyte in each row": pd.DataFrame({name: ["x" * 1_000_000] * 20 for name in columns}),
        "lists": pd.DataFrame({name: [[1.0] * 1000] * 10 for name in columns}),
        "objects": pd.DataFrame({name: [{"a": {"b": [1]}}] for name in columns}),
        "dates": pd.DataFrame({name: [pd.Timestamp(0)] for name in columns}),
        "bytes": pd.DataFrame({name: [b"\xff"] for name in columns}),
        "no columns": pd.DataFrame(index=range(3)),
    }
    return [{"name": name, "body": encoded(table)} for name, table in tables.items()]


def encoded(table):
    buffer = io.BytesIO()
    table.to_parquet(buffer, compression="zstd")
    return base64.b64encode(buffer.getvalue()).decode()


def main(folder: Path, requirements: str) -> None:
    data = load_iris(as_frame=True)
    table = data.data.round(1)
    model = LogisticRegression(max_iter=500).fit(table, data.target)
    signature = infer_signature(table, model.predict(table), params={"threshold": 0.5, "label": "x"})
    mlflow.sklearn.save_model(model, str(folder / "iris"), signature=signature, pip_requirements=requirements)
    mlflow.pyfunc.save_model(
        str(folder / "unruly"),
        python_model=str(Path(__file__).with_name("unruly.py")),
        signature=ModelSignature(inputs=Schema([ColSpec(DataType.string, "how")])),
        pip_requirements=requirements,
    )
    served = mlflow.pyfunc.load_model(str(folder / "iris"))
    answers = {
        "columns": list(table.columns),
        "rows": table.to_numpy().tolist(),
        "predictions": served.predict(table).tolist(),
        "parquet": [parquet(table, start) for start in range(0, 150, 10)],
        "bombs": bombs(table.columns),
    }
    (folder / "answers.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
