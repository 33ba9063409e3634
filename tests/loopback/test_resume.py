"""A collection that breaks off goes on where it stopped, and ends with what it would have ended with."""

import json
import signal
import subprocess
import sys
import time

import pytest

from tests.loopback.server import FakeAzure
from tests.loopback.tenant import Tenant

RULES = ["--rule", "openai-deployment-rate-limit", "--rule", "ml-*"]


@pytest.fixture
def tenant():
    one = Tenant()
    for number in range(3):
        subscription = one.add_subscription(f"{number}1111111-1111-1111-1111-111111111111")
        group = one.add_group(subscription, "rg")
        for letter in "abcdefgh":
            account = one.add_account(group, f"aoai-{letter}")
            one.add_deployment(account, "chat", capacity=500)
    return one


def collect(azure, file, *options):
    environ = {**azure.environ(), "PATH": "/usr/bin:/bin", "AZURE_TOKEN_CREDENTIALS": "environmentcredential"}
    command = [sys.executable, "-m", "scanner", "collect", "-o", str(file), *RULES, "--concurrency", "2", *options]
    return subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)


def deployments(azure):
    return [one.path for one in azure.requests if one.path.endswith("/deployments")]


def test_a_killed_collection_is_resumed_without_asking_anything_again(tenant, tmp_path):
    file, reference = tmp_path / "inventory.json", tmp_path / "reference.json"
    with FakeAzure(tenant) as azure:
        assert collect(azure, reference, "--as-of", "2026-11-24T08:00:00Z").wait(60) == 0
    with FakeAzure(tenant, latency=0.1) as azure:
        process = collect(azure, file, "--as-of", "2026-11-24T08:00:00Z")
        while len(deployments(azure)) < 10:
            time.sleep(0.01)
        process.kill()
        process.wait(10)
        assert not file.exists()
        before = deployments(azure)
        resumed = collect(azure, file, "--resume")
        errors = resumed.communicate(timeout=60)[1]
        assert resumed.returncode == 0, errors
        again = deployments(azure)[len(before) :]
        assert len(again) < 24
        # What was under way when it was killed is asked again: no more than the calls at a time.
        assert len(set(before) & set(again)) <= 2
    assert json.loads(file.read_text())["resources"] == json.loads(reference.read_text())["resources"]
    assert json.loads(file.read_text())["collectedAt"] == "2026-11-24T08:00:00+00:00"
    assert not file.with_name("inventory.json.partial").exists()


def test_an_interrupted_collection_writes_what_it_has_and_can_be_resumed(tenant, tmp_path):
    file = tmp_path / "inventory.json"
    with FakeAzure(tenant, latency=0.1) as azure:
        process = collect(azure, file)
        while len(deployments(azure)) < 6:
            time.sleep(0.01)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=30)[1]
        assert time.monotonic() - begin < 2
        assert process.returncode == 3
        assert "interrupted" in errors
        part = json.loads(file.read_text())
        assert {gap["reason"] for gap in part["gaps"]} == {"interrupted"}
        assert part["resources"]
        assert collect(azure, file, "--resume").wait(60) == 0
    whole = json.loads(file.read_text())
    assert whole["gaps"] == []
    assert len(whole["resources"]) == 3 + 3 + 24 + 24


def test_resuming_what_is_not_there_is_refused(tenant, tmp_path):
    with FakeAzure(tenant) as azure:
        process = collect(azure, tmp_path / "inventory.json", "--resume")
        errors = process.communicate(timeout=30)[1]
        assert process.returncode == 2
        assert "there is no collection to resume" in errors
        assert azure.requests == []
