"""The container and the job that runs it: what is built, what it may do, what it is told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from scanner.cli.parser import build_parser
from scanner.model.values import UNKNOWN
from scanner.sources.files import read_inputs
from scanner.sources.options import ReadOptions
from tests.factories import SUBSCRIPTION
from tests.recipes.conftest import ROOT, run

CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
TEMPLATE = ROOT / "examples" / "container-apps-job" / "main.json"
OTHER = "11111111-2222-3333-4444-555555555555"
IMAGE = "myregistry.azurecr.io/azgate@sha256:0"


@pytest.mark.packaging
def test_the_step_that_builds_azgate_works_and_what_it_makes_needs_no_checkout(tmp_path):
    """The step before it, which installs the lock, needs a package index: this interpreter's packages stand for it."""
    source, home = tmp_path / "src", tmp_path / "azgate"
    source.mkdir()
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE):
        *names, _ = line.split()
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source)
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    (step,) = re.findall(r"^RUN (/build\S+ -m pip wheel .*(?:\n .*)*)", CONTAINERFILE, re.MULTILINE)
    for there, here in (("/build/bin/python", sys.executable), ("/opt/azgate", home), ("/dist", tmp_path / "dist")):
        step = step.replace(there, str(here))
    ran = run("bash", "-euc", step, cwd=source, PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    assert ran.code == 0, ran.out + ran.err
    shutil.rmtree(source)
    example = tmp_path / "e.json"
    shutil.copy(ROOT / "examples" / "contoso.inventory.json", example)
    reports = tmp_path / "reports"
    command = [home / "bin" / "azgate", *audit_arguments(reports), "--allow-gaps", example]
    done = subprocess.run(command, cwd="/", env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = {str(path.relative_to(reports)) for path in reports.rglob("*") if path.is_file()}
    assert {"history.db", "latest/all.html", "latest/all.json", "latest/teams/no-team.html"} <= made


def audit_arguments(reports: Path) -> list[str]:
    """Give the arguments of the job, with another folder and without the subscriptions of a live scan."""
    return [word.replace("/reports", str(reports)) for word in job()["args"] if not word.startswith("--subscription")]


def inventory(*parameters: str):
    given = (f"image={IMAGE}", f'subscriptions=["{SUBSCRIPTION}", "{OTHER}"]', *parameters)
    options = ReadOptions(template_parameters=given, subscription=SUBSCRIPTION, resource_group="rg-audit")
    return read_inputs([str(TEMPLATE)], options=options)


def job(*parameters: str) -> dict:
    (resource,) = inventory(*parameters).by_type["microsoft.app/jobs"]
    properties = resource.json["properties"]
    return {**properties["configuration"], **properties["template"], **properties["template"]["containers"][0]}


def test_the_template_is_read_to_the_last_leaf_but_for_what_only_azure_knows():
    found = inventory()
    assert not found.gaps
    unknown: list[str] = []

    def walk(value, path):
        if value is UNKNOWN:
            unknown.append(path)
        elif isinstance(value, (dict, list)):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for key, inner in pairs:
                walk(inner, f"{path}.{key}")

    for resource in found.resources:
        walk(resource.json.get("properties"), resource.type.rpartition("/")[2])
    assert {path for path in unknown if not path.startswith("roleassignments")} == {
        "managedenvironments.appLogsConfiguration.logAnalyticsConfiguration.customerId",
        "managedenvironments.appLogsConfiguration.logAnalyticsConfiguration.sharedKey",
        "storages.azureFile.accountKey",
        "jobs.template.containers.0.env.1.value",
    }


def test_the_identity_may_read_every_subscription_and_nothing_else():
    roles = [
        (one.subscription_id, one.json["properties"]["roleDefinitionId"].rpartition("/")[2])
        for one in inventory().by_type["microsoft.authorization/roleassignments"]
    ]
    readers = {
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "72fafb9e-0641-4937-9268-a91bfd8191a3",
    }
    assert sorted(roles) == sorted((subscription, role) for subscription in (SUBSCRIPTION, OTHER) for role in readers)


def test_the_job_runs_once_a_week_one_at_a_time_and_scans_what_it_is_told():
    found = job()
    assert found["triggerType"] == "Schedule"
    assert found["scheduleTriggerConfig"] == {
        "cronExpression": "17 4 * * 1",
        "parallelism": 1,
        "replicaCompletionCount": 1,
    }
    assert found["image"] == IMAGE
    assert [word for word in found["args"] if word.startswith("--subscription")] == [
        f"--subscription={SUBSCRIPTION}",
        f"--subscription={OTHER}",
    ]
    options = build_parser().parse_args(found["args"])
    assert options.history == "/reports/history.db"
    assert options.fail_on == "never"
    assert found["env"][0] == {"name": "AZURE_TOKEN_CREDENTIALS", "value": "managedidentitycredential"}


def test_the_user_of_the_image_may_write_to_the_share():
    (user,) = re.findall(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)
    assert job()["volumes"][0]["mountOptions"].startswith(f"uid={user[0]},gid={user[1]},")


def test_a_password_of_the_history_is_a_secret_and_in_no_argument():
    found = job("history=postgresql://azgate@db.example.com/azgate", "historyPassword=hunter2")
    assert [secret["name"] for secret in found["secrets"]] == ["history-password"]
    assert found["env"][2] == {"name": "PGPASSWORD", "secretRef": "history-password"}
    assert "hunter2" not in json.dumps([found["args"], found["env"]], default=str)
    assert "--history=postgresql://azgate@db.example.com/azgate" in found["args"]


def test_a_private_registry_is_pulled_from_with_the_identity():
    assert job()["registries"] == []
    (registry,) = job("registry=myregistry")["registries"]
    assert registry["server"] == "myregistry.azurecr.io"
    assert registry["identity"].endswith("/userAssignedIdentities/azgate-identity")
