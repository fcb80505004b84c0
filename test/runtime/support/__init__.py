"""What the tests share: real saved models, the requests that are compared, the server as a process."""
