"""Where predictions run: threads beside the event loop.

job.py      one call on its way to the model and back
batch.py    one thread that predicts together what waits together
pool.py     several threads that predict one call each
lanes.py    which lane a job takes, and when there are too many
"""
