"""Reads a saved JSON result back, so that it can be drawn again in any format."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Never, TypeVar

from scanner.errors import Problem, ReportError
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import (
    SCHEMA_VERSION,
    Finding,
    Gate,
    NotEvaluated,
    PolicyInfo,
    ResourceInfo,
    RuleInfo,
    ScanInfo,
    ScanResult,
    Waiver,
)
from scanner.model.verdict import PASS, Disposition, Evidence, Outcome, Severity, Verdict

_HINT = "a saved result is what `azgate scan -o json=FILE` writes"
_Word = TypeVar("_Word", bound=StrEnum)
_FAIL_ON = (*Severity, "never")
_EXIT_CODES = (0, 1, 3)
"""Of a scan that came to a decision."""
_KINDS = {dict: "an object", list: "an array", str: "text", int: "a whole number", type(None): "null"}


def load_result(text: str, name: str) -> ScanResult:
    """Give the result that `text`, a JSON report, was written from; `name` is its file, for messages.

    Numbers of the summary are counted anew, and keys that a later azgate may add are passed over. Raises
    ReportError for text that is no JSON, of another schema version, or without a key it needs.
    """
    root = _Object(_parsed(text, name), "", name)
    version = root.value.get("schemaVersion")
    if "findings" not in root.value or version is None:
        absent = "schemaVersion" if version is None else "findings"
        raise ReportError(Problem(f"this is no azgate result: it has no `{absent}`", file=name, hint=_HINT))
    if version != SCHEMA_VERSION:
        found, wanted = json.dumps(version), json.dumps(SCHEMA_VERSION)
        hint = "use the version of azgate that wrote the file, or scan again"
        message = f"schemaVersion is {found}, and this azgate reads {wanted}"
        raise ReportError(Problem(message, file=name, hint=hint))
    rules = tuple([_rule(item) for item in root.objects("rules")])
    by_id = {rule.id: rule for rule in rules}
    return ScanResult(
        tool_version=root.object("tool").text("version"),
        scan=_scan(root.object("scan")),
        rules=rules,
        findings=tuple([_finding(item, by_id) for item in root.objects("findings")]),
        gaps=tuple([_gap(item) for item in root.objects("gaps")]),
        gate=_gate(root.object("gate")),
        resources=root.object("summary").number("resources"),
    )


def _parsed(text: str, name: str) -> dict[str, Any]:
    def refuse(literal: str) -> Never:
        raise ReportError(Problem(f"{literal} is no JSON", file=name, hint=_HINT))

    try:
        # Windows tools put a byte order mark before what they redirect into a file.
        document = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse)
    except json.JSONDecodeError as error:
        problem = Problem(f"no JSON: {error.msg}", name, error.lineno, error.colno, _HINT)
        raise ReportError(problem) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or nesting that no report has.
        raise ReportError(Problem(f"no JSON that can be read: {error}", file=name, hint=_HINT)) from error
    if not isinstance(document, dict):
        raise ReportError(Problem("this is no azgate result: not a JSON object", file=name, hint=_HINT))
    return document


class _Object:
    """A JSON object that is asked for its members by type, and knows the path to name in a message."""

    __slots__ = ("file", "path", "value")

    def __init__(self, value: Any, path: str, file: str) -> None:
        self.path, self.file = path, file
        if not isinstance(value, dict):
            self.refuse(f"`{path}` is {_kind(value)}, not an object")
        self.value: dict[str, Any] = value

    def refuse(self, message: str) -> Never:
        raise ReportError(Problem(message, file=self.file, hint=_HINT))

    def _member(self, key: str, kind: type) -> Any:
        try:
            value = self.value[key]
        except KeyError:
            place = f"`{self.path}`" if self.path else "the result"
            self.refuse(f"{place} has no `{key}`")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(f"`{self._below(key)}` is {_kind(value)}, not {_KINDS[kind]}")
        return value

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str) -> str:
        value: str = self._member(key, str)
        return value

    def number(self, key: str) -> int:
        value: int = self._member(key, int)
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        value: dict[str, Any] = self._member(key, dict)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values: list[Any] = self._member(key, list)
        for at, value in enumerate(values):
            if not isinstance(value, str):
                self.refuse(f"`{self._below(key)}[{at}]` is {_kind(value)}, not text")
        return tuple(values)

    def object(self, key: str) -> _Object:
        return _Object(self._member(key, dict), self._below(key), self.file)

    def objects(self, key: str) -> list[_Object]:
        values: list[Any] = self._member(key, list)
        return [_Object(value, f"{self._below(key)}[{at}]", self.file) for at, value in enumerate(values)]

    def word(self, key: str, words: type[_Word]) -> _Word:
        text = self.text(key)
        try:
            return words(text)
        except ValueError:
            known = ", ".join(words)
            self.refuse(f"`{self._below(key)}` is {text!r}, not one of {known}")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    return _KINDS.get(type(value), "a number")


def _scan(item: _Object) -> ScanInfo:
    return ScanInfo(
        started_at=item.text("startedAt"),
        finished_at=item.text("finishedAt"),
        as_of=item.text("asOf"),
        sources=item.texts("sources"),
        scopes=item.texts("scopes"),
        policies=tuple(
            PolicyInfo(policy.text("name"), policy.text("path"), policy.texts("rules"))
            for policy in item.objects("policies")
        ),
        parameters=item.mapping("parameters"),
        not_evaluated=tuple(
            NotEvaluated(rule.text("ruleId"), rule.text("reason")) for rule in item.objects("notEvaluated")
        ),
        notes=item.texts("notes"),
        changed_only=item.value.get("changedOnly") is True,
        subscriptions=_names(item.object("subscriptions")) if "subscriptions" in item.value else {},
    )


def _gate(item: _Object) -> Gate:
    fail_on, exit_code = item.text("failOn"), item.number("exitCode")
    if fail_on not in _FAIL_ON:
        item.refuse(f"`gate.failOn` is {fail_on!r}, not one of {', '.join(_FAIL_ON)}")
    if exit_code not in _EXIT_CODES:
        item.refuse(f"`gate.exitCode` is {exit_code}, not one of {', '.join(map(str, _EXIT_CODES))}")
    return Gate(fail_on, exit_code, item.text("reason"))


def _names(item: _Object) -> dict[str, str]:
    return {key.lower(): item.text(key) for key in item.value}


def _rule(item: _Object) -> RuleInfo:
    return RuleInfo(
        id=item.text("ruleId"),
        title=item.text("title"),
        severity=item.word("severity", Severity),
        phase=item.text("phase"),
        maturity=item.text("maturity"),
        policy=item.text("policy"),
        rationale=item.text("rationale"),
        remediation=item.text("remediation"),
        references=item.texts("references"),
    )


def _finding(item: _Object, rules: dict[str, RuleInfo]) -> Finding:
    rule = rules.get(item.text("ruleId"))
    if rule is None:
        item.refuse(f"`{item.path}` is about the rule {item.text('ruleId')!r}, which `rules` does not have")
    outcome = item.word("outcome", Outcome)
    passed = outcome is Outcome.PASS
    return Finding(
        rule=rule,
        resource=_passing_resource(item.object("resource")) if passed else _resource(item.object("resource")),
        verdict=PASS if passed else _verdict(item, outcome),
        severity=item.word("severity", Severity),
        disposition=item.word("disposition", Disposition),
        exemption=_waiver(item.object("exemption")) if "exemption" in item.value else None,
    )


def _verdict(item: _Object, outcome: Outcome) -> Verdict:
    evidence = tuple(
        Evidence(
            entry.text("path"),
            entry.value.get("actual"),
            entry.text("expected"),
            _line(entry.value.get("line")),
        )
        for entry in item.objects("evidence")
    )
    return Verdict(outcome, item.text("message"), evidence)


def _passing_resource(item: _Object) -> ResourceInfo:
    return ResourceInfo(item.text("id"), item.text("type"), item.text("name"))


def _resource(item: _Object) -> ResourceInfo:
    origin = item.object("origin").value
    file, line, pointer = origin.get("file"), origin.get("line"), origin.get("pointer")
    address = origin.get("address")
    return ResourceInfo(
        id=item.text("id"),
        type=item.text("type"),
        name=item.text("name"),
        location=item.text("location"),
        resource_group=item.text("resourceGroup"),
        subscription_id=item.text("subscriptionId"),
        tags=item.mapping("tags"),
        effective_tags=item.mapping("effectiveTags"),
        file=file if isinstance(file, str) else None,
        line=_line(line),
        pointer=pointer if isinstance(pointer, str) else None,
        address=address if isinstance(address, str) else "",
    )


def _line(value: Any) -> int | None:
    """Give the number of a line, None for what is none."""
    return value if type(value) is int and value > 0 else None


def _waiver(item: _Object) -> Waiver:
    return Waiver(item.text("reason"), item.text("owner"), item.text("expires"), item.text("scope"))


def _gap(item: _Object) -> Gap:
    return Gap(item.text("scope"), item.text("what"), item.word("reason", GapReason), item.text("detail"))
