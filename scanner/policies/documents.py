"""Reads what policies are written in: JSON where the file's name says so, YAML else."""

from __future__ import annotations

from scanner.policies.json_document import read_json
from scanner.policies.yaml_document import YamlDocument, read_yaml


def read_documents(data: bytes, file: str) -> list[YamlDocument]:
    """Read every document of a file; raises PolicyError with line and column where it is broken."""
    return [read_json(data, file)] if file.lower().endswith(".json") else read_yaml(data, file)
