"""A fake Azure on the loopback interface: authority, Resource Manager and batch metrics behind TLS.

    with FakeAzure(tenant, page_size=2) as azure:
        ...                       # azure.url, azure.environ(), azure.requests, azure.writes

Every call but those to the authority must carry a token of the right audience that the authority gave out.
"""

import json
import shutil
import socket
import ssl
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.loopback import copilot
from tests.loopback.certificate import make_certificate
from tests.loopback.routes import ARM_AUDIENCES, METRICS_AUDIENCES, Answer, Arm, Authority, azure_error
from tests.loopback.tenant import Fault, Tenant

AnyAnswer = Answer | copilot.Answer
RESOURCE_GRAPH = "/providers/microsoft.resourcegraph/resources"


@dataclass(frozen=True)
class Request:
    """One request as it came in; `audience` is the token's, "" without a token the authority gave out."""

    method: str
    path: str
    query: Mapping[str, str]
    audience: str
    body: bytes = b""
    authorization: str = field(default="", repr=False)

    @property
    def to_authority(self) -> bool:
        return "/v2.0/" in self.path

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two requests the same request."""
        return self.method, self.path.lower(), tuple(sorted(self.query.items())), self.body


class FakeAzure:
    """Serves a tenant until it is closed. `latency` delays every answer, in seconds."""

    def __init__(self, tenant: Tenant, *, page_size: int = 100, latency: float = 0.0) -> None:
        self.tenant = tenant
        self.latency = latency
        self.authority = Authority(tenant)
        self.arm = Arm(tenant, page_size)
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._log: list[Request] = []
        self._folder = Path(tempfile.mkdtemp(prefix="fake-azure-"))
        self.ca_file, key_file = make_certificate(self._folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key_file)
        self._server = _Server(self, context)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def environ(self, *, batch_metrics: bool = True) -> dict[str, str]:
        """Give the environment with which azgate scans this Azure."""
        return {
            "AZGATE_ARM_ENDPOINT": self.url,
            **({"AZGATE_METRICS_ENDPOINT": self.url} if batch_metrics else {}),
            "AZGATE_GRAPH_ENDPOINT": self.url,
            "GITHUB_API_URL": f"{self.url}{copilot.GITHUB}",
            "AZURE_AUTHORITY_HOST": self.url,
            "AZURE_TENANT_ID": self.tenant.tenant_id,
            "AZURE_CLIENT_ID": self.tenant.client_id,
            "AZURE_CLIENT_SECRET": self.tenant.client_secret,
            "REQUESTS_CA_BUNDLE": str(self.ca_file),
        }

    @property
    def requests(self) -> list[Request]:
        """All requests to Azure so far, without those for tokens."""
        with self._lock:
            return [one for one in self._log if not one.to_authority]

    @property
    def token_requests(self) -> list[Request]:
        """All requests to the token endpoint so far."""
        with self._lock:
            return [one for one in self._log if one.path.endswith("/oauth2/v2.0/token")]

    @property
    def writes(self) -> list[Request]:
        """All requests that would have changed something."""
        return [one for one in self.requests if not _is_read(one)]

    @property
    def unauthorized(self) -> list[Request]:
        """All requests without a token of the right audience."""
        return [one for one in self.requests if not self._is_authorized(one)]

    def paths(self) -> list[str]:
        """Give `METHOD path` of all requests to Azure, sorted."""
        return sorted(f"{one.method} {one.path}" for one in self.requests)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Fault | AnyAnswer:
        """Record a request and give its answer, or the fault planted for it."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        audience = self.authority.audience_of(headers.get("Authorization", ""))
        request = Request(method, path, query, audience, body, headers.get("Authorization", ""))
        with self._lock:
            self._log.append(request)
            fault = next((one for one in self.tenant.faults if one.matches(method, path, parts.query)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
        return fault if fault is not None else self._route(request, f"https://{headers['Host']}")

    def _route(self, request: Request, base: str) -> AnyAnswer:
        if request.path.endswith("/.well-known/openid-configuration"):
            return self.authority.configuration(base)
        if request.path.endswith("/oauth2/v2.0/token"):
            return self.authority.token(request.body)
        if not self._is_authorized(request):
            return azure_error(401, "AuthenticationFailed", "Authentication failed: no valid token.")
        if request.path == copilot.DOWNLOAD:
            return 200, copilot.report(self.tenant), {}
        if request.path.startswith(f"{copilot.GITHUB}/"):
            path = request.path.removeprefix(copilot.GITHUB)
            return copilot.github(self.tenant, path, dict(request.query), base)
        if request.path.startswith("/v1.0/"):
            return copilot.graph(self.tenant, request.path, base)
        if request.method == "GET":
            return self.arm.get(request.path, dict(request.query), base)
        if request.path.lower() == RESOURCE_GRAPH:
            return self.arm.query(request.body)
        if _is_read(request):
            subscription = request.path.lower().removesuffix("/metrics:getbatch")
            return self.arm.batch(subscription, dict(request.query), request.body)
        return azure_error(405, "MethodNotAllowed", "this Azure is read-only")

    def _is_authorized(self, request: Request) -> bool:
        if request.path == copilot.DOWNLOAD:
            # The address is the permission; a token must not come along.
            return not request.authorization and request.query.get("sig") == copilot.SIGNATURE
        if request.path.startswith(f"{copilot.GITHUB}/"):
            return request.authorization == f"Bearer {self.tenant.github_token}"
        return request.audience in _audiences(request.path)


def _is_read(request: Request) -> bool:
    path = request.path.lower()
    return request.method == "GET" or (
        request.method == "POST" and (path == RESOURCE_GRAPH or path.endswith("/metrics:getbatch"))
    )


def _audiences(path: str) -> frozenset[str]:
    if path.startswith("/v1.0/"):
        return copilot.GRAPH_AUDIENCES
    return METRICS_AUDIENCES if path.lower().endswith("/metrics:getbatch") else ARM_AUDIENCES


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, azure: FakeAzure, context: ssl.SSLContext) -> None:
        self.azure = azure
        self._context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake belongs to the connection's own thread: a slow client must not hold up the others.
        request.settimeout(60)
        try:
            secure = self._context.wrap_socket(request, server_side=True)
        except OSError:
            return
        try:
            super().finish_request(secure, client_address)
        except OSError:
            pass
        finally:
            secure.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: clients break off on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *arguments: Any) -> None:
        """Write nothing to standard error."""

    def handle_any(self) -> None:
        azure = self.server.azure
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = azure.answer(self.command, self.path, self.headers, body)
        if azure.latency:
            azure.stopped.wait(azure.latency)
        if isinstance(answer, Fault):
            self._misbehave(answer)
        else:
            status, content, *headers = answer
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            kind = "text/csv" if isinstance(content, bytes) else "application/json"
            self._send(status, data, kind, headers[0] if headers else {})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any  # noqa: N815 - named by the library

    def _misbehave(self, fault: Fault) -> None:
        if fault.hang:
            self.server.azure.stopped.wait(fault.hang)
        if fault.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault.html is not None:
            self._send(fault.status, fault.html.encode(), "text/html", fault.headers)
            return
        content = fault.body
        if content is None:
            content = {"error": {"code": fault.code, "message": fault.message or fault.code}}
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        if fault.cut:
            self.close_connection = True
            length = {"Content-Length": str(2 * len(data))}
            self._send(fault.status, data, "application/json", length)
            return
        self._send(fault.status, data, "application/json", fault.headers)

    def _send(self, status: int, data: bytes, content_type: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
