"""A JUnit XML document of suites and cases, as Jenkins, GitLab and Azure DevOps read it.

Valid against both schemas in use: Jenkins' (junit-10.xsd of its xUnit plugin) and Apache Ant's (the one
that Azure DevOps names). Hence no attribute on `testsuites`, no `file` on a case, a timestamp (UTC) without
a zone, and the elements that Ant wants even where they are empty.

junitparser writes the suites. Cases are written here, from parts that many of them share: there may be hundreds of
thousands, and as objects they take ten times as long.
"""

# mypy: disallow-untyped-calls=False
# (junitparser says that it is typed, but half of its methods are not)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from typing import Literal

from junitparser import Attr, SystemErr, SystemOut, TestSuite

from scanner.reports.text import one_line, visible

Kind = Literal["failure", "error", "skipped"]


class Cases:
    """A suite's name, its package (the policy file's path), what it has to say besides, and its cases as text."""

    def __init__(self, name: str, package: str, output: str = "") -> None:
        self.name, self.package, self.output = name, package, output
        self.counts: Counter[Kind | Literal["passed"]] = Counter()
        self.pieces: list[str] = []
        self._named, self._classed = cache(_named), cache(_classed)

    def passed(self, classname: str, name: str) -> None:
        """Add a case that passes."""
        self.pieces += (self._named(name), self._classed(classname), "/>\n")
        self.counts["passed"] += 1

    def add(self, classname: str, name: str, kind: Kind, type_: str, message: str, body: str = "") -> None:
        """Add a case that does not pass; `body` is text of XML (see `text_of`)."""
        # `skipped` has no type in Ant's schema, and none here.
        typed = f' type="{_attribute(type_)}"' if kind != "skipped" else ""
        said = f'<{kind} message="{_attribute(one_line(message) or type_)}"{typed}'
        end = f">{body}</{kind}>" if body else "/>"
        self.pieces += (self._named(name), self._classed(classname), f">\n{said}{end}\n</testcase>\n")
        self.counts[kind] += 1


class _Suite(TestSuite):
    """A suite with the two attributes of Ant's schema that junitparser has no name for."""

    id = Attr()
    package = Attr()


def document(suites: Iterable[Cases], started_at: str, properties: Mapping[str, str]) -> str:
    """Give the document; `started_at` is ISO 8601 in UTC, and every suite gets the same `properties`."""
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n']
    for number, cases in enumerate(suites):
        pieces += _suite(number, cases, started_at, properties)
    pieces.append("</testsuites>\n")
    return "".join(pieces)


def text_of(text: str) -> str:
    """Give `text` as text of XML."""
    return escape(visible(text), quote=False)


def _suite(number: int, content: Cases, started_at: str, properties: Mapping[str, str]) -> list[str]:
    """Give a suite in pieces; the schemas want its cases before its output."""
    suite = _Suite(one_line(content.name) or "policy")
    suite.id = str(number)
    suite.package = one_line(content.package)
    suite.hostname = "localhost"  # Ant's schema wants it, and its word for a host that does not matter
    suite.timestamp = started_at[:19]
    for name, value in properties.items():
        suite.add_property(name, one_line(value))
    counts = content.counts
    suite.tests, suite.errors = counts.total(), counts["error"]
    suite.failures, suite.skipped, suite.time = counts["failure"], counts["skipped"], 0
    suite.append(SystemOut(visible(content.output) or None))
    suite.append(SystemErr())
    text: str = suite.tostring().decode()
    # Both replacements touch markup alone: `>` is escaped in text and in attributes. They break the one long
    # line, and level a difference between the two XML libraries that junitparser may work with.
    text = text.replace(" />", "/>").replace("><", ">\n<")
    before, output, after = text[text.index("<testsuite") :].partition("<system-out")
    return [before, *content.pieces, output, after, "\n"]


def _named(name: str) -> str:
    return f'<testcase name="{_attribute(one_line(name) or "(no name)")}"'


def _classed(classname: str) -> str:
    return f' classname="{_attribute(one_line(classname) or "(no name)")}" time="0"'


def _attribute(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")
