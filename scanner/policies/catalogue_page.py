"""docs/rules.md: every rule of some policy files as one Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.policies.language import ParameterModel
from scanner.policies.rule_sheet import ParameterSheet, RuleSheet
from scanner.policies.words import Line
from scanner.rules.expectation import in_words


def catalogue_page(sheets: Sequence[RuleSheet]) -> str:
    """Give the page: a table of all rules, then a section for each."""
    lines = [
        "# Rules",
        "",
        "<!-- Written by `azgate policy list -o markdown=docs/rules.md`; change the policy files instead. -->",
        "",
        f"{len(sheets)} rules. Phase and maturity are those of the FinOps framework. Every parameter can be set by",
        "`--parameter NAME=VALUE` or a `--parameters` file; `azgate policy explain RULE` shows a rule with examples.",
        "",
        "| rule | severity | phase | maturity | title |",
        "|---|---|---|---|---|",
        *(_row(sheet) for sheet in sheets),
    ]
    for sheet in sheets:
        lines += ["", *_section(sheet)]
    return "\n".join(lines) + "\n"


def _row(sheet: RuleSheet) -> str:
    info = sheet.info
    cells = (f"[{info.id}](#{info.id.lower()})", info.severity, info.phase, info.maturity, _cell(info.title))
    return f"| {' | '.join(cells)} |"


def _section(sheet: RuleSheet) -> list[str]:
    info = sheet.info
    lines = [
        f"## {info.id}",
        "",
        f"**{info.title}.**",
        "",
        f"Severity {info.severity}; phase {info.phase}, maturity {info.maturity}. Policy `{sheet.policy}`.",
        "",
        "About:",
        "",
        *(f"- {kind}" for kind in sheet.types),
    ]
    if sheet.applies:
        lines += ["", "Applies where:", "", *_list(sheet.applies)]
    lines += ["", "Violated where:" if sheet.violates else "Passes where:", "", *_list(sheet.passes)]
    if sheet.parameters:
        lines += ["", "| parameter | type | default | meaning |", "|---|---|---|---|"]
        lines += [_parameter(parameter) for parameter in sheet.parameters]
    for heading, text in (("Why", info.rationale), ("What to do", info.remediation)):
        if text:
            lines += ["", f"**{heading}.** {text}"]
    if info.references:
        lines += ["", *(f"- <{reference}>" for reference in info.references)]
    return lines


def _list(lines: Iterable[Line]) -> list[str]:
    return [f"{'  ' * line.depth}- {_escaped(line.text)}" for line in lines]


def _escaped(text: str) -> str:
    """Keep brackets and stars outside code from being read as Markdown."""
    parts = text.split("`")
    return "`".join(
        part if at % 2 else part.replace("[*]", r"[\*]").replace("<", r"\<") for at, part in enumerate(parts)
    )


def _parameter(parameter: ParameterSheet) -> str:
    declared = parameter.declared
    default = "must be given" if declared.default is None else f"`{in_words(declared.default)}`"
    cells = (f"`{parameter.name}`", type_in_words(declared), default, declared.description)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def type_in_words(declared: ParameterModel) -> str:
    """Give a parameter's type and what bounds it: `number, 0 to 100`."""
    low, high = declared.minimum, declared.maximum
    if low is not None and high is not None:
        return f"{declared.type}, {low:g} to {high:g}"
    if low is not None or high is not None:
        return f"{declared.type}, {f'at least {low:g}' if low is not None else f'at most {high:g}'}"
    if declared.allowed_values:
        return f"{declared.type} of {in_words(declared.allowed_values)}"
    return declared.type


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
