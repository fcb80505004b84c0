"""What the container was asked to do."""
