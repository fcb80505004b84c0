"""What can be said for certain about a loaded estimator: how it treats rows, and how it treats arrays."""
