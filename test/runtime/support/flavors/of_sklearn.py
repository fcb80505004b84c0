"""Models of scikit-learn."""

# ruff: noqa: PLC0415 - a library is imported by those who save a model of it

from __future__ import annotations

from typing import Any, Mapping

import numpy as np
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, Schema
from sklearn import datasets

from .common import MakeModel, Save, iris_classes, iris_table, mixed_table, of_flavor, people, unnamed


def _pickled(make: MakeModel, **options: Any) -> Save:
    return of_flavor("sklearn", make, **{"serialization_format": "cloudpickle", **options})


def _proba() -> Any:
    from sklearn.linear_model import LogisticRegression

    table = iris_table()
    model = LogisticRegression(max_iter=500).fit(table, iris_classes())
    return model, infer_signature(table, model.predict_proba(table))


def _skops() -> Any:
    from sklearn.linear_model import LogisticRegression

    table = iris_table()
    return LogisticRegression(max_iter=500).fit(table, iris_classes()), infer_signature(table)


def _text_classes() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    table = iris_table().to_numpy()
    names = datasets.load_iris().target_names[iris_classes()]
    return DecisionTreeClassifier(random_state=0).fit(table, names), unnamed(table)


def _forest_of_mixed_types() -> Any:
    from sklearn.ensemble import RandomForestRegressor

    table = mixed_table()
    return RandomForestRegressor(5, random_state=0).fit(table, iris_classes()), infer_signature(table)


def _scaled_mixed_types() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = mixed_table()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, iris_classes())
    return model, infer_signature(table)


def _columns_pipeline(*, keep: str = "drop") -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    by_column = ColumnTransformer(
        [
            ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("about", CountVectorizer(), "about"),
            ("age", SimpleImputer(), ["age"]),
        ],
        remainder=keep,
    )
    return make_pipeline(by_column, LogisticRegression()).fit(people(), [0, 1, 0, 1, 1, 0])


def _column_transformer() -> Any:
    return _columns_pipeline(keep="passthrough"), infer_signature(people())


def _column_transformer_optional() -> Any:
    inputs = [ColSpec(DataType.string, "city"), ColSpec(DataType.string, "about"), ColSpec(DataType.double, "age")]
    optional = ColSpec(DataType.double, "income", required=False)
    return _columns_pipeline(), ModelSignature(inputs=Schema([*inputs, optional]))


def _sparse_output() -> Any:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    table = iris_table()
    labels = csr_matrix(np.eye(3, dtype=int)[iris_classes()])
    return OneVsRestClassifier(LogisticRegression()).fit(table, labels), infer_signature(table)


def _list_output() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    table = iris_table()
    labels = np.stack([iris_classes(), iris_classes() % 2], axis=1)
    return RandomForestClassifier(3, random_state=0).fit(table, labels), infer_signature(table)


def _function() -> Any:
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    table = iris_table()
    model = make_pipeline(FunctionTransformer(np.log1p), LinearRegression()).fit(table, iris_classes())
    return model, infer_signature(table)


def _frame_output() -> Any:
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = iris_table()
    model = make_pipeline(StandardScaler(), LinearRegression()).set_output(transform="pandas")
    return model.fit(table, iris_classes()), infer_signature(table)


SKLEARN_MODELS: Mapping[str, Save] = {
    "sklearn_proba": _pickled(_proba, pyfunc_predict_fn="predict_proba"),
    "sklearn_skops": of_flavor("sklearn", _skops),
    "sklearn_text_classes": _pickled(_text_classes, serialization_format="pickle"),
    "sklearn_mixed_forest": _pickled(_forest_of_mixed_types),
    "sklearn_mixed_scaled": _pickled(_scaled_mixed_types, pyfunc_predict_fn="predict_proba"),
    "sklearn_column_transformer": _pickled(_column_transformer),
    "sklearn_optional_column": _pickled(_column_transformer_optional),
    "sklearn_sparse_output": _pickled(_sparse_output),
    "sklearn_list_output": _pickled(_list_output, pyfunc_predict_fn="predict_proba"),
    "sklearn_function": _pickled(_function),
    "sklearn_frame_output": _pickled(_frame_output),
    "sklearn_score": _pickled(_skops, pyfunc_predict_fn="score"),
}
