"""HTTP: from bytes on a socket to a route and back. Imports neither numpy nor pandas.

http/       HTTP/1.1 itself: connections, parsers, slow clients, doors
request.py  one request, whole
answer.py   one answer
faults.py   what goes wrong outside the model, in the words of each protocol
routes.py   who answers which path
app.py      from a request to its route; time-outs, keys, origins
"""
