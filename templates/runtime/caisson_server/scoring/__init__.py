"""From a request's body to an answer with predictions. Everything here runs in prediction threads.

port.py             what a scoring route has to know of its protocol: the Dialect
invocations.py      MLflow's `/invocations`
predict.py          caisson's `/predict`
scorer.py           one call or several together through the model; never raises
joining.py          which requests fit together, and their data put together
splitting.py        predictions taken apart again
together.py         both around one run of the model
nesting.py          bodies that are nested too deeply
unwritable.py       predictions that are nothing that JSON can say
batching_choice.py  whether requests are put together at all
rehearsal.py        the proof at load that rows together answer as they do alone
rehearsal_rows.py   the rows for it, and variation.py the values in them
"""
