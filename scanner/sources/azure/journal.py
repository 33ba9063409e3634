"""What a collection has read so far, on disk, so that one that was broken off can go on where it stopped.

The first line is a head `{"azgateJournal": "1", "asOf", "endpoint"}`; every further line is one answer: the JSON
text of its key (the URL that was asked), a tab, and the JSON of what was read. Lists are kept when they are
complete. A last line that was cut off is dropped.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import Problem, SourceError

VERSION = "1"


class Journal:
    """A journal that is being written. Safe for threads.

    `as_of` is the clock of the collection: one that is resumed goes on with the clock it started with.
    """

    def __init__(self, path: Path, stream: BinaryIO, as_of: datetime, index: dict[str, tuple[int, int]]) -> None:
        self.path = path
        self.as_of = as_of
        self._stream = stream
        self._index = index
        self._lock = threading.Lock()

    @property
    def entries(self) -> int:
        """How many answers it holds."""
        return len(self._index)

    def get(self, key: str) -> Any:
        """Give what was read for `key`; None where nothing was."""
        with self._lock:
            place = self._index.get(key)
            if place is None:
                return None
            start, length = place
            self._stream.seek(start)
            return json.loads(self._stream.read(length))

    def put(self, key: str, value: Any) -> None:
        """Keep what was read for `key`; raises SourceError where the file cannot be written any more."""
        head = json.dumps(key).encode() + b"\t"
        body = json.dumps(value).encode()
        with self._lock:
            try:
                self._stream.seek(0, os.SEEK_END)
                start = self._stream.tell() + len(head)
                self._stream.write(head + body + b"\n")
                self._stream.flush()
            except OSError as error:
                raise SourceError(Problem(f"cannot be written: {error.strerror}", str(self.path))) from None
            self._index[key] = start, len(body)

    def close(self, *, finished: bool) -> None:
        """Close it, and delete it where the collection came to its end."""
        with suppress(OSError):  # what a full disk did not take is asked for again
            self._stream.close()
        if finished:
            self.path.unlink(missing_ok=True)


def start_journal(path: Path, as_of: datetime, endpoint: str) -> Journal:
    """Begin a journal, in place of one that may be there; raises SourceError where the file cannot be written."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        stream = os.fdopen(descriptor, "r+b")
        head = {"azgateJournal": VERSION, "asOf": as_of.isoformat(), "endpoint": endpoint}
        stream.write(json.dumps(head).encode() + b"\n")
        stream.flush()
    except OSError as error:
        raise SourceError(Problem(f"cannot be written: {error.strerror}", str(path))) from None
    return Journal(path, stream, as_of, {})


def clock_of(path: Path) -> datetime:
    """Give the clock of the collection that left this journal; raises SourceError where there is none."""
    stream, as_of, _ = _open(path)
    stream.close()
    return as_of


def resume_journal(path: Path, endpoint: str) -> Journal:
    """Go on with a journal; raises SourceError where there is none, or it is of another Azure."""
    stream, as_of, place = _open(path)
    if place != endpoint:
        stream.close()
        raise SourceError(Problem(f"is of a collection at {place}, not at {endpoint}", str(path)))
    return Journal(path, stream, as_of, _index(stream))


def _open(path: Path) -> tuple[BinaryIO, datetime, str]:
    """Open a journal behind its head; give the clock and the endpoint that stand in it."""
    try:
        stream = path.open("r+b")
    except FileNotFoundError:
        raise SourceError(Problem("there is no collection to resume", str(path), hint="leave --resume away")) from None
    except OSError as error:
        raise SourceError(Problem(f"cannot be read: {error.strerror}", str(path))) from None
    try:
        head = json.loads(stream.readline())
        as_of = datetime.fromisoformat(head["asOf"])
        if head["azgateJournal"] == VERSION and as_of.tzinfo is not None:
            return stream, as_of, str(head["endpoint"])
    except (ValueError, TypeError, KeyError):
        pass
    stream.close()
    raise SourceError(Problem("is no journal of this azgate", str(path), hint="delete it and collect anew"))


def _index(stream: BinaryIO) -> dict[str, tuple[int, int]]:
    """Find the entries, and cut off the rest from the first one that is not whole: a crash may leave any rubbish."""
    found: dict[str, tuple[int, int]] = {}
    start = stream.tell()
    for line in iter(stream.readline, b""):
        head, tab, body = line.partition(b"\t")
        try:
            whole = line.endswith(b"\n") and tab and isinstance(key := json.loads(head), str)
            json.loads(body)
        except ValueError:
            whole = False
        if not whole:
            stream.truncate(start)
            break
        found[key] = start + len(head) + 1, len(body) - 1
        start += len(line)
    return found
