"""Saves the models of the size comparison: `xgboost` (a pipeline of scikit-learn) and `pandas` (a Python function), each in FOLDER/NAME/model.

Usage: python save.py FOLDER

MLflow infers their requirements, as it does for its users.
"""

import sys
from pathlib import Path

import mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier


def main(folder: Path) -> None:
    data = load_iris(as_frame=True)
    pipeline = make_pipeline(StandardScaler(), XGBClassifier(n_estimators=20)).fit(data.data, data.target)
    mlflow.sklearn.save_model(
        pipeline,
        str(folder / "xgboost" / "model"),
        signature=infer_signature(data.data, pipeline.predict(data.data)),
        input_example=data.data.head(2),
        serialization_format="cloudpickle",
    )
    mlflow.pyfunc.save_model(
        str(folder / "pandas" / "model"),
        python_model=str(Path(__file__).with_name("means.py")),
        signature=infer_signature(data.data, data.data.mean(axis="columns")),
        input_example=data.data.head(2),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
