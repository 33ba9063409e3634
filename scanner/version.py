"""The one place that knows azgate's own version."""

VERSION = "0.1.0"
