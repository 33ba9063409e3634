"""The command line."""


def main() -> int:
    """Run azgate."""
    return 0
