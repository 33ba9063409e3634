"""The verbs: conditions and named assertions, compiled once, asked of many resources. No network, no files."""
