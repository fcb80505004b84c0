"""One call, or several together, through the model. Blocks while the model predicts; never raises."""

from __future__ import annotations

from typing import Callable, Dict, Hashable, List, NamedTuple, Optional, Sequence, Tuple, Union

from .. import log
from ..model.port import Enforced, Model
from ..web.answer import MODEL_ERROR, Answer, json_answer
from .joining import count_rows, kind_of
from .port import Asked, Call, Dialect, RefusedError
from .together import predict_together

#: Told of every call of the model: the requests in it and the rows of all of them.
Called = Callable[[int, int], None]

#: Rows that are predicted at once, if the calls bring several. The rehearsal tries as many.
MOST_ROWS = 256


class Ready(NamedTuple):
    """A call whose data fit the model."""

    dialect: Dialect
    call: Call
    asked: Asked
    enforced: Enforced


def _untold(_requests: int, _rows: int) -> None:
    """Nobody wants to know."""


class Scorer:
    """Answers calls of any dialect with one model. May be used by several threads at once."""

    def __init__(self, model: Model, most_rows: int = MOST_ROWS, called: Called = _untold) -> None:
        self._model = model
        self._most_rows = most_rows
        self._called = called

    def score(self, dialect: Dialect, call: Call) -> Answer:
        """The answer to one call."""
        ready = self._prepare(dialect, call)
        return self._alone(ready) if isinstance(ready, Ready) else ready

    def score_together(self, calls: Sequence[Tuple[Dialect, Call]]) -> List[Answer]:
        """The answers that the calls would get one by one, in their order.

        Those that fit together reach the model as one, up to `most_rows` rows. What is wrong with one call, or with
        predicting them together, never reaches another.
        """
        answers: Dict[int, Answer] = {}
        ready: Dict[int, Ready] = {}
        for index, (dialect, call) in enumerate(calls):
            prepared = self._prepare(dialect, call)
            if isinstance(prepared, Ready):
                ready[index] = prepared
            else:
                answers[index] = prepared
        for group in self._groups(ready):
            answers.update(zip(group, self._together([ready[index] for index in group])))
        return [answers[index] for index in range(len(calls))]

    def _prepare(self, dialect: Dialect, call: Call) -> Union[Ready, Answer]:
        """What the model can run, or the answer to a call that it cannot."""
        asked = Asked(None)
        try:
            asked = dialect.read(call)
            return Ready(dialect, call, asked, self._model.enforce(asked.data, asked.params))
        except RefusedError as refusal:
            return refusal.answer
        except BaseException as error:  # noqa: BLE001 - a model's library may even call sys.exit
            return _blame(error, dialect, asked, call)

    def _groups(self, ready: Dict[int, Ready]) -> List[List[int]]:
        """The calls, by index, that are predicted together."""
        groups: List[List[int]] = []
        open_groups: Dict[Hashable, Tuple[List[int], int]] = {}
        for index, one in ready.items():
            kind = _kind_of(one.enforced)
            if kind is None:
                groups.append([index])
                continue
            rows = count_rows(one.enforced.data)
            group, rows_before = open_groups.get(kind, ([], self._most_rows))
            if rows_before + rows > self._most_rows:
                group, rows_before = [], 0
                groups.append(group)
            group.append(index)
            open_groups[kind] = (group, rows_before + rows)
        return groups

    def _together(self, members: Sequence[Ready]) -> List[Answer]:
        parts = self._parts(members) if len(members) > 1 else None
        if parts is None:
            return [self._alone(member) for member in members]
        return [_write(part, member) for part, member in zip(parts, members)]

    def _parts(self, members: Sequence[Ready]) -> Optional[List[object]]:
        """Each member's predictions; None when they cannot be had together."""
        self._called(len(members), sum(count_rows(member.enforced.data) for member in members))
        try:
            return predict_together(self._model, [member.enforced for member in members])
        except BaseException:  # noqa: BLE001 - whose fault it is shows when each is alone
            return None

    def _alone(self, member: Ready) -> Answer:
        self._called(1, count_rows(member.enforced.data))
        try:
            predictions = self._model.run(member.enforced)
        except BaseException as error:  # noqa: BLE001 - a model may even call sys.exit
            return _blame(error, member.dialect, member.asked, member.call)
        return _write(predictions, member)


def _kind_of(enforced: Enforced) -> Optional[Hashable]:
    try:
        return kind_of(enforced)
    except (TypeError, RecursionError):
        # Parameters that MLflow has not checked yet may be nested without end.
        return None


def _write(predictions: object, member: Ready) -> Answer:
    try:
        return member.dialect.write(predictions, member.asked, member.call)
    except BaseException as error:  # noqa: BLE001 - models return anything, and so do handlers
        return _blame(error, member.dialect, member.asked, member.call)


def _blame(error: BaseException, dialect: Dialect, asked: Asked, call: Call) -> Answer:
    try:
        return dialect.blame(error, asked, call)
    except BaseException as another:  # noqa: BLE001 - the last resort
        log.exception(call.request_id, another)
        return json_answer(500, {"error": "The server failed"}, MODEL_ERROR)
