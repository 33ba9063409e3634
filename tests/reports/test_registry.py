"""Every format, whatever it is, keeps the same promises."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import ConfigError
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Waiver
from scanner.model.verdict import Disposition, Evidence, Outcome
from scanner.reports import REPORTS, render
from scanner.reports.saved import load_result

ROOT = Path(__file__).parents[2]
GOLDEN_FILES = {
    "console": "scan.txt",
    "json": "scan.json",
    "junit": "scan.xml",
    "html": "scan.html",
    "sarif": "scan.sarif",
    "markdown": "scan.md",
    "csv": "scan.csv",
    "github": "scan.github.txt",
    "jsonl": "scan.jsonl",
}

every_format = pytest.mark.parametrize("name", REPORTS)


@every_format
def test_a_format_draws_the_golden_result_as_reviewed(name, result, golden):
    golden(GOLDEN_FILES[name], render(name, result))


@every_format
def test_a_format_is_deterministic(name, result):
    assert render(name, result) == render(name, result)


@every_format
def test_a_saved_result_is_drawn_like_the_result_itself(name, result):
    saved = load_result(render("json", result), "scan.json")
    assert render(name, saved) == render(name, result)


@every_format
def test_a_format_draws_a_result_without_anything_in_it(name, make):
    text = render(name, make.result([], policies=(), sources=(), scopes=()))
    assert text.strip()
    assert text.endswith("\n")


@every_format
def test_a_format_shows_everything_that_is_not_a_pass(name, result):
    text = render(name, result)
    squeezed = "".join(text.split())
    for wanted in (
        "deployments/gpt-4o",
        "deployments/ptu",
        "deployments/batch",
        "deployments/old",
        "azurerm_search_service",
        "copilot-github-inactive",
        "2026-12-31",
        "search-team@contoso.com",
    ):
        assert wanted in squeezed, wanted


@every_format
def test_a_format_is_documented(name):
    assert f"`{name}`" in (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")


def test_an_unknown_format_is_refused_with_the_known_ones(result):
    with pytest.raises(ConfigError, match=r"'pdf'.*console, json, junit, html"):
        render("pdf", result)


def test_importing_the_registry_imports_no_library():
    code = "import sys, scanner.reports; print(sorted({'jinja2', 'junitparser', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_drawing_one_format_does_not_import_the_libraries_of_another():
    code = (
        "import sys; import scanner.reports.console, scanner.reports.json, scanner.reports.saved;"
        "print(sorted({'jinja2', 'junitparser', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


# Any text at all, lone surrogates included, with what breaks terminals and parsers made likelier.
any_text = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x1b\x07\x9b\u202e\u2066\ud800\udfff\ufffe\n\r\t<>&\"'`{}%#")),
    max_size=30,
)
any_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_text, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=any_text, value=any_json, tags=st.dictionaries(any_text, any_text, max_size=3))
def test_no_text_from_outside_breaks_a_format(make, text, value, tags):
    rule = make.rule(f"r{text}", title=text, rationale=text, remediation=text, references=(text,), policy=text)
    resource = make.resource(f"/x/{text}", name=text, tags=tags, effective_tags=tags, file=text, pointer=text)
    waiver = Waiver(text, text, text, text)
    findings = [
        make.finding(rule, resource, Outcome.FAIL, text, Evidence(text, value, text)),
        make.finding(rule, resource, Outcome.ERROR, text, disposition=Disposition.EXEMPTED, exemption=waiver),
        make.finding(rule, resource, Outcome.PASS),
    ]
    result = make.result(
        findings,
        (Gap(text, text, GapReason.MALFORMED, text),),
        notes=(text,),
        sources=(text,),
        scopes=(text,),
        parameters={text: value},
    )
    saved = load_result(render("json", result), "x")
    for name in REPORTS:
        drawn = render(name, result)
        drawn.encode("utf-8")
        assert render(name, saved) == drawn, name
        lines = drawn.replace("\r\n", "\n") if name == "csv" else drawn
        controls = [c for c in lines if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
        assert not controls, name
    ET.fromstring(render("junit", result).encode())
