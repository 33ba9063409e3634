"""A server that sends a byte now and then keeps no scan waiting for ever."""

import socket
import ssl
import threading
import time

import pytest
import requests

from scanner.sources.azure.deadlines import GAPS, Deadlines, watched_adapter
from tests.loopback.certificate import make_certificate


@pytest.fixture
def drip(tmp_path):
    """Serve an answer of which a byte comes every 50 ms, for ever; give its address and certificate."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve():
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as stream:
                    stream.recv(65536)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                    while not stopped.wait(0.05):
                        stream.sendall(b" ")
            except OSError:
                continue

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://localhost:{listener.getsockname()[1]}", str(certificate)
    stopped.set()
    listener.close()


def test_a_call_ends_when_its_time_is_up_though_bytes_keep_coming(drip):
    base, certificate = drip
    deadlines = Deadlines(1.0)
    session = requests.Session()
    session.mount("https://", watched_adapter(deadlines))
    begin = time.monotonic()
    with pytest.raises(requests.RequestException):
        session.get(base, verify=certificate, timeout=5)
    assert 0.9 < time.monotonic() - begin < 4
    assert deadlines.end()
    assert not deadlines.end()
    deadlines.stop()


def test_the_transport_says_that_the_answer_took_too_long(drip):
    from azure.core.pipeline.transport import HttpRequest

    from scanner.sources.azure.faults import ReadError
    from scanner.sources.azure.transport import SharedTransport

    base, certificate = drip
    transport = SharedTransport(certificate, read_timeout=0.3)
    begin = time.monotonic()
    with transport, pytest.raises(ReadError, match="in all") as raised:
        transport.send(HttpRequest("GET", base), stream=False)
    assert time.monotonic() - begin < 0.3 * GAPS + 3
    assert raised.value.fault.reason == "timeout"
    transport.stop()
