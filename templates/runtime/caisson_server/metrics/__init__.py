"""What the server counts, in memory that all its processes share, and how Prometheus reads it.

shared.py      SharedMetrics: the memory; made by the supervisor, summed up by whoever answers `/metrics`
worker.py      WorkerMetrics: one process's own row, written while it serves
layout.py      which number lies where in a row
histogram.py   a histogram's cells and bounds
families.py    the numbers as families of samples, with their names and help texts
exposition.py  Prometheus' text format
"""
