"""The registry of fact readers: one file and one line each."""

from __future__ import annotations

from scanner.sources.azure.facts.base import FactReader
from scanner.sources.azure.facts.extensions import ExtensionFacts
from scanner.sources.azure.facts.metrics import MetricFacts
from scanner.sources.azure.facts.quota import QuotaFacts

FACT_READERS: tuple[FactReader, ...] = (
    QuotaFacts(),
    MetricFacts(),
    ExtensionFacts(),
)

FACT_KINDS = frozenset().union(*(reader.kinds for reader in FACT_READERS))
