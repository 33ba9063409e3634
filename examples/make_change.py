"""Writes the example change in the four forms that azgate reads, into the folder `examples/change`.

    python examples/make_change.py

`resources.json` is what Azure reports once it is done, `main.json` an ARM template, `plan.json` a Terraform plan,
`what-if.json` the result of what-if. All four must get the same findings.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "change"
sys.path.insert(0, str(FOLDER))

from estate import estate, reported  # noqa: E402
from plan import plan  # noqa: E402
from template import template  # noqa: E402
from what_if import what_if  # noqa: E402


def forms() -> dict[str, str]:
    """Give the text of each file by its name."""
    documents = {
        "resources.json": reported(),
        "main.json": template(estate()),
        "plan.json": plan(estate()),
        "what-if.json": what_if(estate()),
    }
    return {name: json.dumps(document, indent=2) + "\n" for name, document in documents.items()}


if __name__ == "__main__":
    for file, text in forms().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
