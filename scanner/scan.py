"""The spine: policies and inputs in, one finished result out. Prints nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from scanner.evaluation.coverage import Coverage
from scanner.evaluation.evaluate import evaluate
from scanner.evaluation.gate import decide
from scanner.evaluation.waivers import Waivers, apply_waivers
from scanner.model.baseline import Baseline
from scanner.model.inventory import Inventory
from scanner.model.needs import Needs
from scanner.model.result import PolicyInfo, RuleInfo, ScanInfo, ScanResult, sort_key
from scanner.policies.baseline_file import read_baseline
from scanner.policies.exemption_file import read_exemptions
from scanner.policies.loader import PolicyFile
from scanner.policies.parameters import Override
from scanner.policies.sections import Section, load_with_sections
from scanner.policies.selection import select
from scanner.rules.rule import needs_of
from scanner.sources.files import read_inputs
from scanner.sources.json_document import parse_json, read_bytes
from scanner.version import VERSION

if TYPE_CHECKING:
    from scanner.sources.azure import AzureOptions

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What of live Azure to read: cloud, subscription ids, resource group names; and the environment."""

    cloud: str = "AzureCloud"
    subscriptions: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)


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

    A snapshot describes the time it was taken, so an offline scan of snapshots takes that for its clock.
    """

    policy: PolicyOptions = PolicyOptions()
    inputs: tuple[str, ...] = ()
    live: LiveOptions = LiveOptions()
    waivers: WaiverOptions = WaiverOptions()
    fail_on: str = "low"
    allow_gaps: bool = False
    as_of: datetime | None = None
    stdin: BinaryIO | None = None
    progress: Progress = silent


def loaded_policies(options: PolicyOptions) -> list[PolicyFile]:
    """Load all rules of the policy files; raises PolicyError."""
    return load_with_sections(options.paths, options.overrides, options.sections, options.flags)


def chosen_policies(options: PolicyOptions) -> list[PolicyFile]:
    """Load and select; raises PolicyError or ConfigError."""
    return select(loaded_policies(options), options.rules, options.excluded)


def read_azure(options: LiveOptions, needs: Needs, as_of: datetime, progress: Progress) -> Inventory:
    """Read live Azure; the only place from which the SDK is reached."""
    from scanner.sources.azure import AzureSource

    return AzureSource(_azure_options(options)).collect(needs, as_of, progress)


def _azure_options(options: LiveOptions) -> AzureOptions:
    from scanner.sources.azure import AzureOptions

    return AzureOptions(
        cloud=options.cloud,
        subscriptions=options.subscriptions,
        resource_groups=options.resource_groups,
        environ=options.environ,
    )


def collect(policy: PolicyOptions, live: LiveOptions, as_of: datetime, progress: Progress = silent) -> Inventory:
    """Read from live Azure what the chosen rules need."""
    files = chosen_policies(policy)
    return read_azure(live, needs_of([rule for file in files for rule in file.rules], as_of), as_of, progress)


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
        inventory = read_inputs(options.inputs, options.stdin)
        as_of = options.as_of or inventory.collected_at or started
    else:
        as_of = options.as_of or started.replace(microsecond=0)
        inventory = read_azure(options.live, needs_of(rules, as_of), as_of, options.progress)
    options.progress(f"evaluating {len(rules)} rules on {len(inventory.scanned)} resources")
    findings, not_evaluated = evaluate(inventory, rules, as_of)
    coverage = Coverage(inventory, _ids(loaded), _ids(files) - {skipped.rule_id for skipped in not_evaluated})
    findings, waiver_notes = apply_waivers(findings, waivers, coverage, as_of)
    findings.sort(key=sort_key)
    result = ScanResult(
        tool_version=VERSION,
        scan=ScanInfo(
            started_at=_utc(started),
            finished_at=_utc(datetime.now(UTC)),
            as_of=_utc(as_of),
            sources=tuple(f"{source.kind}:{source.name}" for source in inventory.sources),
            scopes=inventory.scopes,
            policies=tuple(_policy_info(file) for file in files),
            parameters=_parameters(files),
            not_evaluated=tuple(not_evaluated),
            notes=(*_notes(inventory, len(findings)), *waiver_notes),
        ),
        rules=_rule_infos(files),
        findings=tuple(findings),
        gaps=inventory.gaps,
        gate=decide(findings, inventory.gaps, options.fail_on, allow_gaps=options.allow_gaps),
        resources=len(inventory.scanned),
    )
    return result, coverage


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
        return ["no resource was found in what was read"]
    return [] if findings else ["no rule applies to any of the resources that were read"]
