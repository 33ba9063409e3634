"""The steps, named after their revision."""
