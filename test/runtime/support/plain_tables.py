"""Tables of numbers, usual ones and others, for all types of columns."""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, List, Sequence

from caisson_server.protocol.plain_columns import PlainColumns, plain_columns
from caisson_server.signature.types import ColumnSpec, DataType, Schema, Signature

D, F, L, I = DataType.DOUBLE, DataType.FLOAT, DataType.LONG, DataType.INTEGER  # noqa: E741 - as long as their names
TYPES: Sequence[Sequence[DataType]] = [
    [D, D, D],
    [F, F, F],
    [L, L, L],
    [I, I, I],
    [D],
    [D, F, L, I],
    [F, I],
    [L, I],
    [F, L],
    [D, L],
]

_USUAL: Dict[DataType, Callable[[random.Random], Any]] = {
    D: lambda some: some.choice([some.uniform(-9, 9), some.randint(-99, 99), round(some.uniform(0, 9), 1)]),
    F: lambda some: some.choice([some.uniform(-9, 9), some.randint(-99, 99), round(some.uniform(0, 9), 1)]),
    L: lambda some: some.randint(-(2**40), 2**40),
    I: lambda some: some.randint(-(2**31), 2**31 - 1),
}
UNUSUAL: List[Any] = [
    *(0.0, -0.0, 1e300, -1e300, 1e-300, 5e-324, 3.4028235e38, 3.4028236e38, 1e-46, 2.5, 1.0, 1e18, 1e22),
    *(2**24 + 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**62 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**400),
    *(True, False, None, "1.5", "x", "", float("nan"), float("inf"), [1.0], {"a": 1}),
]


def signature_of(types: Sequence[DataType], *, named: bool) -> Signature:
    specs = (ColumnSpec(kind, f"c{place}" if named else None, required=True) for place, kind in enumerate(types))
    return Signature(Schema(tuple(specs)))


def columns_of(signature: Signature) -> PlainColumns:
    columns = plain_columns(signature)
    assert columns is not None
    return columns


def table(some: random.Random, types: Sequence[DataType]) -> List[List[Any]]:
    """Mostly usual values, in every third table one that is not."""
    rows = [[_USUAL[kind](some) for kind in types] for _ in range(some.choice([1, 1, 2, 5]))]
    if some.random() < 0.3:
        some.choice(rows)[some.randrange(len(types))] = some.choice(UNUSUAL)
    return rows


def assert_bits(array: Any, expected: Any) -> None:
    assert (array.dtype, array.shape, array.strides) == (expected.dtype, expected.shape, expected.strides)
    assert array.tobytes() == expected.tobytes()
