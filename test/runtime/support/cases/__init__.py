"""The requests that both servers get, by what they try."""
