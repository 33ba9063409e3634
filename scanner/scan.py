"""The spine: policies and inputs in, one finished result out. Prints nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

from scanner.errors import ConfigError
from scanner.evaluation.coverage import Coverage
from scanner.evaluation.evaluate import evaluate
from scanner.evaluation.gate import decide
from scanner.evaluation.waivers import Waivers, apply_waivers
from scanner.model.baseline import Baseline
from scanner.model.context import CHANGE_FACTS, in_context
from scanner.model.inventory import Inventory
from scanner.model.needs import Needs
from scanner.model.result import PolicyInfo, RuleInfo, ScanInfo, ScanResult, in_order
from scanner.model.subscription_names import subscription_names
from scanner.policies.baseline_file import read_baseline
from scanner.policies.exemption_file import read_exemptions
from scanner.policies.loader import PolicyFile
from scanner.policies.parameters import Override
from scanner.policies.sections import Section, load_with_sections
from scanner.policies.selection import select
from scanner.rules.rule import Rule, needs_of
from scanner.sources.azure import AzureOptions, AzureSource
from scanner.sources.files import read_inputs
from scanner.sources.json_document import STDIN, parse_json, read_bytes
from scanner.sources.options import ReadOptions
from scanner.version import VERSION

Progress = Callable[[str], None]
_TEMPLATES = frozenset({"arm-template"})
_DEPLOYED = _TEMPLATES | {"terraform-plan"}
"""Kinds of input that do not always say themselves where they are deployed to."""
LIVE = "live"
"""As a context: Azure itself."""


def silent(_: str) -> None:
    """Show no progress."""


Interruptible = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Takes what ends the reading of Azure early; while its context lasts, somebody may call that."""


