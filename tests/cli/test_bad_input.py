"""Hostile and broken inputs: a clear message and exit 2, or a report; never a traceback, never exit 4."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.cli import main
from tests.cli.conftest import CHOSEN, TAGS, account, deployment
from tests.factories import ACCOUNT, COMPUTE, DEPLOYMENT, JOB, WORKSPACE, arm_id

FORMATS = ("console", "json", "junit", "html", "sarif", "markdown", "csv", "github", "jsonl")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"   \n", "is empty"),
        (b"\x00\x01\x02\xff\xfe\x80binary", "is "),
        (b"\x89PNG\r\n\x1a\n", "is neither UTF-8 nor UTF-16 text"),
        (b"PK\x03\x04zip", "is a zip archive"),
        (b'{"value": [{"id": "/subscriptions/x', "is not JSON"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'[{"id": "/subscriptions/x", "a": ' + b"[" * 210 + b"]" * 210 + b"}]", "is nested too deeply"),
        (json.dumps([account("caf\xe9")], ensure_ascii=False).encode("latin-1"), "is neither UTF-8 nor UTF-16 text"),
        (b'[{"id": "/subscriptions/x", "id": "/subscriptions/y"}]', "the key 'id' stands twice"),
        (b'{"sku": {"capacity": NaN}}', "NaN is no JSON number"),
        (b"<?xml version='1.0'?><a/>", "is not JSON"),
        (b"version: 1\nname: p\n", "is not JSON"),
        (b"{}", "an empty object"),
        (b'"text"', "a text"),
        (b"42", "a single value"),
        (b"null", "null"),
        (b"[1, 2, 3]", "holds no Azure resource"),
        (b'{"error": {"code": "AuthorizationFailed"}}', "an object with the keys error"),
        (b'{"kind": "azgateInventory"}', "layout version None"),
        (b'{"kind": "azgateInventory", "schemaVersion": "1"}', "damaged at /resources"),
        (b'{"a\x1b[31mb": 1}', "is not JSON"),
        (b'{"a\\u001b[31mb": 1}', "a\\x1b[31mb"),
        (b'{"\\ud800": 1}', "\\ud800"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_input_is_exit_2_with_the_reason(azgate, tmp_path, content, words):
    path = tmp_path / "in.json"
    path.write_bytes(content)
    run = azgate("scan", str(path))
    assert run.code == 2
    assert run.err.startswith(f"azgate: error: {path}")
    assert words in run.err
    assert run.out == ""
    assert "\x1b" not in run.err
    assert len(run.err) < 1000


def test_a_missing_file_and_a_folder_are_named(azgate, tmp_path):
    assert "there is no such file" in azgate("scan", str(tmp_path / "absent.json")).err
    assert "is a folder" in azgate("scan", str(tmp_path)).err
    assert azgate("scan", "a\0b").code == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_editors_and_powershell_write_is_read(azgate, tmp_path, encoding):
    path = tmp_path / "in.json"
    path.write_bytes(json.dumps([account("acct", tags={"team": "é鍵"})], ensure_ascii=False).encode(encoding))
    assert azgate("scan", str(path)).code == 1


def deep(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = {"inner": [value]}
    return value


STRANGE: list[Any] = [
    None,
    "text",
    "",
    5,
    -1,
    10**30,
    10**400,
    1.5,
    True,
    [],
    ["a", None, {"b": 1}],
    {},
    {"": ""},
    {"name": None},
    "<script>alert(1)</script>",
    "\x00\x07\x1b[31m\r\n",
    "\ud800",
    "\u202eevil\u2066",
    "'; DROP TABLE--",
    "=cmd|' /C calc'!A0",
    "鍵🔑ключ" * 50,
    "x" * 100_000,
    deep(70),
]


def variants() -> list[tuple[str, dict[str, Any]]]:
    bodies: list[tuple[str, dict[str, Any]]] = []
    ptu = {"sku": {"name": "ProvisionedManaged", "capacity": 5}, "properties": {"provisioningState": "Succeeded"}}
    good = {
        "account": account(),
        "deployment": deployment(),
        "provisioned": deployment(**{**ptu, "name": "acct/ptu"}),
        "cluster": resource(
            COMPUTE, "ws/c", properties={"computeType": "AmlCompute", "properties": {"scaleSettings": {}}}
        ),
        "instance": resource(COMPUTE, "ws/i", properties={"computeType": "ComputeInstance", "properties": {}}),
        "sweep": resource(JOB, "ws/s", properties={"jobType": "Sweep", "limits": {}}),
        "pipeline": resource(JOB, "ws/p", properties={"jobType": "Pipeline", "jobs": {"a": {}}}),
    }
    for name, body in good.items():
        for key in ("name", "location", "kind", "tags", "sku", "properties", "systemData", "identity"):
            bodies += [(f"{name}.{key}", {**body, key: strange}) for strange in STRANGE]
        for key in body.get("properties", {}):
            bodies += [(f"{name}.{key}", {**body, "properties": {**body["properties"], key: x}}) for x in STRANGE]
    bodies += [("tag", account(tags={**TAGS, "team": strange})) for strange in STRANGE]
    bodies += [
        ("limit", deployment(properties={"rateLimits": [{"key": "token", "count": x, "renewalPeriod": x}]}))
        for x in STRANGE
    ]
    bodies += [("limits", deployment(properties={"rateLimits": [x]})) for x in STRANGE]
    bodies += [("capacity", deployment(capacity=x)) for x in STRANGE]
    return bodies


def resource(kind: str, name: str, /, **body: Any) -> dict[str, Any]:
    return {"id": arm_id(kind, name), "name": name.rpartition("/")[2], "type": kind, **body}


def test_no_strange_value_anywhere_in_a_resource_is_a_crash_or_breaks_a_report(azgate, document):
    bodies = variants()
    named = [{**body, "id": f"{body['id']}-{index}"} for index, (_, body) in enumerate(bodies)]
    path = document([account(), resource(WORKSPACE, "ws", tags=TAGS), *named])
    for form in FORMATS:
        run = azgate("scan", path, "-o", f"{form}=-")
        assert run.code == 1
        assert "\x1b[31m" not in run.out
        if form == "html":
            assert "<script>alert(1)" not in run.out
        if form == "json":
            errors = [f for f in run.result["findings"] if f["outcome"] == "error"]
            assert not errors, [(bodies[int(f["resource"]["id"].rpartition("-")[2])][0], f["message"]) for f in errors]


@pytest.mark.parametrize("strange", [value for value in STRANGE if isinstance(value, str)], ids=lambda v: repr(v)[:20])
def test_strange_names_and_ids_reach_every_report(azgate, document, strange):
    identity = arm_id(ACCOUNT, "x") + strange
    bodies = [
        {**account(), "id": identity, "name": strange, "location": strange, "tags": {strange: strange}},
        {**deployment(500), "name": strange},
    ]
    for form in FORMATS:
        assert azgate("scan", document(bodies), "-o", f"{form}=-").code == 1


@pytest.mark.parametrize("name", ["123", "1e5", "true", "null", "0x10", "-", "..", "a b", "%2F", "."])
def test_names_that_look_like_something_else_are_names(azgate, document, name):
    run = azgate(
        "scan", document([{**account(), "id": arm_id(ACCOUNT, "y") + name, "name": name, "tags": None}]), "-o", "json=-"
    )
    assert {finding["resource"]["name"] for finding in run.result["findings"]} == {name}


@pytest.mark.parametrize(
    "identity",
    [
        "/",
        "//",
        " ",
        "x",
        "/subscriptions",
        "/subscriptions/",
        "/providers/",
        "/subscriptions/s/resourceGroups",
        "/a/b/c/d/e",
    ],
)
def test_ids_that_are_none_are_no_resources_and_no_crash(azgate, document, identity):
    assert azgate("scan", document([{"id": identity, "name": "x"}, account()]), *CHOSEN).code in {0, 3}
    assert azgate("scan", document([{"id": identity, "type": DEPLOYMENT, "name": "x"}, account()])).code in {0, 1, 3}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["id", "type", "name", "value", "properties", "sku", "tags", "kind"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values)
def test_any_json_at_all_is_a_report_or_a_refusal(tmp_path, value):
    path = tmp_path / "in.json"
    path.write_text(json.dumps(value))
    assert main(["scan", str(path), "-o", f"json={tmp_path / 'r.json'}", "-o", f"junit={tmp_path / 'r.xml'}"]) in {
        0,
        1,
        2,
        3,
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([ACCOUNT, DEPLOYMENT, COMPUTE, JOB]), json_values, json_values, json_values)
def test_any_properties_of_a_known_type_are_judged_without_an_error(tmp_path, kind, properties, sku, tags):
    name = "/".join("ab"[: kind.count("/")])
    body = resource(kind, name, kind="OpenAI", properties=properties, sku=sku, tags=tags)
    (tmp_path / "in.json").write_text(json.dumps([body]))
    main(["scan", str(tmp_path / "in.json"), "-o", f"json={tmp_path / 'r.json'}"])
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["summary"]["outcomes"]["error"] == 0


def test_a_large_file_is_read_in_a_few_seconds(azgate, tmp_path):
    item = json.dumps(
        {"id": arm_id("Microsoft.Storage/storageAccounts", "st{}"), "properties": {"a": ["x" * 50] * 20, "b": {"c": 1}}}
    )
    rows = ",\n".join(item.replace("{}", str(index)) for index in range(49_000))
    path = tmp_path / "big.json"
    path.write_text(f"[{rows}]")
    assert path.stat().st_size > 60_000_000
    run = azgate("scan", str(path), "-o", "json=-")
    assert (run.code, run.result["summary"]["resources"]) == (0, 49_000)


def test_a_bad_policy_file_never_crashes(azgate, document, tmp_path):
    for index, content in enumerate(
        [b"", b"\xff\xfe\x00", b"[" * 100_000, b"a: *b", b"a: caf\xe9", b"\x00", b"%YAML 9.9\n---\na", b"x" * 6_000_000]
    ):
        path = tmp_path / f"{index}.yaml"
        path.write_bytes(content)
        run = azgate("scan", document([]), "-p", str(path))
        assert run.code == 2
        assert run.err.startswith(f"azgate: error: {path}")
