"""Real models of the flavors that are loaded without MLflow, by their libraries."""
