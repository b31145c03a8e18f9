"""A post is what a provider sent to a hook, word for word, as the edge spools it: length, CRC, then the post itself."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_FRAME = struct.Struct("<II")  # length and CRC of what follows
_HEAD = struct.Struct("<QI")  # when (microseconds since 1970-01-01 UTC), length of the description
MOST = 1_500_000  # octets; no record is longer: what says so is torn


class Post(NamedTuple):
    """One request body with the headers that its signature may need; `at` as in wishes."""

    at: int
    provider: str
    hook_id: str
    headers: Mapping[str, str]
    body: bytes


def write_post(post: Post) -> bytes:
    """One record."""
    about = json.dumps([post.provider, post.hook_id, dict(post.headers)]).encode()
    inside = _HEAD.pack(post.at, len(about)) + about + post.body
    return _FRAME.pack(len(inside), zlib.crc32(inside)) + inside


def read_posts(data: bytes) -> Iterator[tuple[Post, int]]:
    """The whole records at the beginning of `data`, each with the offset of its end; ends at the first torn one."""
    start = 0
    while start + _FRAME.size <= len(data):
        length, crc = _FRAME.unpack_from(data, start)
        end = start + _FRAME.size + length
        inside = data[start + _FRAME.size : end]
        if length > MOST or len(inside) != length or zlib.crc32(inside) != crc:
            return
        at, described = _HEAD.unpack_from(inside)
        provider, hook_id, headers = json.loads(inside[_HEAD.size : _HEAD.size + described])
        yield Post(at, provider, hook_id, headers, inside[_HEAD.size + described :]), end
        start = end
