"""Exemptions and baselines on the command line, and the baseline file that a scan may write."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.cli.outputs import Output
    from scanner.evaluation.coverage import Coverage
    from scanner.model.baseline import Baseline
    from scanner.model.result import ScanResult
    from scanner.scan import WaiverOptions


def add_waiver_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `scan` that say who answers for findings."""
    group = parser.add_argument_group("exemptions and baseline")
    group.add_argument("--exemptions", action="append", default=[], metavar="FILE", help="exemptions, YAML; repeatable")
    group.add_argument(
        "--allow-tag-exemptions", action="store_true", help="a resource's tag azgate-exempt may exempt it"
    )
    group.add_argument("--baseline", metavar="FILE", help="known failures; only new ones fail the gate")
    group.add_argument("--write-baseline", metavar="FILE", help="write the failures of now as a baseline")
    group.add_argument("--merge-baseline", action="store_true", help="an existing FILE keeps its entries and gets new")
    group.add_argument(
        "--prune-baseline", action="store_true", help="an existing FILE loses the entries that are fixed"
    )


def waiver_options(options: argparse.Namespace) -> WaiverOptions:
    """Give what `scan` is told of exemptions and baseline; raises ConfigError for a file that cannot be one."""
    from scanner.cli.outputs import STDOUT
    from scanner.scan import WaiverOptions

    for flag, file in (*(("--exemptions", file) for file in options.exemptions), ("--baseline", options.baseline)):
        if file == STDOUT:
            raise ConfigError(f"{flag} -: name a file; standard input is for INPUT")
    return WaiverOptions(tuple(options.exemptions), options.baseline, options.allow_tag_exemptions)


@dataclass(frozen=True, slots=True)
class BaselineTarget:
    """The baseline to write: its path, what the file holds already (None: there is none), and what is allowed."""

    path: str
    existing: Baseline | None
    merge: bool
    prune: bool

    def updated(self, result: ScanResult, coverage: Coverage) -> Baseline:
        """Give the baseline to write; raises ConfigError where the file would change and nobody said how."""
        from scanner.evaluation.baseline import new_baseline, updated_baseline

        created_at = result.scan.as_of
        if self.existing is None:
            return new_baseline(result.findings, created_at)
        if self.merge or self.prune:
            return updated_baseline(
                self.existing, result.findings, coverage, created_at, merge=self.merge, prune=self.prune
            )
        baseline = new_baseline(result.findings, created_at)
        added, dropped = _changes(self.existing, baseline)
        if added or dropped:
            raise ConfigError(
                Problem(
                    f"exists and differs: {_failures(added)} of this scan would be added, {dropped} dropped;"
                    " nothing was written",
                    self.path,
                    hint="--merge-baseline adds failures, --prune-baseline drops what is fixed;"
                    " or delete the file to start anew",
                )
            )
        return baseline

    def write(self, baseline: Baseline) -> None:
        """Write the file and say so; one that holds these entries already stays as it is, with its date."""
        from scanner.cli.outputs import write_output
        from scanner.policies.baseline_file import write_baseline

        total = _failures(len(baseline.by_fingerprint))
        if self.existing is not None and _changes(self.existing, baseline) == (0, 0):
            sys.stderr.write(f"azgate: baseline {self.path} is up to date: {total}\n")
            return
        write_output(self.path, write_baseline(baseline))
        added, dropped = _changes(self.existing, baseline)
        sys.stderr.write(f"azgate: baseline {self.path} written: {total} ({added} added, {dropped} dropped)\n")


def baseline_target(options: argparse.Namespace, outputs: Sequence[Output]) -> BaselineTarget | None:
    """Give the baseline that is to be written, None without --write-baseline.

    All that can be wrong with it is found before anything is read: raises ConfigError or SourceError.
    """
    from scanner.cli.outputs import STDOUT, check_path, would_write
    from scanner.scan import load_baseline

    path, merge, prune = options.write_baseline, options.merge_baseline, options.prune_baseline
    if path is None:
        if merge or prune:
            flag = "--merge-baseline" if merge else "--prune-baseline"
            raise ConfigError(f"{flag} says how an existing file is written; name it: --write-baseline FILE")
        return None
    if not path or path == STDOUT:
        raise ConfigError("--write-baseline must name a file")
    check_path(path)
    if would_write(outputs, path):
        raise ConfigError(f"a report and --write-baseline would both go to {path}; give each its own path")
    existing = load_baseline(path) if Path(path).exists() else None
    if existing is None and prune and not merge:
        raise ConfigError(Problem("there is no such file to prune", path, hint="--prune-baseline adds nothing"))
    return BaselineTarget(path, existing, merge, prune)


def _failures(number: int) -> str:
    return f"{number} failure{'' if number == 1 else 's'}"


def _changes(old: Baseline | None, new: Baseline) -> tuple[int, int]:
    """Count the entries that `new` has more, and those it has no longer."""
    before = set(old.by_fingerprint) if old else set()
    after = set(new.by_fingerprint)
    return len(after - before), len(before - after)
