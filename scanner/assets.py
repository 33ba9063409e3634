"""Finds what ships beside the code: the built-in policies and the report templates."""

from __future__ import annotations

from pathlib import Path

from scanner.errors import ConfigError

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_FOLDERS = {"policies": "policies", "templates": "reports/templates"}


def asset_folder(kind: str) -> Path:
    """Give the folder of `kind` ("policies" or "templates"), from the installed wheel or the checkout.

    Raises ConfigError where neither has it: a broken installation.
    """
    installed = _PACKAGE / "_data" / kind
    if installed.is_dir():
        return installed
    folder = _CHECKOUT / _FOLDERS[kind]
    if folder.is_dir() and (_CHECKOUT / "pyproject.toml").is_file():
        return folder
    raise ConfigError(f"the installation of azgate is broken: its {kind} are missing; install it again")
