"""The JSON of a baseline, schemaVersion "1": read strictly, since a broken one is never an empty one."""

from __future__ import annotations

import json
import re
from typing import Any

from scanner.errors import ConfigError, Problem
from scanner.expressions.times import parse_timestamp
from scanner.model.baseline import Baseline, BaselineEntry

SCHEMA_VERSION = "1"
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENTRY = ("fingerprint", "ruleId", "resourceId")
_MOST_SHOWN = 20
_HINT = "a baseline is what `azgate scan --write-baseline FILE` writes"


def read_baseline(document: Any, file: str) -> Baseline:
    """Make a baseline of parsed JSON; raises ConfigError with what is wrong in it (the first 20 things).

    Keys that a later azgate may add are passed over, entries that stand twice count once.
    """
    if not isinstance(document, dict) or "schemaVersion" not in document:
        raise ConfigError(Problem("this is no baseline: it has no `schemaVersion`", file, hint=_HINT))
    version = document["schemaVersion"]
    if version != SCHEMA_VERSION:
        message = f"schemaVersion is {_short(version)}, and this azgate reads {SCHEMA_VERSION!r}"
        raise ConfigError(Problem(message, file, hint="use the azgate that wrote it, or write it anew"))
    faults = []
    created = document.get("createdAt")
    if not isinstance(created, str) or parse_timestamp(created) is None:
        faults.append(f"`createdAt` is {_short(created)}, which is no timestamp" if created else _missing("createdAt"))
    entries = document.get("fingerprints")
    if isinstance(entries, list):
        faults.extend(fault for at, entry in enumerate(entries) if (fault := _fault(entry, f"fingerprints[{at}]")))
    else:
        faults.append("`fingerprints` is no array" if "fingerprints" in document else _missing("fingerprints"))
    if faults:
        more = len(faults) - _MOST_SHOWN
        shown = [*faults[:_MOST_SHOWN], *([f"and {more} more are wrong"] if more > 0 else [])]
        raise ConfigError(*(Problem(fault, file, hint=_HINT if at == 0 else "") for at, fault in enumerate(shown)))
    return Baseline(
        str(created), tuple(BaselineEntry(entry["ruleId"], entry["resourceId"]) for entry in entries or ()), file
    )


def write_baseline(baseline: Baseline) -> str:
    """Give the JSON of a baseline, sorted by rule and resource."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "createdAt": baseline.created_at,
        "fingerprints": [
            {"fingerprint": print_, "ruleId": entry.rule_id, "resourceId": entry.resource_id}
            for print_, entry in baseline.by_fingerprint.items()
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _fault(entry: Any, path: str) -> str:
    """Say what is wrong with an entry; "" where nothing is."""
    if not isinstance(entry, dict):
        return f"`{path}` is no object"
    for key in _ENTRY:
        if key not in entry:
            return f"`{path}` has no `{key}`"
        if not isinstance(entry[key], str) or not entry[key].strip():
            return f"`{path}.{key}` is {_short(entry[key])}, not a text"
    given = entry["fingerprint"].lower()
    if _DIGEST.fullmatch(given) is None:
        return f"`{path}.fingerprint` is {_short(given)}, not 64 hexadecimal digits"
    if given != BaselineEntry(entry["ruleId"], entry["resourceId"]).fingerprint:
        return f"`{path}.fingerprint` is not that of its ruleId and resourceId"
    return ""


def _missing(key: str) -> str:
    return f"it has no `{key}`"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:80]}..."
