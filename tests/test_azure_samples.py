"""Real Azure payloads, where a collection of them lies beside the checkout: each is a report or a refusal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.model.resource import normalise_id
from scanner.sources.files import read_inputs

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "azure-samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no azure-samples beside the checkout")
TAGGING = str(Path(__file__).resolve().parents[1] / "policies" / "tagging.yaml")
GROUPS = ("openai-*", "ml-*", "copilot-arm")
FILES = sorted(path for group in GROUPS for folder in SAMPLES.glob(group) for path in folder.glob("*.json"))


def scanned(path: Path, target: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any] | None:
    """Scan a file; None where it was refused."""
    code = main(["scan", str(path), *options, "-o", f"json={target}"])
    err = capsys.readouterr().err
    assert code in {0, 1, 2, 3}, err
    assert "Traceback" not in err
    if code == 2:
        assert err.startswith(f"azgate: error: {path}")
        return None
    result: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    assert not [finding for finding in result["findings"] if finding["outcome"] == "error"]
    return result


def body_of(path: Path) -> Any:
    document = json.loads(path.read_text(encoding="utf-8"))
    response = document.get("response") if isinstance(document, dict) else None
    return response.get("body") if isinstance(response, dict) else None


def listed(body: Any) -> list[Any]:
    """Give what the answer lists, or the answer itself."""
    if isinstance(body, dict) and isinstance(body.get("value"), list):
        return body["value"]
    return [body]


def is_resource(item: Any) -> bool:
    identity = item.get("id") if isinstance(item, dict) else None
    return isinstance(identity, str) and identity.partition("/providers/")[2].count("/") >= 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_is_scanned_as_it_is_and_as_the_answer_in_it(path, tmp_path, capsys):
    scanned(path, tmp_path / "r.json", capsys, "-p", TAGGING)
    body = body_of(path)
    if body is None:
        return
    answer = tmp_path / "body.json"
    answer.write_text(json.dumps(body), encoding="utf-8")
    result = scanned(answer, tmp_path / "r.json", capsys)
    expected = {normalise_id(item["id"]) for item in listed(body) if is_resource(item)}
    if expected:
        assert result is not None
        assert set(read_inputs([str(answer)]).by_key) >= expected


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("psrule-verdicts/*.input--*.json")), ids=lambda path: path.name)
def test_what_powershell_exports_is_read_as_resources(path, tmp_path, capsys):
    rows = json.loads(path.read_text(encoding="utf-8"))
    inventory = read_inputs([str(path)])
    assert len(inventory.resources) == len({row["ResourceId"].lower() for row in rows})
    assert not inventory.gaps
    assert {resource.type for resource in inventory.resources} == {row["ResourceType"].lower() for row in rows}
    assert all(
        resource.json.get("properties") == row["Properties"]
        for resource, row in zip(inventory.resources, rows, strict=True)
    )
    assert scanned(path, tmp_path / "r.json", capsys) is not None


def test_the_samples_hold_something_to_judge(tmp_path, capsys):
    bodies = [item for path in FILES for item in listed(body_of(path)) if is_resource(item)]
    (tmp_path / "all.json").write_text(json.dumps(bodies), encoding="utf-8")
    result = scanned(tmp_path / "all.json", tmp_path / "r.json", capsys)
    assert result is not None
    judged = {finding["ruleId"] for finding in result["findings"]}
    assert {"required-tags", "openai-deployment-rate-limit", "ml-cluster-scale-to-zero"} <= judged
