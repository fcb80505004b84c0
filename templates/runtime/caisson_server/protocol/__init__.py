"""MLflow's scoring protocol, as version 3 of its own server speaks it."""
