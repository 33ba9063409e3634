"""Fingerprints: many at once are those that each finding has."""

from __future__ import annotations

import itertools
from hashlib import sha256

from scanner.model.result import Finding, ResourceInfo, RuleInfo, fingerprint, fingerprints
from scanner.model.verdict import PASS, Severity


def test_many_fingerprints_are_those_of_the_findings():
    ids = ["/Subscriptions/A/x", "/subscriptions/a/X/", "客户", "\ud800", "", " / "]
    findings = [
        Finding(RuleInfo(rule, "", Severity.LOW, "", "", "", "", ""), ResourceInfo(id_, "", ""), PASS, Severity.LOW)
        for rule, id_ in itertools.product(["r", "客", "\udfff", ""], ids)
    ]
    found = list(fingerprints(findings))
    assert found == [finding.fingerprint for finding in findings]
    assert len(set(found)) == 4 * 4


def test_a_fingerprint_never_changes():
    # Stored baselines and histories hold them.
    assert fingerprint("r", "/Subscriptions/A/") == sha256(b"r\n/subscriptions/a").hexdigest()
