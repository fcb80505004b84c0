"""The order, the questions, the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO, Dict, Mapping, Optional, TextIO

from ..access.key_file import read_keys
from ..redaction import strip_secrets
from ..startup import values
from .ask import Answer, Server, ask
from .example import example_question
from .judge import problem_of
from .memory import memory_bytes
from .order import read_order
from .question import Question

#: Characters of a request and of an answer in the report.
_SHOWN = 2000


def main(stdin: BinaryIO, stdout: TextIO, environ: Mapping[str, str]) -> int:
    """Ask everything, then report. The exit code is 0 whatever was answered: the report tells."""
    order = read_order(stdin)
    server = Server(order.port, _api_key(environ), order.seconds)
    example = None if order.model_folder is None else example_question(order.model_folder)
    questions = [*([] if example is None else [example]), *order.questions]
    asked = [_asked(question, ask(server, question)) for question in questions]
    json.dump({"asked": asked, "memory_bytes": memory_bytes()}, stdout)
    stdout.write("\n")
    return 0


def _api_key(environ: Mapping[str, str]) -> Optional[str]:
    """One of those that the server takes; it was started with the same environment."""
    path = values.text(environ, "CAISSON_API_KEY_FILE")
    return None if path is None else read_keys(Path(path))[0][0].decode("ascii")


def _asked(question: Question, answer: Answer) -> Dict[str, Any]:
    problem = problem_of(question, answer)
    evidence = {} if problem is None else {"request": _shown(question.body), "answer": _shown(answer.body)}
    return {
        "source": question.source,
        "path": question.path,
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "problem": problem,
        **evidence,
    }


def _shown(data: bytes) -> str:
    text = strip_secrets(data.decode("utf-8", "replace"))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
