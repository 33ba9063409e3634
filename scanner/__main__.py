"""`python -m scanner` is the same command as `azgate`."""

from scanner.cli import main

raise SystemExit(main())
