"""The model behind uvicorn, loaded and asked through mlflow.pyfunc: POST /invocations with {"inputs": [[…]]} or {"dataframe_split": {…}}."""

import json

import mlflow.pyfunc
import numpy as np
import pandas as pd

MODEL = mlflow.pyfunc.load_model("/opt/ml/model")


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/ping":
        await reply(send, 200, {})
    else:
        await reply(send, 200, {"predictions": predict(json.loads(await body(receive)))})


def predict(question):
    split = question.get("dataframe_split")
    data = np.asarray(question["inputs"]) if split is None else pd.DataFrame(split["data"], columns=split["columns"])
    return np.asarray(MODEL.predict(data)).tolist()


async def body(receive):
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def reply(send, status, answer):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
