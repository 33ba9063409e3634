"""Stored scans: see `store`."""
