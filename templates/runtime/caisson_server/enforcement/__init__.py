"""MLflow's enforcement of a model's signature, written here so that a model is served without the `mlflow` package.

The texts, codes and order of checks are those of MLflow 3.17 and 3.18. A model that was saved by an older MLflow gets
them too. Data of Spark and sparse matrices are left out: no request can carry them. pandas is imported only where a
DataFrame is made or was given.
"""
