"""What `/openapi.json` and `/docs` say: the routes of this server for this model. Imports neither numpy nor pandas.

description.py   all that both are made of
example.py       the input example that was saved with the model
sample.py        plausible values for a signature, where there is no such example
saved_inputs.py  the saved example as the `inputs` of `/predict`
infer_example.py inputs as tensors of the Open Inference Protocol
examples.py      one body for each protocol, from either
types.py         JSON Schemas of columns, tensors and parameters
inputs.py        JSON Schemas of what the scoring routes take
schemas.py       JSON Schemas of requests and answers
answers.py       the answers of a route, with the errors that it gives
scoring.py       the routes that predict
inference.py     the routes of the Open Inference Protocol
operation.py     the routes for whoever runs the server
document.py      the OpenAPI document
facts.py         the model's facts and tables, for the page
html.py          text into HTML, whatever is in it
page.py          the page, with page.css and page.js in it
"""
