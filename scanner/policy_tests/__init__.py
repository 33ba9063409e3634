"""Tests of policies: cases in YAML beside the policy files, judged by the same evaluation as a scan."""
