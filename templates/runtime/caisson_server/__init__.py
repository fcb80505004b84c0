"""The server inside a caisson image: MLflow's scoring protocol and caisson's own `/predict`.

startup/    what the container was asked to do: environment, image.json, where the model comes from, the socket
model/      the loaded model behind one narrow class
signature/  the model's signature as plain values (no numpy, no pandas, no mlflow)
protocol/   MLflow's scoring protocol: content types, JSON forms, CSV, parquet, casts, errors
rows/       caisson's `/predict`: rows of JSON to what the model takes, with errors that name row and column
web/        the ASGI application and uvicorn around it
scoring.py  one request's body to one answer; runs in a thread
main.py     the story of a start

Modules under signature, protocol, rows and model may import numpy and pandas; main imports them only after the socket
listens, so that a starting container answers at once.
"""
