"""The Open Inference Protocol V2 over REST, which KServe, Triton's clients and MLServer's clients speak: `/v2/…`.

identity.py   by which name and version the model is asked for
paths.py      the paths of the protocol for that name
metadata.py   the bodies of the GET routes
datatypes.py  the protocol's types, beside those of signatures and numpy
request.py    a body to an InferRequest
tensor.py     one input tensor of a body
binary.py     tensors that stand as bytes behind the JSON (the binary tensor data extension)
inputs.py     input tensors to what the model takes
columns.py    the same for a model that takes columns
outputs.py    predictions to output tensors
response.py   output tensors to a body
dialect.py    all of it together, for the scorer

Read against the specification (kserve/open-inference-protocol), Triton's extension_binary_data.md and MLServer's
MLflow runtime, whose names (`input-0`, `output-0`) and content types (`pd`, `pd_json`) are kept.
"""
