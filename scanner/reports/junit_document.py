"""A JUnit XML document of suites and cases, as Jenkins, GitLab and Azure DevOps read it.

Valid against both schemas in use: Jenkins' (junit-10.xsd of its xUnit plugin) and Apache Ant's (the one
that Azure DevOps names). Hence no attribute on `testsuites`, no `file` on a case, a timestamp (UTC) without
a zone, and the elements that Ant wants even where they are empty.
"""

# mypy: disallow-untyped-calls=False
# (junitparser says that it is typed, but half of its methods are not)

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from junitparser import Attr, JUnitXml, SystemErr, SystemOut, TestCase, TestSuite

from scanner.reports.text import one_line, visible


class Cases(NamedTuple):
    """A suite's name, its package (the policy file's path), its cases, and what it has to say besides."""

    name: str
    package: str
    cases: list[TestCase]
    output: str = ""


class _Suite(TestSuite):
    """A suite with the two attributes of Ant's schema that junitparser has no name for."""

    id = Attr()
    package = Attr()


def document(suites: Iterable[Cases], started_at: str, properties: Mapping[str, str]) -> str:
    """Give the document; `started_at` is ISO 8601 in UTC, and every suite gets the same `properties`."""
    root = JUnitXml()
    for number, cases in enumerate(suites):
        root.append(_suite(number, cases, started_at, properties))
    text: str = root.tostring().decode()
    # Both replacements touch markup alone: `>` is escaped in text and in attributes. They break the one long
    # line, and level a difference between the two XML libraries that junitparser may work with.
    text = text.replace(" />", "/>").replace("><", ">\n<").replace("?>\n<", "?><", 1)
    _, _, body = text.rpartition("?>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body.lstrip()}\n'


def _suite(number: int, content: Cases, started_at: str, properties: Mapping[str, str]) -> TestSuite:
    suite = _Suite(one_line(content.name) or "policy")
    suite.id = str(number)
    suite.package = one_line(content.package)
    suite.hostname = "localhost"  # Ant's schema wants it, and its word for a host that does not matter
    suite.timestamp = started_at[:19]
    for name, value in properties.items():
        suite.add_property(name, one_line(value))
    suite.add_testcases(content.cases)
    suite.time = 0
    suite.append(SystemOut(visible(content.output) or None))
    suite.append(SystemErr())
    return suite


def new_case(classname: str, name: str) -> TestCase:
    """Make a case; without a child it is a pass."""
    case = TestCase(one_line(name) or "(no name)", one_line(classname) or "(no name)")
    case.time = 0
    return case


def child(kind: type[Any], type_: str, message: str, body: str = "") -> Any:
    """Make the child of a case; `skipped` has no type in Ant's schema, and none here."""
    result = kind(one_line(message) or type_, type_)
    result.text = visible(body) or None
    return result
