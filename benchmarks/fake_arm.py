"""A lean Azure Resource Manager for benchmarks: every answer is made beforehand, so that the client is measured.

It keeps a token bucket for each subscription where one is asked for, as Azure does, and says what is left of it.
"""

from __future__ import annotations

import json
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.loopback.certificate import make_certificate

CREATED = "2026-01-01T00:00:00Z"
_EMPTY_LISTS = (
    "/diagnosticsettings",
    "/budgets",
    "/scheduledactions",
    "/models",
    "/onlineendpoints",
    "/serverlessendpoints",
    "/deletedaccounts",
    "/projects",
)


@dataclass(frozen=True)
class Shape:
    """How big the tenant is; jobs are per workspace and come in pages of 50."""

    subscriptions: int = 20
    accounts: int = 20
    deployments: int = 5
    workspaces: int = 5
    computes: int = 10
    jobs: int = 50


@dataclass
class Bucket:
    """Azure's bucket of reads for one subscription; `size` 0 is no bucket."""

    size: float
    refill: float
    tokens: float = 0.0
    filled: float = field(default_factory=time.monotonic)

    def take(self) -> int | None:
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + (now - self.filled) * self.refill)
        self.filled = now
        if self.tokens < 1:
            return None
        self.tokens -= 1
        return int(self.tokens)


def lists(shape: Shape) -> dict[str, list[dict]]:
    """Give every list of the tenant by lower-case path."""
    found: dict[str, list[dict]] = {"/subscriptions": []}

    def put(path: str, kind: str, members: list[dict]) -> list[dict]:
        for one in members:
            one.setdefault("type", kind)
            one.setdefault("name", one["id"].rpartition("/")[2])
            one.setdefault("systemData", {"createdAt": CREATED})
        found[path.lower()] = members
        return members

    for s in range(shape.subscriptions):
        sub = f"/subscriptions/{s:08d}-0000-0000-0000-000000000000"
        found["/subscriptions"].append({"id": sub, "subscriptionId": sub[15:], "state": "Enabled", "tags": {}})
        group = f"{sub}/resourceGroups/rg"
        tags = {"environment": "prod", "team": "search", "workload": "chat", "cost-center": "42"}
        put(f"{sub}/resourcegroups", "Microsoft.Resources/resourceGroups", [{"id": group, "tags": tags}])
        cognitive, learning = "Microsoft.CognitiveServices/accounts", "Microsoft.MachineLearningServices/workspaces"
        accounts = put(
            f"{sub}/providers/{cognitive}",
            cognitive,
            [
                {"id": f"{group}/providers/{cognitive}/a{n}", "kind": "OpenAI", "location": "eastus2", "properties": {}}
                for n in range(shape.accounts)
            ],
        )
        for account in accounts:
            body = {"model": {"format": "OpenAI", "name": "gpt-4o", "version": "1"}, "provisioningState": "Succeeded"}
            members = [
                {
                    "id": f"{account['id']}/deployments/d{n}",
                    "sku": {"name": "Standard", "capacity": 10},
                    "properties": body,
                }
                for n in range(shape.deployments)
            ]
            put(f"{account['id']}/deployments", f"{cognitive}/deployments", members)
        usages = [{"name": {"value": "OpenAI.Standard.gpt-4o"}, "currentValue": 100, "limit": 1000, "unit": "Count"}]
        found[f"{sub}/providers/microsoft.cognitiveservices/locations/eastus2/usages".lower()] = usages
        workspaces = put(
            f"{sub}/providers/{learning}",
            learning,
            [
                {"id": f"{group}/providers/{learning}/w{n}", "kind": "Default", "properties": {}}
                for n in range(shape.workspaces)
            ],
        )
        for workspace in workspaces:
            inner = {"scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT5M"}}
            computes = {"computeType": "AmlCompute", "properties": inner}
            members = [
                {"id": f"{workspace['id']}/computes/c{n}", "properties": computes} for n in range(shape.computes)
            ]
            put(f"{workspace['id']}/computes", f"{learning}/computes", members)
            job = {"jobType": "Command", "status": "Running", "limits": {"timeout": "PT1H"}, "command": "x" * 400}
            members = [{"id": f"{workspace['id']}/jobs/j{n}", "properties": job} for n in range(shape.jobs)]
            put(f"{workspace['id']}/jobs", f"{learning}/jobs", members)
    return found


def _other(path: str, query: str) -> tuple[int, bytes]:
    """Answer what is asked around the resources: nothing measured, nothing set up."""
    if path.endswith("/microsoft.insights/metrics"):
        names = unquote(dict(parse_qsl(query)).get("metricnames", "")).split(",")
        metrics = [{"name": {"value": name}, "errorCode": "Success", "timeseries": []} for name in names]
        return 200, json.dumps({"value": metrics}).encode()
    if path.endswith(_EMPTY_LISTS):
        return 200, b'{"value": []}'
    return 404, b'{"error": {"code": "InvalidResourceNamespace", "message": "unknown"}}'


class FakeArm:
    """Serves a tenant of some shape; `requests` are (method, target) of all calls so far."""

    def __init__(self, shape: Shape, latency: float, bucket: tuple[float, float] = (0, 0), page: int = 50) -> None:
        self.requests: list[tuple[str, str]] = []
        self.throttled = 0
        self.latency = latency
        self._bucket = bucket
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()
        self.certificate, key = make_certificate(Path(tempfile.mkdtemp(prefix="fake-arm-")))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        server.request_queue_size = 256
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{server.server_address[1]}"
        self._answers = self._pages(lists(shape), page)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def _pages(self, found: dict[str, list[dict]], page: int) -> dict[tuple[str, int], bytes]:
        answers: dict[tuple[str, int], bytes] = {}
        for path, members in found.items():
            for start in range(0, max(len(members), 1), page):
                body: dict = {"value": members[start : start + page]}
                if start + page < len(members):
                    body["nextLink"] = f"{self.url}{path}?api-version=1&skip={start + page}"
                answers[path, start] = json.dumps(body).encode()
        return answers

    def answer(self, method: str, target: str) -> tuple[int, bytes, dict[str, str]]:
        """Give status, body and headers."""
        parts = urlsplit(target)
        path = parts.path.lower()
        lane = path.split("/")[2] if path.count("/") > 1 else ""
        with self._lock:
            self.requests.append((method, target))
            left = None
            if self._bucket[0] and lane:
                left = self._buckets.setdefault(lane, Bucket(*self._bucket, self._bucket[0])).take()
                if left is None:
                    self.throttled += 1
                    return 429, b'{"error": {"code": "TooManyRequests", "message": "wait"}}', {"Retry-After": "1"}
        time.sleep(self.latency)
        skip = int(parts.query.rpartition("skip=")[2]) if "skip=" in parts.query else 0
        body = self._answers.get((path, skip))
        headers = {} if left is None else {"x-ms-ratelimit-remaining-subscription-reads": str(left)}
        return (200, body, headers) if body is not None else (*_other(path, parts.query), headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536

            def log_message(self, *_args: object) -> None:
                pass

            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body, headers = fake.answer(self.command, self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

            do_POST = do_GET  # noqa: N815 - the name http.server calls

        return Handler
