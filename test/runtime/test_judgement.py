"""Which estimators are row-wise for certain, and which treat an array as they treat a DataFrame."""

from __future__ import annotations

from typing import Any, List

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from caisson_server.model.judgement.estimators import judge_estimator
from caisson_server.model.judgement.plain import takes_arrays
from caisson_server.signature.types import ColumnSpec, DataType, Schema, Signature
from support.flavor_models import IRIS_COLUMNS, iris_classes, iris_table

TABLE = iris_table()
CLASSES = iris_classes()


class Scaler(StandardScaler):  # type: ignore[misc]
    """A subclass may do anything."""


def fitted(estimator: Any) -> Any:
    return estimator.fit(TABLE, CLASSES)


def nested(inner: Any, depth: int) -> Any:
    for _ in range(depth):
        inner = Pipeline([("inner", inner)])
    return inner


CERTAIN: List[Any] = [
    LogisticRegression(max_iter=500),
    DecisionTreeClassifier(),
    SVC(),
    DummyClassifier(strategy="prior"),
    make_pipeline(StandardScaler(), LogisticRegression()),
    make_pipeline(StandardScaler(), "passthrough", Ridge()),
    make_pipeline(FunctionTransformer(), LinearRegression()),
    make_pipeline(FeatureUnion([("a", StandardScaler()), ("b", "passthrough")]), LinearRegression()),
    make_pipeline(ColumnTransformer([("a", OneHotEncoder(), ["sepal_width"])], remainder="drop"), LinearRegression()),
    GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1.0]}, cv=2),
    AdaBoostClassifier(n_estimators=2),
    BaggingRegressor(n_estimators=2),
    GradientBoostingClassifier(n_estimators=2),
    VotingRegressor([("a", Ridge()), ("b", LinearRegression())]),
    StackingClassifier([("a", DecisionTreeClassifier())], LogisticRegression(), cv=2),
    CalibratedClassifierCV(DecisionTreeClassifier(), cv=2),
    TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
]

UNCERTAIN = {
    "KNeighborsClassifier may look at several rows": KNeighborsClassifier(),
    "KMeans may look at several rows": KMeans(2, n_init=1),
    "GaussianProcessRegressor may look at several rows": GaussianProcessRegressor(),
    "Scaler may look at several rows": make_pipeline(Scaler(), LinearRegression()),
    "FunctionTransformer calls a function of its own (func)": make_pipeline(
        StandardScaler(), FunctionTransformer(np.abs), LinearRegression()
    ),
    "FunctionTransformer calls a function of its own (inverse_func)": TransformedTargetRegressor(
        Ridge(), transformer=FunctionTransformer(inverse_func=np.exp, check_inverse=False)
    ),
    "SVC calls a function of its own (kernel)": SVC(kernel=lambda one, other: one @ other.T),
    "DummyClassifier draws random numbers": DummyClassifier(strategy="stratified"),
}


@pytest.mark.parametrize("estimator", CERTAIN, ids=lambda estimator: type(estimator).__name__)
def test_certain(estimator: Any) -> None:
    judgement = judge_estimator(fitted(estimator), "predict")
    assert (judgement.certain, "row by row" in judgement.reason) == (True, True)


@pytest.mark.parametrize("reason, estimator", UNCERTAIN.items(), ids=str)
def test_uncertain(reason: str, estimator: Any) -> None:
    judgement = judge_estimator(fitted(estimator), "predict")
    assert (judgement.certain, judgement.reason) == (False, reason)


def test_uncertain_as_deep_as_it_may_lie() -> None:
    union = FeatureUnion([("a", StandardScaler()), ("b", make_pipeline(StandardScaler(), Scaler()))])
    search = GridSearchCV(make_pipeline(union, Ridge()), {"ridge__alpha": [1.0]}, cv=2)
    assert not judge_estimator(fitted(search), "predict").certain


def test_nesting_without_end() -> None:
    assert judge_estimator(fitted(nested(LinearRegression(), 20)), "predict").certain
    judgement = judge_estimator(fitted(nested(LinearRegression(), 40)), "predict")
    assert (judgement.certain, judgement.reason) == (False, "Pipeline is nested too deeply")


def test_a_class_that_only_has_the_name() -> None:
    fake: Any = type("LinearRegression", (), {"__module__": "sklearn.linear_model._base"})()
    assert not judge_estimator(fake, "predict").certain


def test_what_was_never_fitted() -> None:
    judgement = judge_estimator(AdaBoostClassifier(), "predict")
    assert (judgement.certain, judgement.reason) == (False, "AdaBoostClassifier has no estimators_")


def test_methods() -> None:
    model = fitted(LogisticRegression(max_iter=500))
    assert judge_estimator(model, "predict_proba").certain
    assert judge_estimator(model, "score").reason == "score judges all rows together"
    several = RandomForestClassifier(2).fit(TABLE, np.stack([CLASSES, CLASSES], axis=1))
    assert judge_estimator(several, "predict").certain
    assert not judge_estimator(several, "predict_proba").certain


def columns(*kinds: DataType, names: Any = IRIS_COLUMNS, required: bool = True) -> Signature:
    names = names or [None] * len(kinds)
    return Signature(Schema(tuple(ColumnSpec(kind, name, required) for kind, name in zip(kinds, names))))


DOUBLES = columns(*[DataType.DOUBLE] * 4)


@pytest.mark.parametrize(
    "estimator, signature, expected",
    [
        (LogisticRegression(max_iter=500), DOUBLES, True),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 4, names=None), True),
        (LogisticRegression(max_iter=500), columns(*[DataType.LONG] * 3, DataType.FLOAT), True),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 4, names="abcd"), False),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 4, names=IRIS_COLUMNS[::-1]), False),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 4, required=False), False),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 3, DataType.BOOLEAN), False),
        (LogisticRegression(max_iter=500), columns(*[DataType.DOUBLE] * 3, DataType.STRING), False),
        (LogisticRegression(max_iter=500), Signature(), False),
        (make_pipeline(StandardScaler(), Ridge()), DOUBLES, True),
        (make_pipeline(StandardScaler(), Ridge()).set_output(transform="pandas"), DOUBLES, False),
        (make_pipeline(ColumnTransformer([("a", StandardScaler(), [0])]), Ridge()), DOUBLES, False),
        (make_pipeline(OneHotEncoder(), Ridge()), DOUBLES, False),
        (make_pipeline(FunctionTransformer(), Ridge()), DOUBLES, False),
        (make_pipeline(Scaler(), Ridge()), DOUBLES, False),
        (HistGradientBoostingClassifier(max_iter=2), DOUBLES, True),
        (HistGradientBoostingClassifier(max_iter=2, categorical_features=[0]), DOUBLES, False),
        (MultiOutputRegressor(Ridge()), DOUBLES, True),
    ],
)
def test_arrays_for_frames(estimator: Any, signature: Signature, *, expected: bool) -> None:
    target = np.stack([CLASSES, CLASSES], axis=1) if isinstance(estimator, MultiOutputRegressor) else CLASSES
    assert takes_arrays(estimator.fit(TABLE, target), signature) is expected
