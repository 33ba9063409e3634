"""`azgate doctor`: what the identity may read, which role is missing, and which rules that costs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scanner.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from scanner.policies.loader import PolicyFile
    from scanner.sources.azure.doctor import Trial
    from scanner.sources.azure.permissions import Permission

WIDTH = 80
_TAG_WORDS = ("effectivetags", "requiredtags", "tagvalues", "allowedmodels")
"""Words of a policy by which a rule looks at inherited tags."""


def doctor(options: argparse.Namespace) -> int:
    """`azgate doctor`: exit 3 where something is missing."""
    from scanner.cli.live import azure_options
    from scanner.cli.outputs import STDOUT, write_output
    from scanner.cli.progress import progress
    from scanner.policies.loader import load_policies
    from scanner.sources.azure.doctor import examine

    costs = rules_by_permission(load_policies(()))
    with progress() as show:
        trials = examine(azure_options(options), show)
    draw = _as_json if options.output == "json" else _as_table
    write_output(STDOUT, draw(trials, costs))
    return ExitCode.INCOMPLETE if any(trial.fault for trial in trials) else ExitCode.PASSED


def rules_by_permission(files: Iterable[PolicyFile]) -> Mapping[str, tuple[str, ...]]:
    """Give, for each permission's name, the ids of the rules that cannot be judged in full without it."""
    from scanner.model.resource import RESOURCE_GROUP, SUBSCRIPTION
    from scanner.sources.azure.permissions import PERMISSIONS

    found: dict[str, list[str]] = {permission.name: [] for permission in PERMISSIONS}
    for file in files:
        texts = {rule.model.id: rule.model.model_dump_json().lower() for rule in file.written}
        for rule in file.rules:
            types = set(rule.read_types())
            if any(word in texts.get(rule.info.id, "") for word in _TAG_WORDS):
                types.add(RESOURCE_GROUP)
            if any(kind.startswith("microsoft.") and not kind.startswith("microsoft.graph/") for kind in types):
                types.add(SUBSCRIPTION)
            kinds = {kind for kind, _ in rule.facts}
            for permission in PERMISSIONS:
                if kinds & set(permission.facts) or _begins(types, permission.types):
                    found[permission.name].append(rule.info.id)
    return {name: tuple(rules) for name, rules in found.items()}


def _begins(types: Iterable[str], beginnings: Sequence[str]) -> bool:
    return bool(beginnings) and any(
        kind.startswith(one) if one.endswith("/") else kind == one for kind in types for one in beginnings
    )


def _as_json(trials: Sequence[Trial], costs: Mapping[str, tuple[str, ...]]) -> str:
    import json

    from scanner.sources.azure.permissions import BY_NAME

    checks = [_check(trial, BY_NAME[trial.permission], costs) for trial in trials]
    missing = sum(check["state"] == "missing" for check in checks)
    document = {"schemaVersion": "1", "checks": checks, "missing": missing}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _check(trial: Trial, permission: Permission, costs: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    check = {"permission": permission.name, "what": permission.what, "scope": trial.scope, "state": _state(trial)}
    if trial.fault is not None:
        check |= {"reason": trial.fault.reason.value, "detail": trial.fault.detail}
    elif trial.untried:
        check |= {"detail": trial.untried}
    return check | {"role": permission.role, "instead": permission.instead, "rules": list(costs[permission.name])}


def _state(trial: Trial) -> str:
    return "missing" if trial.fault is not None else "untried" if trial.untried else "ok"


def _as_table(trials: Sequence[Trial], costs: Mapping[str, tuple[str, ...]]) -> str:
    """Draw one line for each permission, and below it what is missing where."""
    from scanner.sources.azure.permissions import PERMISSIONS

    lines = [f"{'what':<38}{'state':<16}role that grants it", "-" * WIDTH]
    for permission in PERMISSIONS:
        of_it = [trial for trial in trials if trial.permission == permission.name]
        if of_it:
            lines += _section(permission, of_it, costs[permission.name])
    lines += ["-" * WIDTH, _verdict(trials)]
    return "\n".join(lines) + "\n"


def _section(permission: Permission, trials: Sequence[Trial], rules: Sequence[str]) -> list[str]:
    states = [_state(trial) for trial in trials]
    missing = states.count("missing")
    if missing:
        state = "missing" if missing == len(trials) else f"missing {missing}/{len(trials)}"
    else:
        state = "ok" if "ok" in states else "not tried"
    head = _wrapped(f"{permission.what:<37} {state:<16}{permission.role}", indent=54)
    lines = [*head]
    for trial in trials:
        if trial.fault is not None:
            said = f"{trial.scope}: {trial.fault.reason.value}: {trial.fault.detail}"
            lines += _wrapped(f"  ! {said}", indent=4)
    if missing:
        cost = permission.instead or ", ".join(rules) or "no rule of the built-in pack"
        lines += _wrapped(f"  {'instead' if permission.instead else 'costs'}: {cost}", indent=4)
    elif state == "not tried":
        lines += _wrapped(f"  - {trials[0].untried}", indent=4)
    return lines


def _wrapped(text: str, indent: int) -> list[str]:
    """Cut a line to the width at spaces, and an id that is longer than that anywhere; nothing is left out."""
    import textwrap

    return textwrap.wrap(
        "".join(c if c.isprintable() else " " for c in text),
        WIDTH,
        subsequent_indent=" " * indent,
        drop_whitespace=True,
        replace_whitespace=False,
        break_on_hyphens=False,
    )


def _verdict(trials: Sequence[Trial]) -> str:
    from scanner.sources.azure.permissions import BY_NAME

    missing = [trial for trial in trials if trial.fault is not None]
    if not missing:
        return "Everything that was tried may be read."
    gaps = sum(not BY_NAME[trial.permission].instead for trial in missing)
    end = f"a scan would have gaps for {gaps} of them." if gaps else "a scan does without them."
    return f"{len(missing)} of {len(trials)} trials failed; {end}"


def add_doctor_command(subparsers: Any, command: Any, add_live_options: Any) -> None:
    """Add the grammar of `azgate doctor`."""
    parser = command(subparsers, "doctor", doctor, "try what the identity may read of live Azure, read-only")
    parser.epilog = "exit codes: 0 everything may be read, 2 no sign-in or bad usage, 3 something is missing"
    add_live_options(parser)
    parser.add_argument("-o", "--output", choices=("table", "json"), default="table", help="default: table")
