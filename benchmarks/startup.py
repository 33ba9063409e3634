"""How long a command takes before and while it works, against a Python that does nothing.

    python -m benchmarks.startup [--rounds 15]

All commands are run in turn, round by round, so that what else the machine does meets all of them alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "contoso.inventory.json"


def commands(result: Path) -> dict[str, list[str]]:
    azgate = [sys.executable, "-m", "scanner"]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "azgate --version": [*azgate, "--version"],
        "azgate --help": [*azgate, "--help"],
        "azgate scan EXAMPLE -o json=FILE": [*azgate, "scan", str(EXAMPLE), "-o", f"json={result}"],
    }


def seconds(command: list[str]) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}")
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        tried = commands(Path(folder, "result.json"))
        for command in tried.values():  # once, so that bytecode and disk caches are warm for all
            seconds(command)
        times: dict[str, list[float]] = {name: [] for name in tried}
        for _ in range(rounds):
            for name, command in tried.items():
                times[name].append(seconds(command))
    medians = {name: statistics.median(found) for name, found in times.items()}
    base = medians["python -c pass"]
    print(f"{'median of ' + str(rounds):<34} {'ms':>7}  {'ratio':>6}")
    for name, median in medians.items():
        print(f"{name:<34} {median * 1000:>7.1f}  {median / base:>6.1f}")


if __name__ == "__main__":
    main()