def uninterrupted(_: Callable[[], None]) -> AbstractContextManager[None]:
    """Let nobody interrupt."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """Which rules, with which parameters: `flags` win over `sections`, those over `overrides`."""

    paths: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    sections: tuple[Section, ...] = ()
    flags: tuple[Override, ...] = ()
    rules: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaiverOptions:
    """Who may answer for findings: exemption files, a baseline file, resource tags. Nobody by default."""

    exemptions: tuple[str, ...] = ()
    baseline: str | None = None
    tags: bool = False


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """Everything a scan is told. Without `inputs` it reads live Azure; `as_of` None is "now".

    A snapshot describes the time it was taken, so an offline scan of snapshots takes that for its clock. `context`
    are files (or `live`) with what exists already: `inputs` are then a change to it.
    """

    policy: PolicyOptions = PolicyOptions()
    inputs: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    reading: ReadOptions = field(default_factory=ReadOptions)
    live: AzureOptions = field(default_factory=AzureOptions)
    waivers: WaiverOptions = WaiverOptions()
    fail_on: str = "low"
    allow_gaps: bool = False
    as_of: datetime | None = None
    stdin: BinaryIO | None = None
    progress: Progress = silent
    interruptible: Interruptible = uninterrupted


def loaded_policies(options: PolicyOptions) -> list[PolicyFile]:
    """Load all rules of the policy files; raises PolicyError."""
    return load_with_sections(options.paths, options.overrides, options.sections, options.flags)


def chosen_policies(options: PolicyOptions) -> list[PolicyFile]:
    """Load and select; raises PolicyError or ConfigError."""
    return select(loaded_policies(options), options.rules, options.excluded)


def read_azure(
    options: AzureOptions, needs: Needs, as_of: datetime, progress: Progress, interruptible: Interruptible
) -> Inventory:
    """Read live Azure; while it reads, `interruptible` knows how to end it early."""
    source = AzureSource(options)
    with interruptible(source.interrupt):
        return source.collect(needs, as_of, progress)


def collect(
    policy: PolicyOptions,
    live: AzureOptions,
    as_of: datetime,
    progress: Progress = silent,
    interruptible: Interruptible = uninterrupted,
) -> Inventory:
    """Read from live Azure what the chosen rules need."""
    rules = [rule for file in chosen_policies(policy) for rule in file.rules]
    return read_azure(live, needs_of(rules, as_of), as_of, progress, interruptible)


def load_baseline(file: str) -> Baseline:
    """Read a baseline file; raises ScannerError where there is none or it is broken."""
    return read_baseline(parse_json(read_bytes(file), file), file)


def _waivers(options: WaiverOptions) -> Waivers:
    exemptions = read_exemptions((file, read_bytes(file)) for file in options.exemptions)
    baseline = None if options.baseline is None else load_baseline(options.baseline)
    return Waivers(exemptions, baseline, options.tags)


def scan(options: ScanOptions) -> ScanResult:
    """Read, evaluate, decide. Raises ScannerError where nothing can be evaluated."""
    return scan_with_coverage(options)[0]


def scan_with_coverage(options: ScanOptions) -> tuple[ScanResult, Coverage]:
    """Scan, and say as well what was looked at: who updates a baseline has to know."""
    started = datetime.now(UTC)
    loaded = loaded_policies(options.policy)
    files = select(loaded, options.policy.rules, options.policy.excluded)
    waivers = _waivers(options.waivers)
    rules = [rule for file in files for rule in file.rules]
    if options.inputs:
        inventory = _read_files(options, rules, started)
        as_of = options.as_of or inventory.collected_at or started
    else:
        as_of = options.as_of or started.replace(microsecond=0)
        needs = needs_of(rules, as_of)
        inventory = read_azure(options.live, needs, as_of, options.progress, options.interruptible)
    options.progress(f"evaluating {len(rules)} rules on {len(inventory.scanned)} resources")
    findings, not_evaluated = evaluate(inventory, rules, as_of)
    coverage = Coverage(inventory, _ids(loaded), _ids(files) - {skipped.rule_id for skipped in not_evaluated})
    findings, waiver_notes = apply_waivers(findings, waivers, coverage, as_of)
    findings = in_order(findings)
    result = ScanResult(
        tool_version=VERSION,
        scan=ScanInfo(
            started_at=_utc(started),
            finished_at=_utc(datetime.now(UTC)),
            as_of=_utc(as_of),
            sources=(
                *(f"{source.kind}:{source.name}" for source in inventory.sources),
                *(f"context:{source.kind}:{source.name}" for source in inventory.context),
            ),
            scopes=inventory.scopes,
            policies=tuple(_policy_info(file) for file in files),
            parameters=_parameters(files),
            not_evaluated=tuple(not_evaluated),
            notes=(*_notes(inventory, len(findings)), *waiver_notes),
            changed_only=options.reading.changed_only,
            subscriptions=subscription_names(inventory),
        ),
        rules=_rule_infos(files),
        findings=tuple(findings),
        gaps=inventory.gaps,
        gate=decide(findings, inventory.gaps, options.fail_on, allow_gaps=options.allow_gaps),
        resources=len(inventory.scanned),
    )
    return result, coverage


def _read_files(options: ScanOptions, rules: list[Rule], started: datetime) -> Inventory:
    """Read the inputs; with a context, as a change to it."""
    if not options.context:
        return _checked(read_inputs(options.inputs, options.stdin, options.reading), options)
    # Beside live Azure the change is read twice: for what of Azure it is about, and then together with that.
    held = read_bytes(STDIN, options.stdin) if LIVE in options.context and STDIN in options.inputs else None

    def change(reading: ReadOptions) -> Inventory:
        return read_inputs(options.inputs, options.stdin if held is None else BytesIO(held), reading)

    context = _read_context(options, rules, started, change)
    return in_context(_checked(change(replace(options.reading, context=context)), options), context)


def _checked(change: Inventory, options: ScanOptions) -> Inventory:
    """Raise ConfigError where options have nothing to say to what was read: they would be passed over in silence."""
    kinds = {source.kind for source in change.sources}
    place = options.reading.subscription or options.reading.resource_group
    if place and not kinds & _DEPLOYED and LIVE not in options.context:
        raise ConfigError(
            "--subscription, --resource-group: only for a live scan (leave INPUT away), a template or a plan"
        )
    if options.reading.template_parameters and not kinds & _TEMPLATES:
        raise ConfigError("--template-parameters: none of the inputs is a template")
    return change


def _read_context(
    options: ScanOptions, rules: list[Rule], started: datetime, change: Callable[[ReadOptions], Inventory]
) -> Inventory:
    """Read what exists: from Azure only what a change can be judged by."""
    if LIVE not in options.context:
        return read_inputs(options.context, options.stdin)
    if len(options.context) > 1:
        raise ConfigError(f"--context {LIVE} stands alone: it reads Azure itself")
    as_of = options.as_of or started.replace(microsecond=0)
    needs = needs_of(rules, as_of)
    facts = tuple(need for need in needs.facts if need.kind in CHANGE_FACTS)
    needs = Needs(needs.types, facts, _checked(change(options.reading), options))
    return read_azure(options.live, needs, as_of, options.progress, options.interruptible)


def _ids(files: Sequence[PolicyFile]) -> frozenset[str]:
    return frozenset(rule.info.id for file in files for rule in file.rules)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _policy_info(file: PolicyFile) -> PolicyInfo:
    return PolicyInfo(file.name, file.path, tuple(rule.info.id for rule in file.rules))


def _rule_infos(files: Sequence[PolicyFile]) -> tuple[RuleInfo, ...]:
    return tuple(rule.info for file in files for rule in file.rules)


def _parameters(files: Sequence[PolicyFile]) -> dict[str, Any]:
    """Give the parameters in force; where two files disagree, the second stands under `policy.name`."""
    found: dict[str, Any] = {}
    for file in files:
        for name, value in file.parameters.items():
            found[name if found.get(name, value) == value else f"{file.name}.{name}"] = value
    return found


def _notes(inventory: Inventory, findings: int) -> list[str]:
    if not inventory.scanned:
        return ["no resource was found in what was read", *inventory.notes]
    notes = (
        list(inventory.notes)
        if findings
        else [*inventory.notes, "no rule applies to any of the resources that were read"]
    )
    if twice := inventory.overruled:
        more = f" and {len(twice) - 5} more" if len(twice) > 5 else ""
        shown = f"{', '.join(twice[:5])}{more}"
        notes.append(f"stands in the input again with other contents, of which the first is judged: {shown}")
    return notes
