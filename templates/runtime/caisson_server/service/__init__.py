"""The server of one process, put together from its parts.

worker.py        with a model: lanes, application, doors
model_routes.py  the routes of one model
room.py          the waiting room: 503 until a worker is ready
table.py         which path is answered by what
labels.py        the paths as metrics and traces call them
described.py     /openapi.json and /docs
metrics_page.py  /metrics
gate.py          API keys and origins
observer.py      metrics, access log and traces of every request
web_service.py   doors and lanes behind the seam that process/ holds
"""
