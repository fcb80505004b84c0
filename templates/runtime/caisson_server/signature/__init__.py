"""The model's signature as plain values."""
