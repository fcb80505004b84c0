"""The server inside a caisson image: MLflow's scoring protocol, `/predict`, and what other platforms speak.

main.py         the story of a start: settings, image, model; then the processes
startup/        what the container was asked to do: environment, image.json, where the model comes from, the sockets
process/        a supervisor, workers that share a loaded model, and a waiting room
compose.py      what process/ asks of the rest
service/        the server of one process, put together
web/            HTTP/1.1, routes and faults; imports neither numpy nor pandas
lanes/          the threads in which the model predicts, one call at a time or several together
scoring/        a request's body to an answer with predictions; what may be predicted together
protocol/       MLflow's scoring protocol: content types, JSON forms, CSV, parquet, casts, errors
rows/           `/predict`: rows of JSON to what the model takes, with errors that name row and column
openinference/  the Open Inference Protocol V2
azureml/        Azure ML's `/score`
openapi/        /openapi.json and /docs
enforcement/    the model's signature, enforced as MLflow does
model/          the loaded model behind one narrow class: by loaders of its flavor, or by mlflow.pyfunc
signature/      the model's signature as plain values (no numpy, no pandas, no mlflow)
selftest/       questions to the running server, which caisson asks before an image is pushed
metrics/, log/, telemetry/, access/, handler.py, background.py: what operators see and configure

Nothing heavy is imported before the socket listens, and pandas only by requests that need it.
"""
