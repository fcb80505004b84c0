"""Azure Machine Learning's `/score`, as its own servers answer it for MLflow models ("no-code deployment").

body.py     `{"input_data": …, "params"?: …}` to the `inputs` of `/predict`
dialect.py  the same answers as `/predict`, with bare predictions

Azure's server (azureml-inference-server-http with its MLflow scoring script) takes `input_data` as an object with
`columns`, `index` and `data`, as rows, or as an object of arrays by name; `params` stands beside it. Its answer is the
predictions alone: records for a DataFrame, lists for arrays.
"""
