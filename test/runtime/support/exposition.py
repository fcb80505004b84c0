"""A strict reader of Prometheus' text format 0.0.4: whatever is doubtful in it is an error."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Dict, FrozenSet, List, Tuple

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}

Labels = FrozenSet[Tuple[str, str]]


@dataclass
class Family:
    kind: str
    #: By the name with its suffix, then by labels.
    samples: Dict[str, Dict[Labels, float]] = field(default_factory=dict)

    def value(self, name: str, **labels: str) -> float:
        return self.samples[name][frozenset(labels.items())]


def parse(text: bytes) -> Dict[str, Family]:
    """The families by name."""
    lines = text.decode("utf-8").split("\n")
    assert lines.pop() == "", "the last line has no end"
    families: Dict[str, Family] = {}
    name = ""
    for line in lines:
        if line.startswith("# HELP "):
            name, help_text = line[len("# HELP ") :].split(" ", 1)
            assert _NAME.fullmatch(name), line
            assert help_text, line
            assert name not in families, f"{name} twice"
        elif line.startswith("# TYPE "):
            typed, kind = line[len("# TYPE ") :].split(" ")
            assert typed == name, f"{line} is not behind its HELP"
            assert kind in ("counter", "gauge", "histogram"), line
            families[name] = Family(kind)
        else:
            _add_sample(families[name], name, line)
    for family_name, family in families.items():
        _check(family_name, family)
    return families


def _add_sample(family: Family, family_name: str, line: str) -> None:
    name = _NAME.match(line)
    assert name, line
    suffixes = ("_bucket", "_sum", "_count") if family.kind == "histogram" else ("",)
    assert name.group() in [family_name + suffix for suffix in suffixes], line
    rest, labels = line[name.end() :], {}
    if rest.startswith("{"):
        rest = rest[1:]
        while not rest.startswith("}"):
            label = _LABEL.match(rest)
            assert label, line
            assert label.group(1) not in labels, line
            labels[label.group(1)] = re.sub(r"\\.", lambda found: _ESCAPES[found.group()], label.group(2))
            rest = rest[label.end() :]
            assert rest[:1] in (",", "}"), line
            rest = rest[1:] if rest.startswith(",") else rest
        rest = rest[1:]
    assert re.fullmatch(r" [-+0-9.einf]+", rest), line
    samples = family.samples.setdefault(name.group(), {})
    key = frozenset(labels.items())
    assert key not in samples, f"{line} twice"
    samples[key] = float(rest)


def _check(name: str, family: Family) -> None:
    assert family.samples, f"{name} is empty"
    for samples in family.samples.values():
        for value in samples.values():
            assert math.isfinite(value), name
            assert family.kind == "gauge" or value >= 0, name
    if family.kind == "counter":
        assert name.endswith("_total"), name
    if family.kind == "histogram":
        _check_histogram(name, family)


def _check_histogram(name: str, family: Family) -> None:
    series: Dict[Labels, List[Tuple[float, float]]] = {}
    for labels, value in family.samples[f"{name}_bucket"].items():
        edges = [float(text) for key, text in labels if key == "le"]
        assert len(edges) == 1, name
        others = frozenset(pair for pair in labels if pair[0] != "le")
        series.setdefault(others, []).append((edges[0], value))
    assert series.keys() == family.samples[f"{name}_sum"].keys() == family.samples[f"{name}_count"].keys(), name
    for labels, buckets in series.items():
        assert buckets == sorted(buckets), f"{name}: not in order"
        assert [count for _, count in buckets] == sorted(count for _, count in buckets), f"{name}: not cumulative"
        assert buckets[-1] == (math.inf, family.samples[f"{name}_count"][labels]), f"{name}: no +Inf"
