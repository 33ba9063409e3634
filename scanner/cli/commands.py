"""The commands. Each checks what it can before it reads anything, so that a typing error costs nothing."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.scan import PolicyOptions


def scan(options: argparse.Namespace) -> int:
    """`azgate scan`. What a scan of files makes lives until the process ends; live Azure leaves cycles behind."""
    from scanner.model.garbage import collector_paused

    with collector_paused() if options.input else nullcontext():
        return _scan(options)


def _scan(options: argparse.Namespace) -> int:
    from scanner.cli.history import history_target
    from scanner.cli.inputs import check_inputs, read_options
    from scanner.cli.interrupt import interruptible
    from scanner.cli.live import azure_options
    from scanner.cli.outputs import parse_outputs, write_reports
    from scanner.cli.progress import progress
    from scanner.cli.waivers import baseline_target, waiver_options
    from scanner.scan import ScanOptions, scan_with_coverage

    outputs = parse_outputs(options.output)
    target = baseline_target(options, outputs)
    check_inputs(options)
    history = history_target(options, outputs)
    with progress() as show:
        result, coverage = scan_with_coverage(
            ScanOptions(
                policy=_policy(options),
                inputs=tuple(options.input),
                context=tuple(options.context),
                reading=read_options(options),
                live=azure_options(options),
                waivers=waiver_options(options),
                fail_on=options.fail_on,
                allow_gaps=options.allow_gaps,
                as_of=options.as_of,
                progress=show,
                interruptible=interruptible,
            )
        )
    baseline = target.updated(result, coverage) if target else None
    if history:
        result = history.stored(result)
    write_reports(result, outputs)
    if target and baseline:
        target.write(baseline)
    if history:
        history.settle()
    return result.gate.exit_code


def collect(options: argparse.Namespace) -> int:
    """`azgate collect`: exit 3 where the snapshot has gaps."""
    from scanner.cli.exit_codes import ExitCode
    from scanner.cli.interrupt import interruptible
    from scanner.cli.live import azure_options
    from scanner.cli.outputs import STDOUT, check_path, write_output
    from scanner.cli.progress import progress
    from scanner.scan import collect as run
    from scanner.sources.snapshot import chunks

    check_path(options.output)
    journal = None if options.output == STDOUT else Path(f"{options.output}.partial")
    as_of = _clock(options, journal)
    live = replace(azure_options(options), journal=journal, resume=options.resume)
    with progress() as show:
        inventory = run(_policy(options), live, as_of, show, interruptible)
    write_output(options.output, chunks(inventory))
    counts = f"{len(inventory.scanned)} resources, {len(inventory.facts)} facts, {len(inventory.gaps)} gaps"
    sys.stderr.write(f"azgate: collected {counts}\n")
    for gap in inventory.gaps:
        sys.stderr.write(f"azgate: gap: {gap.what} of {gap.scope}: {gap.reason.value} {gap.detail}".rstrip() + "\n")
    return ExitCode.INCOMPLETE if inventory.gaps else ExitCode.PASSED


def _clock(options: argparse.Namespace, journal: Path | None) -> datetime:
    """Give the clock of a collection; one that is resumed keeps the clock it started with."""
    from scanner.errors import ConfigError
    from scanner.sources.azure.journal import clock_of

    if options.resume:
        if journal is None:
            raise ConfigError("--resume needs an output file: what was read is kept beside it")
        started: datetime = clock_of(journal)
        if options.as_of not in {None, started}:
            raise ConfigError(f"--resume goes on with the clock of the collection, {started.isoformat()}")
        return started
    if journal is not None and journal.exists():
        sys.stderr.write(f"azgate: {journal} of an earlier collection is begun anew (--resume goes on with it)\n")
    return options.as_of or datetime.now(UTC).replace(microsecond=0)


def report(options: argparse.Namespace) -> int:
    """`azgate report`: draws; the gate was decided when the result was made."""
    from scanner.cli.history import check_report_options, stored_result
    from scanner.cli.outputs import parse_outputs, write_reports
    from scanner.reports.saved import load_result
    from scanner.sources.json_document import decode, read_bytes, shown_name

    outputs = parse_outputs(options.output)
    check_report_options(options)
    if options.history is not None:
        write_reports(stored_result(options), outputs)
        return 0
    text = decode(read_bytes(options.result), options.result)
    write_reports(load_result(text, shown_name(options.result)), outputs)
    return 0


def _policy(options: argparse.Namespace) -> PolicyOptions:
    from scanner.policies.parameters import overrides_from_flags
    from scanner.policies.sections import read_parameter_file
    from scanner.scan import PolicyOptions
    from scanner.sources.json_document import read_bytes

    files = [read_parameter_file(read_bytes(file), file) for file in options.parameters]
    return PolicyOptions(
        paths=tuple(options.policy),
        overrides=tuple(override for file in files for override in file.overrides),
        sections=tuple(section for file in files for section in file.sections),
        flags=tuple(overrides_from_flags(options.parameter)),
        rules=tuple(options.rule),
        excluded=tuple(options.exclude_rule),
    )
