"""Where a SARIF result is: a file and a line, the id of a resource, what Terraform calls it."""

from __future__ import annotations

import posixpath
import re
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import quote

from scanner.model.result import ResourceInfo
from scanner.reports.view import place

SOURCE_ROOT, AZURE = "%SRCROOT%", "AZURE"
BASES = {
    SOURCE_ROOT: {"description": {"text": "The folder that azgate ran in: the root of the repository."}},
    AZURE: {"description": {"text": "Azure Resource Manager of the cloud that was scanned."}},
}
"""What the uriBaseIds stand for; where they are, the consumer knows."""
_WINDOWS = re.compile(r"[a-z]:[\\/]|\\\\", re.IGNORECASE)
_SAFE = "/~!$&'()*+,;=@"


def location(resource: ResourceInfo) -> dict[str, Any]:
    """Give the one location of a result.

    A resource of a file stands in that file. A live one has no file, but GitHub refuses an upload with one result
    without an artifact: its artifact is the resource itself, its id relative to the base "AZURE". Both name the
    resource, and what Terraform calls it, as logical locations.
    """
    artifact = _file(resource.file) if resource.file and resource.file != "-" else _resource(resource.id)
    logical = [{"name": place(resource).name, "fullyQualifiedName": resource.id, "kind": "resource"}]
    if resource.address:
        logical.append({"fullyQualifiedName": resource.address, "kind": "resource"})
    if resource.pointer:
        logical.append({"fullyQualifiedName": resource.pointer, "kind": "object"})
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(resource.line or 1, 1)}},
        "logicalLocations": logical,
    }


def _file(path: str) -> dict[str, str]:
    r"""Give the URI of a path: relative to the source root where the path is relative, else `file:///...`.

    `C:\a`, `\\server\a` and a path with backslashes alone are Windows paths, on whatever system this runs.
    """
    if _WINDOWS.match(path) or ("\\" in path and "/" not in path):
        windows = PureWindowsPath(path)
        path = windows.as_posix()
        if windows.is_absolute():
            return {"uri": f"file:{'' if path.startswith('//') else '///'}{_encoded(path, ':')}"}
    path = posixpath.normpath(path)
    if path.startswith("/"):
        return {"uri": f"file://{_encoded('/' + path.lstrip('/'))}"}
    return {"uri": _encoded(path), "uriBaseId": SOURCE_ROOT}


def _resource(resource_id: str) -> dict[str, str]:
    return {"uri": _encoded(resource_id.strip().strip("/")) or "unknown", "uriBaseId": AZURE}


def _encoded(path: str, more: str = "") -> str:
    """Percent-encode a path (RFC 3986); bytes of a file name that are no UTF-8 become what they were."""
    try:
        return quote(path, safe=_SAFE + more, errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(path, safe=_SAFE + more, errors="surrogatepass")
