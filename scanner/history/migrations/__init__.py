"""How the tables came to be, one module of `versions` for each step; Alembic runs them.

A step is never changed once it is released: old databases have taken it.
"""

REVISIONS = ("0001",)
"""Every revision, oldest first. The last is what this azgate reads and writes."""
