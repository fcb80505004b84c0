"""Prometheus' text format 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Iterable, List, Mapping, Sequence, Union

Labels = Mapping[str, str]
Number = Union[int, float]

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"


@dataclass(frozen=True)
class Family:
    """All samples of one name."""

    name: str
    kind: str
    help: str
    #: Whole lines, made by `sample` and `histogram`.
    samples: Sequence[str]


def text(families: Iterable[Family]) -> bytes:
    """The body of an answer. A family without samples is left out."""
    lines: List[str] = []
    for family in families:
        if family.samples:
            lines.append(f"# HELP {family.name} {_escape(family.help)}")
            lines.append(f"# TYPE {family.name} {family.kind}")
            lines.extend(family.samples)
    # What cannot be encoded comes from an environment variable with bytes that are not UTF-8.
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def sample(name: str, labels: Labels, value: Number) -> str:
    """One line: `name{label="value"} 1`."""
    pairs = ",".join(f'{key}="{_escape_label(text)}"' for key, text in labels.items())
    return f"{name}{{{pairs}}} {value!r}" if pairs else f"{name} {value!r}"


def histogram(name: str, labels: Labels, bounds: Sequence[float], counts: Sequence[int], total: float) -> List[str]:
    """The lines of a histogram; `counts` are those of the buckets one by one, the last one without a bound."""
    reached = list(accumulate(counts))
    edges = [*(f"{bound:g}" for bound in bounds), "+Inf"]
    return [
        *(sample(f"{name}_bucket", {**labels, "le": edge}, count) for edge, count in zip(edges, reached)),
        sample(f"{name}_sum", labels, total),
        sample(f"{name}_count", labels, reached[-1]),
    ]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _escape_label(text: str) -> str:
    return _escape(text).replace('"', '\\"')
