"""Earlier scans: stored in a database, and what changed since.

`store` keeps runs, `timeline` says what became of each failure, `difference` compares two results without a
database. Whether a failure is fixed is decided in one place, `observation`.
"""
