"""A real PostgreSQL for the tests: started where the machine has its programs, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "not-for-anybody's-eyes 7%"
USER = "azgate"
_SECONDS = 60


def programs() -> Path:
    """Give the folder of `initdb` and `postgres`; skips the test where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not debian:
        pytest.skip("no PostgreSQL on this machine: on Debian and Ubuntu, apt-get install postgresql")
    return debian[-1].parent


def unprivileged() -> dict[str, Any]:
    """Give what makes a child somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Server:
    """A running server; `database()` gives the URL of a new, empty database."""

    def __init__(self, port: int) -> None:
        self.port, self._made = port, 0

    def connect(self, database: str = "postgres") -> Any:
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def url(self, database: str, password: str = PASSWORD) -> str:
        from urllib.parse import quote

        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        self._made += 1
        name = f"history_{self._made}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port of the loopback interface, and stop it at the end."""
    pytest.importorskip("psycopg")
    folder, who = Path(tempfile.mkdtemp(prefix="azgate-postgresql-")), unprivileged()
    process = None
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, "utf-8")
        if who:
            for path in (folder, secret):
                os.chown(path, who["user"], who["group"])
        options = ("-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync")
        made = [programs() / "initdb", "-D", folder / "data", *options]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = ("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=16MB")
        command = [programs() / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, *settings]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **who)
        yield _ready(Server(port), process, folder / "log")
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    import psycopg

    end = time.monotonic() + _SECONDS
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < end, log.read_text("utf-8", "replace")
            time.sleep(0.05)
        else:
            return server
