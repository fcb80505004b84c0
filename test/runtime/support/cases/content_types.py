"""Content types of one good body."""

from __future__ import annotations

from typing import List

from .case import Case

_BODY = b'{"inputs": [[5.1, 3.5, 1.4, 0.2]]}'
CONTENT_TYPES: List[Case] = [
    Case(repr(content_type), _BODY, content_type)
    for content_type in (
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=Utf-8",
        'application/json; charset="utf-8"',
        "application/json; charset=latin-1",
        "application/json; charset=",
        "application/json; charset",
        "application/json; CHARSET=utf-8",
        "application/json; format=pandas-split",
        "application/json; charset=utf-8; format=x",
        "application/json; b=1; a=2",
        "application/json;",
        "Application/JSON",
        " application/json ",
        "application/json, text/csv",
        "application/xml",
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/csv; header=present",
        "application/vnd.apache.parquet; charset=utf-16",
        "multipart/form-data; boundary=x",
        "*/*",
        "x",
    )
]
