"""HTTP/1.1 on asyncio's transports.

limits.py      sizes and durations
parsers.py     httptools, or h11 where it is not installed
reader.py      from bytes to whole requests
connection.py  one client: requests in, answers out, in order
exchange.py    one request with the way for its answer
head.py        the head of an answer
doors.py       listening sockets: accepts, turns slow clients out, closes for good
"""
