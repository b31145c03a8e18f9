"""Folds what providers posted into the table `intake`, word for word; whose it is and what it means is found there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fairpost.events.fold.offsets import Displaced, folded_to, forget_offset, move_offset
from fairpost.events.fold.wishes import moment
from fairpost.events.posts import MOST, read_posts
from fairpost.events.spool import CHUNK, POSTS, SpoolReader, spools

INSERT = """
    INSERT INTO intake (account_id, hook_id, provider, received_at, headers, body)
    VALUES (0, %s, %s, %s, %s, %s)"""
assert CHUNK > 2 * MOST  # so that every record fits into what is read at once


class PostFold:
    """The fold of the posts in `folder`. For one thread; a second one by mistake is harmless."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spools: dict[Path, tuple[SpoolReader, int]] = {}

    def step(self, connection: Any) -> int:
        """Folds at most 4 MiB of each spool and says how many posts that were.

        `connection` is an autocommit psycopg connection. Raises psycopg.OperationalError where the database is away.
        """
        count = 0
        for path in spools(self.folder, POSTS):
            if path not in self.spools:
                reader = SpoolReader(path)
                with connection.cursor() as cursor:
                    self.spools[path] = reader, folded_to(cursor, reader.spool)
            try:
                count += self.fold(connection, path)
            except BaseException as error:
                self.spools.pop(path)[0].close()
                if not isinstance(error, Displaced):
                    raise
        return count

    def fold(self, connection: Any, path: Path) -> int:
        reader, offset = self.spools[path]
        dead = reader.is_dead()  # asked first: then nothing can come after what is read
        found = list(read_posts(reader.read(offset)))
        if found:
            end = offset + found[-1][1]
            with connection.transaction(), connection.cursor() as cursor:
                move_offset(cursor, reader.spool, offset, end)
                rows = [
                    (post.hook_id, post.provider, moment(post.at), json.dumps(dict(post.headers)), post.body)
                    for post, _end in found
                ]
                cursor.executemany(INSERT, rows)
            self.spools[path] = reader, end
        elif dead:  # what is left is no whole record: nobody was told that it was taken
            reader.remove()
            with connection.cursor() as cursor:
                forget_offset(cursor, reader.spool)
            del self.spools[path]
        return len(found)
