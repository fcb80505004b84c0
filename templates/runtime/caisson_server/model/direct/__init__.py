"""Loaders for the common flavors that import neither `mlflow` nor, where that can be, pandas."""
