"""HTTP: the ASGI application and the server around it. Imports neither numpy nor pandas."""
