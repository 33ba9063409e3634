"""Collection time against a bare client that makes the very same requests with the same concurrency.

    python -m benchmarks.collection [--latency 0.05] [--concurrency 32] [--subscriptions 20] [--bucket]

A fake Azure in a process of its own answers over TLS on loopback. Without `--bucket` azgate's wall time is compared
with urllib3 in threads that sends the requests azgate sent, all of them known beforehand: what a client would take
that had nothing to find out. With `--bucket` the fake keeps Azure's bucket (250 reads, 25 a second for each
subscription), and the wall time is compared with what that bucket allows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import urllib3

from benchmarks.fake_arm import FakeArm, Shape
from scanner.model.needs import Needs
from scanner.policies.loader import load_policies
from scanner.rules.rule import needs_of
from scanner.sources.azure import AzureOptions, AzureSource

AS_OF = datetime(2026, 11, 24, tzinfo=UTC)
BUCKET, REFILL = 250, 25
Requests = list[tuple[str, str]]


class Credential:
    """A token that is always good."""

    def get_token_info(self, *_scopes: str, **_options: Any) -> Any:
        return SimpleNamespace(token="token", expires_on=4102444800, refresh_on=None, token_type="Bearer")


def serve(shape: Shape, latency: float, bucket: bool, pipe: Connection) -> None:
    """Run the fake Azure until told to stop; give address and certificate, then the requests on demand."""
    fake = FakeArm(shape, latency, (BUCKET, REFILL) if bucket else (0, 0))
    pipe.send((fake.url, str(fake.certificate)))
    while pipe.recv() == "requests":
        pipe.send((list(fake.requests), fake.throttled))
        fake.requests.clear()


def collect_once(needs: Needs, concurrency: int) -> tuple[float, int, int]:
    """Give seconds, resources and gaps of one collection."""
    start = time.perf_counter()
    options = AzureOptions(environ=os.environ, concurrency=concurrency)
    inventory = AzureSource(options, credential=Credential()).collect(needs, AS_OF)
    return time.perf_counter() - start, len(inventory.resources), len(inventory.gaps)


def replay(base: str, certificate: str, requests: Requests, concurrency: int) -> float:
    """Send the recorded requests with urllib3, parse every answer, and give the seconds."""
    pool = urllib3.PoolManager(maxsize=concurrency, ca_certs=certificate, block=True)

    def send(one: tuple[str, str]) -> None:
        json.loads(pool.request(one[0], base + one[1], headers={"Authorization": "Bearer token"}).data)

    start = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as threads:
        list(threads.map(send, requests))
    return time.perf_counter() - start


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--bucket", action="store_true")
    for one in fields(Shape):
        parser.add_argument(f"--{one.name}", type=int, default=one.default)
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = arguments()
    shape = Shape(**{one.name: getattr(options, one.name) for one in fields(Shape)})
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(shape, options.latency, options.bucket, there), daemon=True
    )
    process.start()
    base, certificate = here.recv()
    os.environ |= {"AZGATE_ARM_ENDPOINT": base, "REQUESTS_CA_BUNDLE": certificate}
    needs = needs_of([rule for file in load_policies([]) for rule in file.rules], AS_OF)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(1 if options.bucket else options.runs):
        seconds, resources, gaps = collect_once(needs, options.concurrency)
        ours.append(seconds)
        here.send("requests")
        requests, throttled = here.recv()
        if not options.bucket:
            bare.append(replay(base, certificate, requests, options.concurrency))
            here.send("requests")
            here.recv()
    mine = statistics.median(ours)
    twice = sum(count - 1 for count in Counter(requests).values())
    print(f"{resources} resources, {gaps} gaps; {len(requests)} requests, {twice} twice, {throttled} throttled")
    print(f"azgate          {mine:7.2f} s   {len(requests) / mine:.0f} requests a second")
    if options.bucket:
        lanes = Counter(
            target.lower().split("/")[2].partition("?")[0] for _, target in requests if target.count("/") > 1
        )
        most = max(lanes.values())
        allowed = (most - BUCKET) / REFILL
        print(f"bucket allows   {allowed:7.2f} s   the fullest subscription takes {most} reads")
        print(f"ratio           {mine / allowed:7.2f}")
    else:
        print(f"bare client     {statistics.median(bare):7.2f} s")
        print(f"ratio           {mine / statistics.median(bare):7.2f}")
    # Linux counts in kilobytes.
    print(f"peak memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB")
    here.send("stop")


if __name__ == "__main__":
    main()
